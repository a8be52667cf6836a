from __future__ import annotations

import math
from typing import Any

import pytest

from mpgraph.errors import InternalError
from mpgraph.protos import detection_pb2
from mpgraph.testing import detection, run, t

NAME = "DetectionProjectionCalculator"


def matrix(a: float, b: float, c: float, d: float, e: float, f: float) -> tuple[float, ...]:
    return (a, b, 0, c, d, e, 0, f, 0, 0, 1, 0, 0, 0, 0, 1)


def with_points(*points: tuple[float, float]) -> Any:
    made = detection((0.25, 0.5, 0.5, 0.25))
    for x, y in points:
        made.location_data.relative_keypoints.add(x=x, y=y, score=0.5)
    return made


def projected(given: Any, by: tuple[float, ...]) -> Any:
    node = run(NAME).send("DETECTIONS", [given] @ t(1)).send("PROJECTION_MATRIX", by @ t(1))
    return node.take("DETECTIONS")[0].payload[0]


def box(found: Any) -> list[float]:
    relative = found.location_data.relative_bounding_box
    return [relative.xmin, relative.ymin, relative.width, relative.height]


def test_scale_and_shift() -> None:
    given = with_points((0.5, 0.5), (0, 1))
    before = given.SerializeToString()
    found = projected(given, matrix(2, 0, 0.125, 0, 4, -1))
    assert box(found) == [0.625, 1, 1, 1]
    points = found.location_data.relative_keypoints
    assert [(point.x, point.y, point.score) for point in points] == [(1.125, 1, 0.5), (0.125, 3, 0.5)]
    assert (found.score, found.label) == (given.score, given.label)
    assert given.SerializeToString() == before


def test_rotated_box_encloses_its_corners() -> None:
    side = math.sqrt(0.5)
    found = projected(detection((0, 0, 0.5, 0.5)), matrix(side, -side, 0, side, side, 0))
    assert box(found) == pytest.approx([-side / 2, 0, side, side])


def test_mirrored_box_has_a_positive_size() -> None:
    assert box(projected(detection((0.25, 0.5, 0.5, 0.25)), matrix(-1, 0, 1, 0, 1, 0))) == [
        0.25,
        0.5,
        0.5,
        0.25,
    ]


def test_streams_are_projected_each() -> None:
    node = run(
        NAME,
        inputs=["DETECTIONS:0", "DETECTIONS:1", "PROJECTION_MATRIX"],
        outputs=["DETECTIONS:0", "DETECTIONS:1"],
    )
    node.send("DETECTIONS:1", [detection((0, 0, 1, 1))] @ t(1)).bound("DETECTIONS:0", 2)
    node.send("PROJECTION_MATRIX", matrix(1, 0, 1, 0, 1, 1) @ t(1))
    node.expect("DETECTIONS:1", [detection((1, 1, 1, 1))] @ t(1)).expect_nothing("DETECTIONS:0")


def test_nothing_without_a_matrix() -> None:
    node = run(NAME).send("DETECTIONS", [detection()] @ t(1)).bound("PROJECTION_MATRIX", 2)
    node.expect_nothing("DETECTIONS")


def test_relative_boxes_only() -> None:
    node = run(NAME).send("DETECTIONS", [detection_pb2.Detection()] @ t(1))
    node.send("PROJECTION_MATRIX", matrix(1, 0, 0, 0, 1, 0) @ t(1)).expect_error(
        "relative box", InternalError
    )


def test_as_many_outputs_as_inputs() -> None:
    with pytest.raises(InternalError, match="Same number of DETECTIONS"):
        run(NAME, inputs=["DETECTIONS:0", "DETECTIONS:1", "PROJECTION_MATRIX"], outputs=["DETECTIONS"])
