from __future__ import annotations

import math
from typing import Any

import pytest

from mpgraph.protos.detection_pb2 import Detection
from mpgraph.protos.location_data_pb2 import LocationData
from mpgraph.protos.rect_pb2 import NormalizedRect, Rect
from mpgraph.testing import run, t

NAME = "AlignmentPointsRectsCalculator"
POINTS = (
    "rotation_vector_start_keypoint_index: 0 rotation_vector_end_keypoint_index: 1 "
    "rotation_vector_target_angle_degrees: 90"
)


def detection(*points: tuple[float, float]) -> Any:
    keypoints = [LocationData.RelativeKeypoint(x=x, y=y) for x, y in points]
    return Detection(location_data=LocationData(relative_keypoints=keypoints))


def square(x: float, y: float, width: float, height: float, rotation: float) -> Any:
    return NormalizedRect(x_center=x, y_center=y, width=width, height=height, rotation=rotation)


def test_square_is_around_the_circle_in_pixels_with_the_point_above_the_center() -> None:
    # In pixels the center is (100, 100) and the point (160, 20): a radius of 100.
    node = run(NAME, POINTS, inputs=["DETECTION", "IMAGE_SIZE"], outputs=["NORM_RECT"], tolerance=1e-6)
    node.send("IMAGE_SIZE", (400, 200) @ t(0)).send("DETECTION", detection((0.25, 0.5), (0.4, 0.1)) @ t(0))
    node.expect("NORM_RECT", square(0.25, 0.5, 0.5, 1, math.atan2(60, 80)) @ t(0))


def test_lists_become_lists() -> None:
    upright, lying = detection((0.5, 0.5), (0.5, 0.25)), detection((0.5, 0.5), (0.75, 0.5))
    node = run(NAME, POINTS, inputs=["DETECTIONS", "IMAGE_SIZE"], outputs=["NORM_RECTS"], tolerance=1e-6)
    node.send("IMAGE_SIZE", (100, 100) @ t(0)).send("DETECTIONS", [upright, lying] @ t(0))
    rects = [square(0.5, 0.5, 0.5, 0.5, 0), square(0.5, 0.5, 0.5, 0.5, math.pi / 2)]
    node.expect("NORM_RECTS", rects @ t(0))


def test_rect_in_pixels_is_that_of_the_base_class() -> None:
    options = f"{POINTS} conversion_mode: USE_KEYPOINTS"
    node = run(NAME, options, inputs=["DETECTION", "IMAGE_SIZE"], outputs=["RECT"])
    node.send("IMAGE_SIZE", (100, 200) @ t(0)).send("DETECTION", detection((0.5, 0.5), (0.5, 0.25)) @ t(0))
    node.expect("RECT", Rect(x_center=50, y_center=75, width=0, height=50, rotation=0) @ t(0))


def test_without_detections_nothing_or_an_empty_rect_is_sent() -> None:
    zero = f"{POINTS} output_zero_rect_for_empty_detections: true"
    nothing, empty = (
        run(NAME, options, inputs=["DETECTIONS", "IMAGE_SIZE"], outputs=["NORM_RECT"])
        .send("IMAGE_SIZE", (10, 10) @ t(0))
        .send("DETECTIONS", [] @ t(0))
        for options in (POINTS, zero)
    )
    nothing.expect_nothing()
    empty.expect("NORM_RECT", NormalizedRect() @ t(0))


def test_missing_options_and_key_points_are_reported() -> None:
    with pytest.raises(ValueError, match="Start keypoint is required"):
        run(NAME, inputs=["DETECTION", "IMAGE_SIZE"], outputs=["NORM_RECT"])
    node = run(NAME, POINTS, inputs=["DETECTION", "IMAGE_SIZE"], outputs=["NORM_RECT"])
    node.send("IMAGE_SIZE", (10, 10) @ t(0)).send("DETECTION", detection((0.5, 0.5)) @ t(0))
    node.expect_error("the detection has 1", ValueError)


@pytest.mark.parametrize("size", [(0, 0), (-5, 3)])
def test_impossible_image_size_gives_values_that_are_not_finite_or_mirrored(size: tuple[int, int]) -> None:
    node = run(NAME, POINTS, inputs=["DETECTION", "IMAGE_SIZE"], outputs=["NORM_RECT"])
    node.send("IMAGE_SIZE", size @ t(0)).send("DETECTION", detection((0.5, 0.5), (0.5, 0.25)) @ t(0))
    [packet] = node.take("NORM_RECT")
    assert not packet.payload.width > 0
