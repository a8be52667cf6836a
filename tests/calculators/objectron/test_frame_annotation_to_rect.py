from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpgraph.errors import ConfigError
from mpgraph.protos.annotation_data_pb2 import FrameAnnotation, ObjectAnnotation
from mpgraph.protos.rect_pb2 import NormalizedRect
from mpgraph.testing import run, t

NAME = "FrameAnnotationToRectCalculator"
RECORDED = json.loads((Path(__file__).parents[1] / "recorded" / "objectron.json").read_text("utf-8"))


def tilted(degrees: float, *, turn: float = 0, points: Any = ((0.25, 0.5), (0.5, 1))) -> ObjectAnnotation:
    """An object whose y axis is at an angle to the camera's z axis, in front of the camera."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    rotation = np.array([[1, 0, 0], [0, s, -c], [0, c, s]])
    a, b = math.cos(turn), math.sin(turn)
    rotation = np.array([[a, -b, 0], [b, a, 0], [0, 0, 1]]) @ rotation
    return ObjectAnnotation(
        keypoints=[{"point_2d": {"x": x, "y": y}} for x, y in points],
        rotation=rotation.ravel().tolist(),
        translation=[0, 0, -10],
    )


def frame(*objects: ObjectAnnotation) -> FrameAnnotation:
    return FrameAnnotation(annotations=objects)


def rect(rotation: float) -> NormalizedRect:
    return NormalizedRect(x_center=0.375, y_center=0.75, width=0.25, height=0.5, rotation=rotation)


def test_rects_of_a_sequence_are_mediapipes() -> None:
    node = run(NAME, inputs=["FRAME_ANNOTATION"], outputs=["NORM_RECTS"], tolerance=1e-6)
    sequence = [case for case in RECORDED if case["camera"] == RECORDED[0]["camera"]]
    expected = []
    for time, case in enumerate(sequence):
        annotation = ObjectAnnotation(rotation=case["rotation"], translation=case["translation"])
        for x, y in np.reshape(case["points"], (-1, 2)).tolist():
            annotation.keypoints.add(point_2d={"x": x, "y": y})
        node.send("FRAME_ANNOTATION", frame(annotation) @ t(time))
        x, y, width, height, rotation = case["rect"]
        expected.append(
            [NormalizedRect(x_center=x, y_center=y, width=width, height=height, rotation=rotation)] @ t(time)
        )
    node.expect("NORM_RECTS", *expected)


@pytest.mark.parametrize("turn", [0, 0.5, -1])
def test_upright_axis_points_upwards_in_the_rect(turn: float) -> None:
    node = run(NAME, inputs=["FRAME_ANNOTATION"], outputs=["NORM_RECTS"], tolerance=1e-5)
    node.send("FRAME_ANNOTATION", frame(tilted(90, turn=turn)) @ t(0))
    node.expect("NORM_RECTS", [rect(-turn)] @ t(0))


def test_view_from_above_takes_the_z_axis_with_hysteresis() -> None:
    """Seen at a small angle from above, y points up and z down; the rectangle is then upside down."""
    node = run(NAME, inputs=["FRAME_ANNOTATION"], outputs=["NORM_RECTS"], tolerance=1e-4)
    for time, degrees in enumerate([40.5, 39, 40.5, 41.5, 40.5]):
        node.send("FRAME_ANNOTATION", frame(tilted(degrees)) @ t(time))
    upright, turned = rect(0), rect(math.pi)
    expected = (upright, turned, turned, upright, upright)
    node.expect("NORM_RECTS", *([each] @ t(time) for time, each in enumerate(expected)))


def test_thresholds_are_options() -> None:
    node = run(
        NAME, "off_threshold: 10 on_threshold: 80", inputs=["FRAME_ANNOTATION"], outputs=["NORM_RECTS"],
        tolerance=1e-4,
    )  # fmt: skip
    for time, degrees in enumerate([30, 5, 70]):
        node.send("FRAME_ANNOTATION", frame(tilted(degrees)) @ t(time))
    node.expect("NORM_RECTS", [rect(0)] @ t(0), [rect(math.pi)] @ t(1), [rect(math.pi)] @ t(2))
    with pytest.raises(ConfigError, match=r"off_threshold \(42.0\) must not exceed on_threshold \(41.0\)"):
        run(NAME, "off_threshold: 42", inputs=["FRAME_ANNOTATION"], outputs=["NORM_RECTS"])


def test_matrix_that_is_no_rotation_is_not_seen_from_above() -> None:
    annotation = tilted(0)
    annotation.rotation[7] = 1.5
    node = run(NAME, inputs=["FRAME_ANNOTATION"], outputs=["NORM_RECTS"], tolerance=1e-4)
    node.send("FRAME_ANNOTATION", frame(annotation) @ t(0), frame() @ t(1))
    node.expect("NORM_RECTS", [rect(math.pi / 2 - math.atan2(0, 0))] @ t(0), [] @ t(1))


@pytest.mark.parametrize("field", ["keypoints", "rotation", "translation"])
def test_objects_without_pose_or_points_are_errors(field: str) -> None:
    annotation = tilted(90)
    annotation.ClearField(field)  # type: ignore[arg-type]
    node = run(NAME, inputs=["FRAME_ANNOTATION"], outputs=["NORM_RECTS"])
    node.send("FRAME_ANNOTATION", frame(annotation) @ t(0)).expect_error("needs key points, a rotation")
