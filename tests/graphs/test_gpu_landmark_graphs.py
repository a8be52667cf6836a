"""The GPU graphs of detections and landmarks against the CPU's, which MediaPipe's results check."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from centred_sampling import centred, on_gpu
from landmark_images import FACES, HANDS, Pixels, clip

from mpgraph.protos.rect_pb2 import NormalizedRect
from mpgraph.solutions.solution_base import SolutionBase

HAND = Path(__file__).parents[1] / "solutions" / "drawn_hand.png"


@pytest.fixture(scope="module")
def hand() -> Pixels:
    return cv2.cvtColor(cv2.imread(str(HAND)), cv2.COLOR_BGR2RGB).astype(np.uint8)


def numbers(content: Any) -> Any:
    """The coordinates and scores in a message, or in a list of them; None for nothing."""
    if content is None:
        return None
    if isinstance(content, list):
        return [numbers(item) for item in content]
    if hasattr(content, "landmark"):
        return [(mark.x, mark.y, mark.z) for mark in content.landmark]
    if hasattr(content, "classification"):
        return [(each.index, each.score) for each in content.classification]
    points = content.location_data.relative_keypoints
    return [(point.x, point.y) for point in points] + [(content.score[0], 0)]


def compare(module: str, images: list[Pixels], outputs: list[str], atol: float, **side_inputs: Any) -> int:
    """Compare the GPU module with the CPU's; return the number of images with results."""
    settings = {"side_inputs": side_inputs, "outputs": outputs}
    found = 0
    with on_gpu(module, **settings) as gpu, centred(module, **settings) as cpu:
        for image in images:
            results, expected = (solution.process(np.ascontiguousarray(image)) for solution in (gpu, cpu))
            for name, result, reference in zip(outputs, results, expected, strict=True):
                assert (result is None) == (reference is None), name
                if reference is not None:
                    np.testing.assert_allclose(numbers(result), numbers(reference), rtol=0, atol=atol)
            found += results[0] is not None
    return found


@pytest.mark.parametrize("kind", ["short_range", "full_range"])
def test_face_detection(portrait: npt.NDArray[np.uint8], kind: str) -> None:
    images = [FACES[name](portrait) for name in ("portrait", "half a face", "no face", "one pixel")]
    assert compare(f"face_detection/face_detection_{kind}", images, ["detections"], 1e-5) >= 1


@pytest.mark.parametrize("with_attention", [False, True])
def test_face_landmarks(portrait: npt.NDArray[np.uint8], with_attention: bool) -> None:
    images = [FACES[name](portrait) for name in ("portrait", "two faces", "no face")]
    side = {"num_faces": 2, "with_attention": with_attention, "use_prev_landmarks": False}
    outputs = ["multi_face_landmarks", "face_detections"]
    assert compare("face_landmark/face_landmark_front", images, outputs, 1e-5, **side) == 2


@pytest.mark.parametrize("model_complexity", [0, 1])
def test_hand_landmarks(hand: Pixels, model_complexity: int) -> None:
    images = [HANDS[name](hand) for name in ("hand", "no hand")]
    side = {"num_hands": 2, "model_complexity": model_complexity, "use_prev_landmarks": False}
    outputs = ["multi_hand_landmarks", "multi_hand_world_landmarks", "multi_handedness", "palm_detections"]
    assert compare("hand_landmark/hand_landmark_tracking", images, outputs, 1e-4, **side) == 1


@pytest.mark.parametrize("model_complexity", [0, 1])
def test_pose_landmarks(portrait: npt.NDArray[np.uint8], model_complexity: int) -> None:
    images = [portrait, FACES["turned"](portrait)]
    side = {"model_complexity": model_complexity, "use_prev_landmarks": False, "smooth_landmarks": False}
    outputs = ["pose_landmarks", "pose_world_landmarks", "pose_detection"]
    assert compare("pose_landmark/pose_landmark", images, outputs, 1e-3, **side) >= 1


def test_pose_mask(portrait: npt.NDArray[np.uint8]) -> None:
    """It is sampled at the centres of pixels, and rounded to bytes before and after."""
    side = {"enable_segmentation": True, "use_prev_landmarks": False, "model_complexity": 0}
    settings = {"side_inputs": side, "outputs": ["segmentation_mask"]}
    module = "pose_landmark/pose_landmark"
    for image in (portrait, np.ascontiguousarray(portrait[:, 100:400])):
        with on_gpu(module, **settings) as gpu, centred(module, **settings) as cpu:
            mask = gpu.process(image).segmentation_mask
            expected = cpu.process(image).segmentation_mask
        assert mask.shape == (*image.shape[:2], 4) and mask.dtype == np.uint8
        np.testing.assert_array_equal(mask[..., 0], mask[..., 3])
        assert np.abs(mask[..., 0] / 255 - expected).max() < 4 / 255


def test_holistic_landmarks(portrait: npt.NDArray[np.uint8]) -> None:
    """Pose and face; the hands of the portrait are not in the image."""
    side = {"model_complexity": 0, "smooth_landmarks": False, "use_prev_landmarks": False}
    outputs = ["face_landmarks", "pose_landmarks", "pose_world_landmarks", "left_hand_landmarks"]
    assert compare("holistic_landmark/holistic_landmark", [portrait], outputs, 1e-3, **side) == 1


def test_region_of_a_hand(hand: Pixels) -> None:
    """The model of holistic that looks for a hand where the pose says it is."""
    roi = NormalizedRect(x_center=0.5, y_center=0.45, width=0.9, height=0.9, rotation=0.3)
    regions = []
    for make in (on_gpu, centred):
        with make("holistic_landmark/hand_recrop_by_roi") as solution:
            [found] = solution.process({"image": hand, "roi": roi})
        regions.append([found.x_center, found.y_center, found.width, found.height, found.rotation])
    np.testing.assert_allclose(*regions, rtol=0, atol=1e-3)


def test_tracked_face(portrait: npt.NDArray[np.uint8]) -> None:
    """Through two black frames, in which the face is lost."""
    side = {"num_faces": 1, "with_attention": False, "use_prev_landmarks": True}
    frames = clip(portrait, 9)[3:]
    outputs = ["multi_face_landmarks"]
    assert compare("face_landmark/face_landmark_front", frames, outputs, 1e-4, **side) == 4


def test_modules_for_streams_of_image(portrait: npt.NDArray[np.uint8]) -> None:
    """They upload images in host memory, so their results are those of the modules for GpuBuffers."""
    module = "face_landmark/face_landmark_front"
    side = {"num_faces": 1, "with_attention": False, "use_prev_landmarks": False}
    with on_gpu(module, side_inputs=side, outputs=["multi_face_landmarks"]) as solution:
        expected = solution.process(portrait)
    path = f"mediapipe/modules/{module}_gpu_image.pbtxt"
    outputs = ["multi_face_landmarks", "throttled_image"]
    with SolutionBase(path, side_inputs=side, outputs=outputs) as solution:
        found = solution.process(portrait)
    assert found.multi_face_landmarks == expected.multi_face_landmarks
    np.testing.assert_array_equal(found.throttled_image, portrait)
