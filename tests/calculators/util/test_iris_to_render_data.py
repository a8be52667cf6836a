from __future__ import annotations

import math
from typing import Any

import pytest

from mpgraph.errors import InternalError
from mpgraph.protos.landmark_pb2 import NormalizedLandmark, NormalizedLandmarkList
from mpgraph.testing import CalculatorRunner, run, t

NAME = "IrisToRenderDataCalculator"
SIZE = (200, 100)
# Of each iris center, right, top, left and bottom: 10 pixels wide, 30 high.
POINTS = [(100, 50), (105, 50), (100, 35), (95, 50), (100, 65)]
IRISES = NormalizedLandmarkList(
    landmark=[NormalizedLandmark(x=(x + dx) / SIZE[0], y=y / SIZE[1]) for dx in (0, 50) for x, y in POINTS]
)
DEPTHS = ("LEFT_IRIS_DEPTH_MM", "RIGHT_IRIS_DEPTH_MM")


def node(options: str = "", **depths: float) -> CalculatorRunner:
    runner = run(NAME, options, inputs=["IRIS", "IMAGE_SIZE", *depths])
    for port, depth in depths.items():
        runner.send(port, depth @ t(1))
    return runner.send("IMAGE_SIZE", SIZE @ t(1))


def drawn(options: str = "", **depths: float) -> list[Any]:
    return list(
        node(options, **depths).send("IRIS", IRISES @ t(1)).take("RENDER_DATA")[0].payload.render_annotations
    )


def test_circle_and_points_of_each_iris() -> None:
    options = "oval_color { r: 1 } oval_thickness: 2 landmark_color { g: 3 } landmark_thickness: 4"
    found = drawn(options)
    kinds = [each.WhichOneof("data") for each in found]
    assert kinds == ["oval", *["point"] * 5] * 2
    circle = found[0]
    assert (circle.color.r, circle.thickness, circle.scene_tag) == (1, 2, "OVAL")
    box = circle.oval.rectangle  # The diameter is the mean of width and height, 20 pixels.
    assert [box.left, box.top, box.right, box.bottom] == pytest.approx([0.45, 0.4, 0.55, 0.6])
    assert box.normalized
    points = [(each.point.x * SIZE[0], each.point.y * SIZE[1]) for each in found[1:6]]
    # Center, top, bottom, left, right.
    expected = [POINTS[index] for index in (0, 2, 4, 3, 1)]
    assert [value for point in points for value in point] == pytest.approx([v for p in expected for v in p])
    assert (found[1].color.g, found[1].thickness, found[1].point.normalized) == (3, 4, True)
    assert found[6].oval.rectangle.left == pytest.approx(0.7)


def test_depths_in_centimeters() -> None:
    depths = dict(zip(DEPTHS, (534.9, 545.0), strict=True))
    left, right = drawn("font_height_px: 9 horizontal_offset_px: 7 vertical_offset_px: 3", **depths)[12:]
    assert [left.text.display_text, right.text.display_text] == ["Left : :53 cm", "Right : :55 cm"]
    # The lines are ceil(9 * 1.5) pixels high.
    assert [(each.text.left, each.text.baseline) for each in (left, right)] == [(7, 17), (7, 31)]
    assert (left.color.r, left.thickness, left.text.font_height) == (255, 5, 9)


def test_infinite_depths_are_left_out() -> None:
    depths = dict(zip(DEPTHS, (math.inf, 100.0), strict=True))
    [right] = drawn("location: BOTTOM_LEFT font_height_px: 10", **depths)[12:]
    assert (right.text.display_text, right.text.baseline) == ("Right : :10 cm", 85)


def test_nothing_without_irises() -> None:
    node().bound("IRIS", 2).expect_nothing("RENDER_DATA")


def test_wrong_number_of_landmarks() -> None:
    node().send("IRIS", NormalizedLandmarkList() @ t(1)).expect_error("Wrong number of iris", InternalError)
