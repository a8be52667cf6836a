"""What the filters compute is tested beside them and in test_landmark_calculators.py."""

from __future__ import annotations

from typing import Any

import pytest

from mpgraph.protos.landmark_pb2 import Landmark, LandmarkList, NormalizedLandmark, NormalizedLandmarkList
from mpgraph.protos.rect_pb2 import NormalizedRect, Rect
from mpgraph.testing import CalculatorRunner, run, t

NAME = "LandmarksSmoothingCalculator"
FRAME = 33333
# The weight of new values is 1 / (1 + 1 / (2 pi · cutoff / frequency)).
ONE_EURO = "one_euro_filter { min_cutoff: 1 beta: 0 }"


def marks(*points: tuple[float, float], **fields: float) -> Any:
    return NormalizedLandmarkList(landmark=[NormalizedLandmark(x=x, y=y, z=0, **fields) for x, y in points])


def world(*points: tuple[float, float]) -> Any:
    return LandmarkList(landmark=[Landmark(x=x, y=y, z=0) for x, y in points])


def normalized(options: str, *more: str) -> CalculatorRunner:
    inputs = ["NORM_LANDMARKS", "IMAGE_SIZE", *more]
    return run(NAME, options, inputs=inputs, outputs=["NORM_FILTERED_LANDMARKS"], tolerance=1e-5)


def of_world(options: str, *more: str) -> CalculatorRunner:
    return run(NAME, options, inputs=["LANDMARKS", *more], outputs=["FILTERED_LANDMARKS"], tolerance=1e-5)


def test_normalized_landmarks_are_smoothed_in_pixels() -> None:
    # A jump of 0.2 lasts a frame of 1/30 s: the weight is 0.17319, as for any scale.
    node = normalized(ONE_EURO)
    for time, x in ((1, 0.5), (2, 0.7)):
        node.send("IMAGE_SIZE", (100, 50) @ t(time * FRAME))
        node.send("NORM_LANDMARKS", marks((x, 0.5), (0.1, 0.1), visibility=0.5) @ t(time * FRAME))
    node.expect(
        "NORM_FILTERED_LANDMARKS",
        marks((0.5, 0.5), (0.1, 0.1), visibility=0.5) @ t(FRAME),
        marks((0.5 + 0.2 * 0.17319, 0.5), (0.1, 0.1), visibility=0.5) @ t(2 * FRAME),
    )


def test_filter_starts_again_after_a_frame_without_landmarks() -> None:
    node = normalized(ONE_EURO)
    node.send("IMAGE_SIZE", *((100, 100) @ t(time * FRAME) for time in (1, 2, 3)))
    node.send("NORM_LANDMARKS", marks((0.5, 0.5)) @ t(FRAME), marks((0.7, 0.7)) @ t(3 * FRAME))
    node.expect("NORM_FILTERED_LANDMARKS", marks((0.5, 0.5)) @ t(FRAME), marks((0.7, 0.7)) @ t(3 * FRAME))


@pytest.mark.parametrize("size", [1, 4])
def test_speed_is_relative_to_the_object(size: float) -> None:
    fast = "one_euro_filter { min_cutoff: 1 beta: 1 }"
    small, large = (of_world(fast, "OBJECT_SCALE_ROI") for _ in range(2))
    for node, factor in ((small, 1.0), (large, size)):
        side = round(10 * factor)
        for time, x in ((1, 0.0), (2, 5 * factor)):
            node.send(
                "OBJECT_SCALE_ROI", Rect(x_center=0, y_center=0, width=side, height=side) @ t(time * FRAME)
            )
            node.send("LANDMARKS", world((x, 0)) @ t(time * FRAME))
    [first, second] = (node.take("FILTERED_LANDMARKS")[1].payload.landmark[0].x for node in (small, large))
    assert second == pytest.approx(first * size)


def test_without_a_roi_the_object_is_as_large_as_the_box_around_its_landmarks() -> None:
    found = []
    for more in ((), ("OBJECT_SCALE_ROI",)):
        node = normalized("velocity_filter {}", *more)
        for time, x in ((1, 0.2), (2, 0.3)):
            node.send("IMAGE_SIZE", (100, 200) @ t(time * FRAME))
            if more:  # From (x, 0.2) to (x + 0.4, 0.7), in pixels 40 by 100.
                rect = NormalizedRect(x_center=0.5, y_center=0.5, width=0.4, height=0.5)
                node.send("OBJECT_SCALE_ROI", rect @ t(time * FRAME))
            node.send("NORM_LANDMARKS", marks((x, 0.2), (x + 0.4, 0.7)) @ t(time * FRAME))
        found.append([mark.x for mark in node.take("NORM_FILTERED_LANDMARKS")[1].payload.landmark])
    assert found[0] == pytest.approx(found[1])


@pytest.mark.parametrize("kind", ["one_euro_filter", "velocity_filter"])
def test_tiny_objects_and_empty_lists_are_not_smoothed(kind: str) -> None:
    node = of_world(f"{kind} {{ min_allowed_object_scale: 0.5 }}")
    node.send("LANDMARKS", *(world((x, 0), (x + 0.4, 0.4)) @ t(int(x) * FRAME) for x in (1.0, 2.0)))
    node.expect(
        "FILTERED_LANDMARKS", *(world((x, 0), (x + 0.4, 0.4)) @ t(int(x) * FRAME) for x in (1.0, 2.0))
    )
    node = of_world(f"{kind} {{}}").send(
        "LANDMARKS", world() @ t(FRAME), world((1, 1), (5, 5)) @ t(2 * FRAME)
    )
    node.expect("FILTERED_LANDMARKS", world() @ t(FRAME), world((1, 1), (5, 5)) @ t(2 * FRAME))


def test_number_of_landmarks_may_not_change() -> None:
    node = of_world(ONE_EURO).send("LANDMARKS", world((0, 0)) @ t(0), world((0, 0), (1, 1)) @ t(FRAME))
    node.expect_error("there are 2 landmarks, but the filter has smoothed 1 so far")


def test_landmarks_without_image_size_are_an_error() -> None:
    node = normalized(ONE_EURO).send("NORM_LANDMARKS", marks((0, 0)) @ t(0)).bound("IMAGE_SIZE", 1)
    node.expect_error("there are NORM_LANDMARKS, but no IMAGE_SIZE")


@pytest.mark.parametrize(
    ("options", "inputs", "message"),
    [
        ("", ["LANDMARKS"], "set one of no_filter, velocity_filter, one_euro_filter"),
        ("no_filter {}", ["NORM_LANDMARKS"], "NORM_LANDMARKS need the input stream IMAGE_SIZE"),
        ("no_filter {}", ["LANDMARKS", "IMAGE_SIZE"], "LANDMARKS do not take it"),
        ("one_euro_filter { frequency: 0 }", ["LANDMARKS"], "frequency should be > 0"),
        ("one_euro_filter { min_cutoff: -1 }", ["LANDMARKS"], "min_cutoff should be > 0"),
        ("velocity_filter { window_size: -1 }", ["LANDMARKS"], "window_size should be 0 or more"),
    ],
)
def test_contract(options: str, inputs: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(NAME, options, inputs=inputs, outputs=[inputs[0].replace("LANDMARKS", "FILTERED_LANDMARKS")])
