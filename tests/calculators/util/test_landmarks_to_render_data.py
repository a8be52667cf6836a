from __future__ import annotations

import math
from typing import Any

import pytest

from mpgraph.errors import InvalidArgumentError
from mpgraph.protos.landmark_pb2 import Landmark, LandmarkList, NormalizedLandmark, NormalizedLandmarkList
from mpgraph.testing import run, t

NAME = "LandmarksToRenderDataCalculator"
CHAIN = "landmark_connections: [0, 1, 1, 2] "
FLAT = CHAIN + "visualize_landmark_depth: false "
MARKS = [(0.25, 0.5, 0), (0.5, 0.75, 0.5), (1.5, -0.25, 1)]


def marks(*fields: dict[str, float]) -> Any:
    given = [dict(zip("xyz", mark, strict=True)) for mark in MARKS]
    for changed, extra in zip(given, fields, strict=False):
        changed.update(extra)
    return NormalizedLandmarkList(landmark=[NormalizedLandmark(**each) for each in given])


def drawn(options: str, given: Any = None) -> list[Any]:
    node = run(NAME, options, inputs=["NORM_LANDMARKS"])
    [packet] = node.send("NORM_LANDMARKS", (marks() if given is None else given) @ t(1)).take("RENDER_DATA")
    return list(packet.payload.render_annotations)


def kinds(annotations: list[Any]) -> list[str]:
    return [each.WhichOneof("data") for each in annotations]


def gray(color: Any) -> int:
    assert color.r == color.g == color.b
    return int(color.r)


def test_lines_then_points() -> None:
    options = FLAT + "landmark_color { r: 1 } connection_color { g: 2 } thickness: 3"
    first, second, *points = found = drawn(options)
    assert kinds(found) == ["line", "line", "point", "point", "point"]
    line = first.line
    assert (line.x_start, line.y_start, line.x_end, line.y_end) == (0.25, 0.5, 0.5, 0.75)
    assert (line.normalized, first.color.g, first.thickness) == (True, 2, 3)
    assert (second.line.x_end, second.line.y_end) == (1.5, -0.25)
    assert [(each.point.x, each.point.y) for each in points] == [mark[:2] for mark in MARKS]
    assert [(each.color.r, each.thickness, each.scene_tag) for each in points] == [(1, 3, "KEYPOINT")] * 3


def test_pixels_scaled_with_the_object() -> None:
    given = LandmarkList(landmark=[Landmark(x=3, y=4), Landmark(x=5, y=6)])
    node = run(NAME, FLAT + "thickness: 2", inputs=["LANDMARKS", "RENDER_SCALE"])
    node.send("LANDMARKS", given @ t(1)).send("RENDER_SCALE", 1.5 @ t(1))
    line, point, _ = node.take("RENDER_DATA")[0].payload.render_annotations
    assert (line.line.x_end, line.line.normalized, point.point.normalized) == (5, False, False)
    assert line.thickness == point.thickness == 3


def test_depth_as_shade_and_size() -> None:
    # (z - 0) / (1 - 0 + 1e-6) is a little below 0, 0.5 and 1; all results are truncated.
    first, second, *points = found = drawn(CHAIN + "thickness: 5")
    assert kinds(found) == ["gradient_line", "gradient_line", "point", "point", "point"]
    assert (gray(first.gradient_line.color1), gray(first.gradient_line.color2)) == (255, 127)
    assert (gray(second.gradient_line.color1), gray(second.gradient_line.color2)) == (127, 0)
    assert first.thickness == 5 and first.gradient_line.normalized
    assert [gray(each.color) for each in points] == [255, 128, 1]
    assert [each.thickness for each in points] == [18, 9, 0]


def test_depth_with_other_colors_and_sizes() -> None:
    options = "min_depth_line_color { r: 100 } max_depth_line_color { b: 40 } "
    options += "min_depth_circle_thickness: 2 max_depth_circle_thickness: 4"
    first, _, *points = drawn(CHAIN + options)
    near, middle = first.gradient_line.color1, first.gradient_line.color2
    assert [(each.r, each.b) for each in (near, middle)] == [(0, 40), (49, 20)]
    assert [each.thickness for each in points] == [4, 3, 2]


def test_nearly_equal_depths_count_as_none() -> None:
    given = marks({"z": 0.0001}, {"z": 0}, {"z": 0.0009})
    assert kinds(drawn(CHAIN, given)) == ["line", "line", "point", "point", "point"]


def test_largest_depth_is_never_negative() -> None:
    # The shades are 255 - 0, 255 - 84.99... and 255 - 169.99...
    given = marks({"z": -3}, {"z": -2}, {"z": -1})
    assert [gray(each.color) for each in drawn(CHAIN, given)[2:]] == [255, 171, 86]


def test_undefined_depth() -> None:
    points = drawn(CHAIN, marks({"z": 0}, {"z": math.nan}))[2:]
    assert [gray(each.color) for each in points] == [255, 255, 1]


@pytest.mark.parametrize("field", ["visibility", "presence"])
def test_hidden_landmarks_and_their_lines(field: str) -> None:
    given = marks({field: 0.5}, {field: 0.75}, {field: 0.25})
    options = f"{FLAT} utilize_{field}: true {field}_threshold: 0.5"
    assert kinds(drawn(options, given)) == ["line", "point", "point"]
    assert len(drawn(FLAT + f"{field}_threshold: 0.9", given)) == 5  # Not used.
    assert len(drawn(options, marks())) == 5  # Landmarks without the field are drawn.


def test_lines_only_and_those_that_exist() -> None:
    options = "landmark_connections: [0, 9, 2, 0] render_landmarks: false visualize_landmark_depth: false"
    [line] = drawn(options)
    assert (line.line.x_start, line.line.x_end) == (1.5, 0.25)


def test_empty_list_and_no_list() -> None:
    assert drawn(CHAIN, NormalizedLandmarkList()) == []
    node = run(NAME, inputs=["NORM_LANDMARKS", "RENDER_SCALE"]).send("RENDER_SCALE", 1.0 @ t(1))
    node.bound("NORM_LANDMARKS", 2).expect_nothing("RENDER_DATA")


@pytest.mark.parametrize(
    ("options", "inputs", "message"),
    [
        ("", ["RENDER_SCALE"], "either LANDMARKS or NORM_LANDMARKS"),
        ("", ["LANDMARKS", "NORM_LANDMARKS"], "only one type of landmarks"),
        ("landmark_connections: [0, 1, 2]", ["LANDMARKS"], "must be a multiple of 2, not 3"),
        ("landmark_connections: [0, -1]", ["LANDMARKS"], "from 0"),
    ],
)
def test_contract(options: str, inputs: list[str], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        run(NAME, options, inputs=inputs, outputs=["RENDER_DATA"])
