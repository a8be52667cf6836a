from __future__ import annotations

import pytest

from mpgraph.errors import ConfigError
from mpgraph.protos.annotation_data_pb2 import FrameAnnotation
from mpgraph.protos.landmark_pb2 import NormalizedLandmarkList
from mpgraph.testing import run, t

NAME = "LandmarksToFrameAnnotationCalculator"
A = NormalizedLandmarkList(landmark=[{"x": 0.25, "y": 0.5, "z": 0.75}])
B = NormalizedLandmarkList(landmark=[{"x": 0, "y": 1}, {"x": 0.5}])


def frame(*objects: list[tuple[float, float]]) -> FrameAnnotation:
    return FrameAnnotation(
        annotations=[{"keypoints": [{"point_2d": {"x": x, "y": y}} for x, y in points]} for points in objects]
    )


def test_each_list_becomes_an_object() -> None:
    node = run(NAME, inputs=["MULTI_LANDMARKS"], outputs=["FRAME_ANNOTATION"])
    node.send("MULTI_LANDMARKS", [A, B, NormalizedLandmarkList()] @ t(0), [] @ t(1))
    node.expect("FRAME_ANNOTATION", frame([(0.25, 0.5)], [(0, 1), (0.5, 0)], []) @ t(0), frame() @ t(1))


def test_single_list_comes_first() -> None:
    node = run(NAME, inputs=["MULTI_LANDMARKS", "LANDMARKS"], outputs=["FRAME_ANNOTATION"])
    node.send("MULTI_LANDMARKS", [B] @ t(0)).send("LANDMARKS", A @ t(0))
    node.expect("FRAME_ANNOTATION", frame([(0.25, 0.5)], [(0, 1), (0.5, 0)]) @ t(0))


def test_input_is_required() -> None:
    with pytest.raises(ConfigError, match="LANDMARKS or MULTI_LANDMARKS"):
        run(NAME, outputs=["FRAME_ANNOTATION"]).expect_nothing("FRAME_ANNOTATION")
