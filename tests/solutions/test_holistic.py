"""Holistic: equal to MediaPipe 0.10.21, and as programs written for it use it. The hand is a drawing."""

from __future__ import annotations

import inspect
import json
import threading
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from landmark_images import PEOPLE, Pixels, clip, holistic_rows, waving

import mpgraph as mp
from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.framework import resources
from mpgraph.media.images import read_image
from mpgraph.protos import calculator_pb2

Holistic = mp.solutions.holistic.Holistic

FOLDER = Path(__file__).parent
VARIANTS: dict[str, dict[str, Any]] = {
    "holistic": {},
    "holistic_refined": {"model_complexity": 0, "refine_face_landmarks": True},
}
RECORDED = {name: json.loads((FOLDER / "recorded" / f"{name}.json").read_text("utf-8")) for name in VARIANTS}

# Other backends compute the models a little differently, which tracking amplifies, at edges of masks most, so
# the median has to tell whether the answer is the same.
EXACT, LOOSE = 1e-5, 1e-2


@pytest.fixture(scope="module")
def image(portrait: Pixels) -> Pixels:
    return waving(portrait, read_image(FOLDER / "drawn_hand.png"))


def unlike(found: Any, expected: Any, backend: str) -> list[str]:
    """The parts that were found in one of the answers only, or that differ."""
    parts = []
    for part, our, their in zip(("pose", "left", "right", "face"), found, expected, strict=True):
        if our is None or their is None:
            parts += [part] * (our is not their)
        else:
            errors = np.abs(np.subtract(our, their))
            parts += [part] * bool(errors.max() > EXACT if backend == "litert" else np.median(errors) > LOOSE)
    return parts


@pytest.mark.parametrize("name", VARIANTS)
def test_people_in_images_are_mediapipes(image: Pixels, backend: str, name: str) -> None:
    with Holistic(static_image_mode=True, enable_segmentation=True, **VARIANTS[name]) as solution:
        for title, of in PEOPLE.items():
            found = holistic_rows(solution.process(of(image)))
            assert not unlike(found, RECORDED[name]["images"][title], backend), title


@pytest.mark.parametrize("name", VARIANTS)
def test_people_in_a_tracked_and_smoothed_clip_are_mediapipes(image: Pixels, backend: str, name: str) -> None:
    with Holistic(enable_segmentation=True, **VARIANTS[name]) as solution:
        for number, (frame, expected) in enumerate(zip(clip(image), RECORDED[name]["clip"], strict=True)):
            assert not unlike(holistic_rows(solution.process(frame)), expected, backend), number


def test_results_have_mediapipes_fields(image: Pixels) -> None:
    holistic = mp.solutions.holistic
    with Holistic(static_image_mode=True, enable_segmentation=True) as solution:
        results = solution.process(image)
        nothing = solution.process(np.zeros_like(image))
    assert results._fields == (
        "pose_landmarks",
        "pose_world_landmarks",
        "left_hand_landmarks",
        "right_hand_landmarks",
        "face_landmarks",
        "segmentation_mask",
    )
    assert nothing == (None,) * 6
    pose, world, left, right, face, mask = results
    assert pose is not None and world is not None and left is not None and face is not None
    assert right is None
    assert [type(each).__name__ for each in (pose, world, left, face)] == [
        "NormalizedLandmarkList",
        "LandmarkList",
        "NormalizedLandmarkList",
        "NormalizedLandmarkList",
    ]
    assert [len(each.landmark) for each in (pose, world, left, face)] == [33, 33, 21, 468]
    assert not any(mark.HasField("presence") for each in (pose, world, left, face) for mark in each.landmark)
    assert all(mark.HasField("visibility") for each in (pose, world) for mark in each.landmark)
    assert mask is not None and mask.dtype == np.float32 and mask.shape == image.shape[:2]
    assert not mask.flags.writeable
    # The parts belong to one person: the tip of the nose is both the pose's and the face's.
    nose, tip = pose.landmark[holistic.PoseLandmark.NOSE], face.landmark[1]
    assert abs(nose.x - tip.x) < 0.02 and abs(nose.y - tip.y) < 0.02
    wrist, finger = left.landmark[0], left.landmark[holistic.HandLandmark.MIDDLE_FINGER_TIP]
    assert finger.y < wrist.y - 0.2


def test_refinement_adds_the_irises_and_masks_have_to_be_enabled(image: Pixels) -> None:
    with Holistic(static_image_mode=True, model_complexity=0, refine_face_landmarks=True) as solution:
        results = solution.process(image)
    assert results.face_landmarks is not None and len(results.face_landmarks.landmark) == 478
    assert results.segmentation_mask is None


def test_confidences_reach_the_graph(image: Pixels) -> None:
    for name in ("min_detection_confidence", "min_tracking_confidence"):
        with Holistic(static_image_mode=True, model_complexity=0, **{name: 1.0}) as solution:
            assert solution.process(image) == (None,) * 6


def test_reset_forgets_the_person(image: Pixels) -> None:
    frames = clip(image, 3)
    with Holistic(model_complexity=0, enable_segmentation=True) as solution:
        first, second = (holistic_rows(solution.process(frame)) for frame in frames[:2])
        solution.reset()
        assert holistic_rows(solution.process(frames[1])) != second
        solution.reset()
        assert holistic_rows(solution.process(frames[0])) == first


def test_results_do_not_depend_on_timing(image: Pixels) -> None:
    """Branches run on several threads; the parts of a frame come together nevertheless."""
    frames = clip(image, 6)
    runs: list[list[Any]] = [[], [], []]

    def run(into: list[Any]) -> None:
        with Holistic(model_complexity=0, enable_segmentation=True) as solution:
            into += [holistic_rows(solution.process(frame)) for frame in frames]

    threads = [threading.Thread(target=run, args=(into,)) for into in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(runs[0]) == len(frames)
    assert runs[0] == runs[1] == runs[2]


def test_closing_ends_the_threads(image: Pixels) -> None:
    before = threading.active_count()
    with Holistic(model_complexity=0) as solution:
        solution.process(image)
        assert threading.active_count() > before
    assert threading.active_count() == before


def test_signature_and_constants_are_mediapipes() -> None:
    parameters = inspect.signature(Holistic).parameters
    assert {name: parameter.default for name, parameter in parameters.items()} == {
        "static_image_mode": False,
        "model_complexity": 1,
        "smooth_landmarks": True,
        "enable_segmentation": False,
        "smooth_segmentation": True,
        "refine_face_landmarks": False,
        "min_detection_confidence": 0.5,
        "min_tracking_confidence": 0.5,
        "device": "cpu",  # mpgraph's own, keyword only
    }
    solutions, holistic = mp.solutions, mp.solutions.holistic
    assert holistic.FACEMESH_CONTOURS is solutions.face_mesh.FACEMESH_CONTOURS
    assert holistic.FACEMESH_TESSELATION is solutions.face_mesh.FACEMESH_TESSELATION
    assert holistic.HAND_CONNECTIONS is solutions.hands.HAND_CONNECTIONS
    assert holistic.HandLandmark is solutions.hands.HandLandmark
    assert holistic.POSE_CONNECTIONS is solutions.pose.POSE_CONNECTIONS
    assert holistic.PoseLandmark is solutions.pose.PoseLandmark


def test_arguments_of_wrong_types_are_refused() -> None:
    wrong: Any = [
        {"enable_segmentation": "yes"},
        {"refine_face_landmarks": None},
        {"min_detection_confidence": "high"},
    ]
    for arguments in wrong:
        with pytest.raises(TypeError):
            Holistic(**arguments)


@pytest.mark.parametrize("shape", [(4, 4), (3, 3, 4), (4, 4, 1), (0, 4, 3)])
def test_images_of_other_shapes_are_refused(image: Pixels, shape: tuple[int, ...]) -> None:
    with Holistic(model_complexity=0) as solution:
        with pytest.raises(ValueError, match="Input image"):
            solution.process(np.zeros(shape, np.uint8))
        with pytest.raises(TypeError, match="uint8"):
            solution.process(np.zeros((4, 4, 3), np.float32))
        assert solution.process(image).pose_landmarks is not None


def test_frames_may_change_their_size_unless_masks_are_smoothed(image: Pixels) -> None:
    small = np.ascontiguousarray(image[::2, ::3])
    with Holistic(model_complexity=0) as solution:
        for frame in (image, small, image[:1, :1], image):
            results = solution.process(frame)
            assert (results.pose_landmarks is None) == (frame.size == 3)
    solution = Holistic(model_complexity=0, enable_segmentation=True)
    solution.process(image)
    with pytest.raises(RuntimeError, match="MASK is 171x256, MASK_PREVIOUS 512x512"):
        solution.process(small)
    solution.reset()
    assert solution.process(small).pose_landmarks is not None
    solution.close()


def test_large_image_is_processed(image: Pixels) -> None:
    large = cv2.resize(image, (8000, 6000), interpolation=cv2.INTER_NEAREST).astype(np.uint8)
    with Holistic(static_image_mode=True, model_complexity=0) as solution:
        results = solution.process(large)
    assert results.pose_landmarks is not None and results.face_landmarks is not None


def test_person_can_be_drawn(image: Pixels) -> None:
    holistic, drawing = mp.solutions.holistic, mp.solutions.drawing_utils
    with Holistic(static_image_mode=True, model_complexity=0) as solution:
        results = solution.process(image)
    for landmarks, connections in (
        (results.face_landmarks, holistic.FACEMESH_TESSELATION),
        (results.left_hand_landmarks, holistic.HAND_CONNECTIONS),
        (results.pose_landmarks, holistic.POSE_CONNECTIONS),
    ):
        drawn = image.copy()
        drawing.draw_landmarks(drawn, landmarks, connections)
        assert (drawn != image).any()


def test_nodes_of_the_expanded_graph_have_mediapipes_names() -> None:
    graph = ValidatedGraphConfig()
    graph.initialize(
        graph_path=resources.find_resource("mediapipe/modules/holistic_landmark/holistic_landmark_cpu.pbtxt")
    )
    nodes = calculator_pb2.CalculatorGraphConfig.FromString(graph.binary_config).node
    assert len(nodes) == 202
    hand = "handlandmarksleftandrightcpu__handlandmarksfromposecpu_2__"
    assert {
        "poselandmarkcpu__posedetectioncpu__TensorsToDetectionsCalculator",
        "facelandmarksfromposecpu__facetracking__RoiTrackingCalculator",
        f"{hand}handrecropbyroicpu__inferencecalculator__{hand}handrecropbyroicpu__InferenceCalculator",
        f"{hand}handlandmarkcpu__handlandmarkmodelloader__ResourceProviderCalculator",
    } <= {node.name for node in nodes}
