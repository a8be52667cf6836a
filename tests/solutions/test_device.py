"""Solutions with device="gpu": the results are those of the GPU graphs, which tests/graphs checks exactly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from landmark_images import Pixels

import mpgraph as mp
from mpgraph.gpu.adapter import ADAPTER_VARIABLE

FaceDetection = mp.solutions.face_detection.FaceDetection
FaceMesh = mp.solutions.face_mesh.FaceMesh
Hands = mp.solutions.hands.Hands
Holistic = mp.solutions.holistic.Holistic
Pose = mp.solutions.pose.Pose

SOLUTIONS: list[Callable[..., Any]] = [
    FaceDetection,
    FaceMesh,
    Hands,
    Holistic,
    Pose,
    mp.solutions.selfie_segmentation.SelfieSegmentation,
]


@pytest.fixture(scope="module")
def hand() -> Pixels:
    path = Path(__file__).parent / "drawn_hand.png"
    return cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB).astype(np.uint8)


def points(landmarks: Any) -> Any:
    return np.array([(mark.x, mark.y) for mark in landmarks.landmark])


def test_detections_are_close_to_the_cpus(portrait: Pixels) -> None:
    boxes = []
    for device in ("cpu", "gpu"):
        with FaceDetection(device=device) as solution:
            (detection,) = solution.process(portrait).detections or []
        box = detection.location_data.relative_bounding_box
        boxes.append((box.xmin, box.ymin, box.width, box.height, detection.score[0]))
    assert boxes[0] != boxes[1]  # The GPU samples half a pixel further.
    np.testing.assert_allclose(*boxes, rtol=0, atol=0.02)


def test_landmarks_are_close_to_the_cpus(portrait: Pixels, hand: Pixels) -> None:
    for make, image, field in (
        (FaceMesh, portrait, "multi_face_landmarks"),
        (Hands, hand, "multi_hand_landmarks"),
    ):
        found = []
        for device in ("cpu", "gpu"):
            with make(static_image_mode=True, device=device) as solution:
                (landmarks,) = getattr(solution.process(image), field)
            found.append(points(landmarks))
        np.testing.assert_allclose(*found, rtol=0, atol=0.02)


def test_pose_and_its_mask_are_close_to_the_cpus(portrait: Pixels) -> None:
    found, masks = [], []
    for device in ("cpu", "gpu"):
        with Pose(model_complexity=0, enable_segmentation=True, device=device) as solution:
            for _ in range(2):
                results = solution.process(portrait)
        found.append(points(results.pose_landmarks)[:13])  # The legs are not in the image.
        masks.append(results.segmentation_mask)
    np.testing.assert_allclose(*found, rtol=0, atol=0.02)
    assert masks[1].dtype == np.float32 and masks[1].shape == portrait.shape[:2]
    assert ((masks[0] > 0.5) != (masks[1] > 0.5)).mean() < 0.02


def test_holistic_has_the_fields_of_the_cpus(portrait: Pixels) -> None:
    with Holistic(True, 0, enable_segmentation=True, refine_face_landmarks=True, device="gpu") as solution:
        results = solution.process(portrait)
        nothing = solution.process(np.zeros_like(portrait))
    assert len(results.pose_landmarks.landmark) == 33 and len(results.face_landmarks.landmark) == 478
    assert results.segmentation_mask.dtype == np.float32
    assert results.left_hand_landmarks is None and results.right_hand_landmarks is None
    assert nothing == (None,) * 6


def test_confidences_reach_the_graph(portrait: Pixels) -> None:
    with FaceDetection(0.99, device="gpu") as solution:
        assert solution.process(portrait).detections is None
    for name in ("min_detection_confidence", "min_tracking_confidence"):
        with FaceMesh(True, **{name: 1.0}, device="gpu") as mesh:
            assert mesh.process(portrait).multi_face_landmarks is None
        with Pose(True, 0, **{name: 1.0}, device="gpu") as pose:
            assert pose.process(portrait).pose_landmarks is None


@pytest.mark.parametrize("solution", SOLUTIONS)
def test_missing_gpu_is_reported_without_fallback(
    solution: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ADAPTER_VARIABLE, "no such thing")
    with pytest.raises(RuntimeError, match='No GPU fits MPGRAPH_GPU_ADAPTER="no such thing"'):
        solution(device="gpu")


@pytest.mark.parametrize("solution", SOLUTIONS)
def test_unknown_device_is_reported(solution: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match='device must be "cpu" or "gpu", not \'gup\'. Did you mean "gpu"'):
        solution(device="gup")
