"""Pose: equal to MediaPipe 0.10.21, and as programs written for it use it."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from landmark_images import POSES, Pixels, clip, close, pose_rows

import mpgraph as mp
from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.errors import ResourceNotFoundError
from mpgraph.framework import resources
from mpgraph.protos import calculator_pb2

Pose = mp.solutions.pose.Pose

FOLDER = Path(__file__).parent / "recorded"
RECORDED = [
    json.loads((FOLDER / name).read_text("utf-8")) for name in ("pose_lite.json", "pose.json")
]  # by model_complexity

# Other backends compute the models a little differently, which tracking amplifies, of depths most.
TOLERANCES = {"litert": (1e-5, 1e-5)}
LOOSE = (2e-2, 2e-1)


@pytest.mark.parametrize("complexity", [0, 1])
def test_poses_in_images_are_mediapipes(image: Pixels, backend: str, complexity: int) -> None:
    tolerance, _ = TOLERANCES.get(backend, LOOSE)
    with Pose(static_image_mode=True, model_complexity=complexity, enable_segmentation=True) as solution:
        for name, of in POSES.items():
            found = pose_rows(solution.process(of(image)))
            assert close(found, RECORDED[complexity]["images"][name], tolerance), name


@pytest.mark.parametrize("complexity", [0, 1])
def test_poses_in_a_tracked_and_smoothed_clip_are_mediapipes(
    image: Pixels, backend: str, complexity: int
) -> None:
    _, tolerance = TOLERANCES.get(backend, LOOSE)
    recorded = RECORDED[complexity]["clip"]
    with Pose(model_complexity=complexity, enable_segmentation=True) as solution:
        for number, (frame, expected) in enumerate(zip(clip(image), recorded, strict=True)):
            assert close(pose_rows(solution.process(frame)), expected, tolerance), number


def test_results_have_mediapipes_fields(image: Pixels) -> None:
    with Pose(static_image_mode=True, enable_segmentation=True) as solution:
        results = solution.process(image)
        nothing = solution.process(np.zeros_like(image))
    assert results._fields == ("pose_landmarks", "pose_world_landmarks", "segmentation_mask")
    assert nothing == (None, None, None)
    marks, world, mask = results
    assert [type(each).__name__ for each in (marks, world)] == ["NormalizedLandmarkList", "LandmarkList"]
    assert marks is not None and world is not None and mask is not None
    names = mp.solutions.pose.PoseLandmark
    assert len(marks.landmark) == len(world.landmark) == len(names)
    for mark, in_meters in zip(marks.landmark, world.landmark, strict=True):
        assert mark.visibility == in_meters.visibility
        assert not mark.HasField("presence") and not in_meters.HasField("presence")
    assert marks.landmark[names.NOSE].y < marks.landmark[names.LEFT_SHOULDER].y
    assert marks.landmark[names.LEFT_SHOULDER].x > marks.landmark[names.RIGHT_SHOULDER].x
    assert mask.dtype == np.float32 and mask.shape == image.shape[:2] and not mask.flags.writeable
    nose = marks.landmark[names.NOSE]
    assert mask[int(nose.y * 512), int(nose.x * 512)] > 0.99 and mask[20, 480] < 0.01


def test_mask_has_to_be_enabled(image: Pixels) -> None:
    with Pose(static_image_mode=True) as solution:
        results = solution.process(image)
    assert results.pose_landmarks is not None and results.segmentation_mask is None


def test_smoothing_changes_tracked_frames_only(image: Pixels) -> None:
    smoothing = {"smooth_landmarks": True, "smooth_segmentation": True}
    rows = {}
    for name, arguments in {
        "smoothed": smoothing,
        "unsmoothed": dict.fromkeys(smoothing, False),
        "single": {**smoothing, "static_image_mode": True},
    }.items():
        with Pose(model_complexity=0, enable_segmentation=True, **arguments) as solution:
            rows[name] = [pose_rows(solution.process(frame)) for frame in clip(image, 2)]
    assert rows["smoothed"][0] == rows["unsmoothed"][0] == rows["single"][0]
    assert not close(rows["smoothed"][1], rows["unsmoothed"][1], 1e-3)
    # The region is detected in single images, and else follows from the last landmarks: another nose.
    noses = rows["single"][1][:2], rows["unsmoothed"][1][:2]
    assert close(*noses, 0.05) and not close(*noses, 1e-4)


def test_confidences_reach_the_graph(image: Pixels) -> None:
    for name in ("min_detection_confidence", "min_tracking_confidence"):
        with Pose(static_image_mode=True, **{name: 1.0}) as solution:
            assert solution.process(image) == (None, None, None)


def test_signature_and_constants_are_mediapipes() -> None:
    parameters = inspect.signature(Pose).parameters
    assert {name: parameter.default for name, parameter in parameters.items()} == {
        "static_image_mode": False,
        "model_complexity": 1,
        "smooth_landmarks": True,
        "enable_segmentation": False,
        "smooth_segmentation": True,
        "min_detection_confidence": 0.5,
        "min_tracking_confidence": 0.5,
        "device": "cpu",  # mpgraph's own, keyword only
    }
    pose = mp.solutions.pose
    assert pose.POSE_CONNECTIONS is mp.solutions.pose_connections.POSE_CONNECTIONS
    assert len(pose.POSE_CONNECTIONS) == 35
    assert {mark for pair in pose.POSE_CONNECTIONS for mark in pair} == set(range(33))
    assert pose.PoseLandmark.RIGHT_FOOT_INDEX == 32
    left = {mark: mark + 1 for mark in range(11, 33, 2)}  # Left is odd and right even below the face.
    body = {pair for pair in pose.POSE_CONNECTIONS if pair[0] in left and pair[1] in left}
    assert {(left[start], left[end]) for start, end in body} <= pose.POSE_CONNECTIONS


def test_nodes_of_the_expanded_graph_are_named_as_in_mediapipe() -> None:
    graph = ValidatedGraphConfig()
    graph.initialize(
        graph_path=resources.find_resource("mediapipe/modules/pose_landmark/pose_landmark_cpu.pbtxt")
    )
    names = [node.name for node in calculator_pb2.CalculatorGraphConfig.FromString(graph.binary_config).node]
    assert len(names) == 71
    by_roi = "poselandmarkbyroicpu__"
    assert {
        "posedetectioncpu__inferencecalculator__posedetectioncpu__InferenceCalculator",
        f"{by_roi}poselandmarkmodelloader__switchcontainer__ConstantSidePacketCalculator_3",
        f"{by_roi}poselandmarkmodelloader__ResourceProviderCalculator",
        f"{by_roi}tensorstoposelandmarksandsegmentation__GateCalculator_2",
        f"{by_roi}poselandmarksandsegmentationinverseprojection__LandmarkProjectionCalculator_2",
        "poselandmarkfiltering__LandmarksSmoothingCalculator",
        "poselandmarkfiltering__switchcontainer_4__LandmarksSmoothingCalculator_2",
        "poselandmarkstoroi__AlignmentPointsRectsCalculator",
        "posesegmentationfiltering__PreviousLoopbackCalculator",
    } <= set(names)


@pytest.mark.parametrize("solution", [Pose, mp.solutions.holistic.Holistic])
@pytest.mark.parametrize("complexity", [3, -1, None])
def test_unknown_model_is_refused(solution: Any, complexity: Any) -> None:
    with pytest.raises(ValueError, match="model_complexity must be 0 "):
        solution(model_complexity=complexity)


@pytest.mark.parametrize("solution", [Pose, mp.solutions.holistic.Holistic])
def test_missing_heavy_model_is_reported_with_the_command_that_installs_it(
    solution: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "find_spec", lambda name: None)
    with pytest.raises(ResourceNotFoundError, match="pip install mpgraph-models"):
        solution(model_complexity=2)


def test_arguments_of_wrong_types_are_refused() -> None:
    wrong: Any = [{"enable_segmentation": "yes"}, {"min_detection_confidence": "high"}]
    for arguments in wrong:
        with pytest.raises(TypeError):
            Pose(**arguments)


def test_frames_may_change_their_size_unless_masks_are_smoothed(image: Pixels) -> None:
    small = np.ascontiguousarray(image[::2, ::3])
    with Pose(model_complexity=0, enable_segmentation=True, smooth_segmentation=False) as solution:
        for frame in (image, small):
            mask = solution.process(frame).segmentation_mask
            assert mask is not None and mask.shape == frame.shape[:2]
    solution = Pose(model_complexity=0, enable_segmentation=True)
    solution.process(image)
    with pytest.raises(RuntimeError, match="MASK is 171x256, MASK_PREVIOUS 512x512"):
        solution.process(small)
    solution.reset()
    assert solution.process(small).pose_landmarks is not None
    solution.close()


def test_pose_can_be_drawn(image: Pixels) -> None:
    with Pose(static_image_mode=True, model_complexity=0) as solution:
        marks = solution.process(image).pose_landmarks
    drawn = image.copy()
    mp.solutions.drawing_utils.draw_landmarks(drawn, marks, mp.solutions.pose.POSE_CONNECTIONS)
    assert (drawn != image).any()
