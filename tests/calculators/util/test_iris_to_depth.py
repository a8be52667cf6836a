from __future__ import annotations

import math
from typing import Any

import pytest

from mpgraph.errors import InternalError, InvalidArgumentError
from mpgraph.protos.image_file_properties_pb2 import ImageFileProperties
from mpgraph.protos.landmark_pb2 import NormalizedLandmark, NormalizedLandmarkList
from mpgraph.testing import CalculatorRunner, run, t

NAME = "IrisToDepthCalculator"
SIZE = (200, 100)
LEFT, RIGHT = "LEFT_IRIS_DEPTH_MM", "RIGHT_IRIS_DEPTH_MM"


def iris(center: tuple[float, float], diameter: float) -> list[Any]:
    """Center, right, top, left, bottom, as the iris model has them; all in pixels."""
    (x, y), r = center, diameter / 2
    pixels = [(x, y), (x + r, y), (x, y - r), (x - r, y), (x, y + r)]
    return [NormalizedLandmark(x=column / SIZE[0], y=row / SIZE[1]) for column, row in pixels]


def irises(left: float, right: float) -> Any:
    return NormalizedLandmarkList(landmark=iris((100, 50), left) + iris((140, 80), right))


def node(options: str = "", **side: Any) -> CalculatorRunner:
    inputs, outputs = ["IRIS", "IMAGE_SIZE"], [LEFT, RIGHT]
    return run(NAME, options, side=side, inputs=inputs, outputs=outputs, unread=False)


def sent(runner: CalculatorRunner, *given: Any) -> CalculatorRunner:
    for time, each in enumerate(given):
        runner.send("IRIS", each @ t(time)).send("IMAGE_SIZE", SIZE @ t(time))
    return runner


def values(runner: CalculatorRunner, port: str) -> list[float]:
    return [packet.payload for packet in runner.take(port)]


@pytest.mark.parametrize(
    "side", [{"FOCAL_LENGTH": 120.0}, {"IMAGE_FILE_PROPERTIES": ImageFileProperties(focal_length_pixels=120)}]
)
def test_nearer_irises_are_larger(side: Any) -> None:
    found = sent(node(**side), irises(10, 20))
    assert values(found, LEFT) == pytest.approx([11.8 * 120 / 10])  # The left one is on the axis,
    assert values(found, RIGHT) == pytest.approx([11.8 * 130 / 20])  # the right one 50 pixels off: 5-12-13.


def test_depths_follow_slowly() -> None:
    found = sent(node(FOCAL_LENGTH=100.0), irises(10, 10), irises(20, 10))
    assert values(found, LEFT) == pytest.approx([118, 0.9 * 118 + 0.1 * 59])


def test_infinite_depths_are_forgotten() -> None:
    found = sent(node(FOCAL_LENGTH=100.0), irises(0, 10), irises(10, 10))
    assert values(found, LEFT) == pytest.approx([math.inf, 118])


def test_landmarks_in_another_order() -> None:
    swapped = NormalizedLandmarkList(landmark=iris((140, 80), 20) + iris((100, 50), 10))
    names = ("center", "right", "top", "left", "bottom")
    options = " ".join(
        f"left_iris_{name}_index: {number + 5} right_iris_{name}_index: {number}"
        for number, name in enumerate(names)
    )
    found = sent(node(options, FOCAL_LENGTH=120.0), swapped)
    assert values(found, LEFT) == pytest.approx([11.8 * 120 / 10])


@pytest.mark.parametrize(
    "side", [{}, {"FOCAL_LENGTH": 0.0}, {"IMAGE_FILE_PROPERTIES": ImageFileProperties()}]
)
def test_nothing_without_a_focal_length(side: Any) -> None:
    sent(node(**side), irises(10, 10)).expect_nothing(LEFT, RIGHT)


def test_nothing_without_irises() -> None:
    node(FOCAL_LENGTH=1.0).send("IMAGE_SIZE", SIZE @ t(1)).bound("IRIS", 2).expect_nothing(LEFT)


def test_wrong_inputs() -> None:
    short = NormalizedLandmarkList(landmark=iris((1, 1), 1))
    sent(node(), short).expect_error("there are 5, not 10", InternalError)
    node().send("IRIS", irises(1, 1) @ t(1)).bound("IMAGE_SIZE", 2).expect_error(
        "no IMAGE_SIZE", InternalError
    )


@pytest.mark.parametrize(
    ("options", "side", "message"),
    [
        (
            "",
            {"FOCAL_LENGTH": 1.0, "IMAGE_FILE_PROPERTIES": ImageFileProperties()},
            "only one of the side packets",
        ),
        ("right_iris_top_index: 10", {}, "0 to 9, not 10"),
    ],
)
def test_contract(options: str, side: Any, message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        node(options, **side)
