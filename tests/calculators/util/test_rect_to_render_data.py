from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InvalidArgumentError
from mpgraph.testing import normalized_rect, rect, run, t

NAME = "RectToRenderDataCalculator"


def drawn(given: Any, options: str = "", port: str = "NORM_RECT") -> list[Any]:
    [packet] = run(NAME, options, inputs=[port]).send(port, given @ t(1)).take("RENDER_DATA")
    return list(packet.payload.render_annotations)


def edges(rectangle: Any) -> list[float]:
    return [rectangle.left, rectangle.top, rectangle.right, rectangle.bottom]


def test_normalized_and_rotated() -> None:
    [annotation] = drawn(normalized_rect(0.5, 0.25, 0.5, 1, 0.75), "color { g: 9 } thickness: 3")
    rectangle = annotation.rectangle
    assert edges(rectangle) == [0.25, -0.25, 0.75, 0.75]
    assert (rectangle.rotation, rectangle.normalized) == (0.75, True)
    assert (annotation.color.g, annotation.thickness, annotation.WhichOneof("data")) == (9, 3, "rectangle")
    assert not rectangle.HasField("top_left_thickness")


def test_in_pixels() -> None:
    [annotation] = drawn(rect(8, 6, 5, 4), port="RECT")
    assert edges(annotation.rectangle) == [5.5, 4, 10.5, 8] and not annotation.rectangle.normalized


def test_lists() -> None:
    found = drawn([normalized_rect(), normalized_rect(0.25)], port="NORM_RECTS")
    assert [each.rectangle.left for each in found] == [0.25, 0]
    assert [edges(each.rectangle) for each in drawn([rect(8, 6, 4, 4)], port="RECTS")] == [[6, 4, 10, 8]]
    assert drawn([], port="RECTS") == []


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ("filled: true", "filled_rectangle.rectangle"),
        ("oval: true", "oval.rectangle"),
        ("oval: true filled: true", "filled_oval.oval.rectangle"),
    ],
)
def test_other_shapes(options: str, shape: str) -> None:
    [found] = drawn(normalized_rect(), options)
    for name in shape.split("."):
        assert found.HasField(name)
        found = getattr(found, name)
    assert edges(found) == [0.25, 0.25, 0.75, 0.75]


def test_dot_on_a_corner() -> None:
    [annotation] = drawn(normalized_rect(), "top_left_thickness: 5")
    assert annotation.rectangle.top_left_thickness == 5


@pytest.mark.parametrize("center", [(-1, 0.5), (0.5, -1), (2, 0.5), (0.5, 2)])
def test_outside_of_the_image_unless_rotated(center: tuple[float, float]) -> None:
    [annotation] = drawn(normalized_rect(*center))
    assert edges(annotation.rectangle) == [0, 0, 0, 0] and annotation.HasField("rectangle")
    [annotation] = drawn(normalized_rect(*center, rotation=1))
    assert any(edges(annotation.rectangle))


@pytest.mark.parametrize(
    ("options", "inputs", "message"),
    [
        ("", ["RECT", "RECTS"], "Exactly one of NORM_RECT, RECT"),
        ("top_left_thickness: 1 filled: true", ["RECT"], "leave out filled and oval"),
        ("top_left_thickness: 1 oval: true", ["RECT"], "leave out filled and oval"),
    ],
)
def test_contract(options: str, inputs: list[str], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        run(NAME, options, inputs=inputs, outputs=["RENDER_DATA"])
