from __future__ import annotations

import math
from typing import Any

import pytest

from mpgraph.protos import detection_pb2, rect_pb2
from mpgraph.protos.location_data_pb2 import LocationData
from mpgraph.testing import run, t

NAME = "DetectionsToRectsCalculator"
ROTATION = (
    "rotation_vector_start_keypoint_index: 0 rotation_vector_end_keypoint_index: 1 "
    "rotation_vector_target_angle_degrees: 90"
)


def relative(*box: float, points: Any = ()) -> Any:
    xmin, ymin, width, height = box
    location = LocationData(
        format=LocationData.RELATIVE_BOUNDING_BOX,
        relative_bounding_box=LocationData.RelativeBoundingBox(
            xmin=xmin, ymin=ymin, width=width, height=height
        ),
        relative_keypoints=[LocationData.RelativeKeypoint(x=x, y=y) for x, y in points],
    )
    return detection_pb2.Detection(location_data=location)


def pixels(*box: int) -> Any:
    xmin, ymin, width, height = box
    location = LocationData(
        format=LocationData.BOUNDING_BOX,
        bounding_box=LocationData.BoundingBox(xmin=xmin, ymin=ymin, width=width, height=height),
    )
    return detection_pb2.Detection(location_data=location)


def norm_rect(*values: float, **rotation: float) -> Any:
    x, y, width, height = values
    return rect_pb2.NormalizedRect(x_center=x, y_center=y, width=width, height=height, **rotation)


def rect(*values: int) -> Any:
    x, y, width, height = values
    return rect_pb2.Rect(x_center=x, y_center=y, width=width, height=height)


BOX = relative(0.25, 0.5, 0.5, 0.25)
RECT = norm_rect(0.5, 0.625, 0.5, 0.25)


def test_box_becomes_rect() -> None:
    node = run(NAME, inputs=["DETECTION"], outputs=["NORM_RECT"])
    node.send("DETECTION", BOX @ t(0)).expect("NORM_RECT", RECT @ t(0))


def test_lists_keep_their_order_and_single_outputs_take_the_first() -> None:
    other = relative(0, 0, 1, 1)
    node = run(NAME, inputs=["DETECTIONS"], outputs=["NORM_RECTS"])
    node.send("DETECTIONS", [BOX, other] @ t(0))
    node.expect("NORM_RECTS", [RECT, norm_rect(0.5, 0.5, 1, 1)] @ t(0))
    node = run(NAME, inputs=["DETECTIONS"], outputs=["NORM_RECT"])
    node.send("DETECTIONS", [BOX, other] @ t(0)).expect("NORM_RECT", RECT @ t(0))


def test_pixel_boxes_halve_towards_zero() -> None:
    node = run(NAME, inputs=["DETECTIONS"], outputs=["RECTS"])
    node.send("DETECTIONS", [pixels(10, 20, 5, 7), pixels(0, 0, -5, 7)] @ t(0))
    node.expect("RECTS", [rect(12, 23, 5, 7), rect(-2, 3, -5, 7)] @ t(0))


def test_key_points_become_the_box_around_them() -> None:
    points = relative(0, 0, 0, 0, points=[(0.25, 0.5), (0.75, 0.25), (0.5, 0.5)])
    node = run(NAME, "conversion_mode: USE_KEYPOINTS", inputs=["DETECTION"], outputs=["NORM_RECT"])
    node.send("DETECTION", points @ t(0)).expect("NORM_RECT", norm_rect(0.5, 0.375, 0.5, 0.25) @ t(0))
    node = run(NAME, "conversion_mode: USE_KEYPOINTS", inputs=["DETECTION", "IMAGE_SIZE"], outputs=["RECT"])
    node.send("IMAGE_SIZE", (10, 30) @ t(0)).send("DETECTION", points @ t(0))
    node.expect("RECT", rect(5, 11, 5, 8) @ t(0))


def test_rotation_is_computed_in_pixels() -> None:
    diagonal = relative(0, 0, 1, 1, points=[(0, 1), (0.5, 0.5)])
    node = run(NAME, ROTATION, inputs=["DETECTION", "IMAGE_SIZE"], outputs=["NORM_RECT"])
    node.send("IMAGE_SIZE", (400, 100) @ t(0), (100, 100) @ t(1))
    node.send("DETECTION", diagonal @ t(0), diagonal @ t(1))
    node.expect(
        "NORM_RECT",
        norm_rect(0.5, 0.5, 1, 1, rotation=math.pi / 2 - math.atan2(50, 200)) @ t(0),
        norm_rect(0.5, 0.5, 1, 1, rotation=math.pi / 4) @ t(1),
    )


def test_nothing_is_sent_without_image_size_for_a_rotation() -> None:
    node = run(NAME, ROTATION, inputs=["DETECTION", "IMAGE_SIZE"], outputs=["NORM_RECT"])
    node.send("DETECTION", BOX @ t(0)).bound("IMAGE_SIZE", 1).settles("NORM_RECT", 0)


@pytest.mark.parametrize(
    ("output", "zero"),
    [
        ("NORM_RECT", rect_pb2.NormalizedRect()),
        ("RECT", rect_pb2.Rect()),
        ("NORM_RECTS", [rect_pb2.NormalizedRect()]),
    ],
)
def test_empty_list_gives_an_empty_rect_if_the_option_says_so(output: str, zero: Any) -> None:
    run(NAME, inputs=["DETECTIONS"], outputs=[output]).send("DETECTIONS", [] @ t(0)).settles(output, 0)
    node = run(NAME, "output_zero_rect_for_empty_detections: true", inputs=["DETECTIONS"], outputs=[output])
    node.send("DETECTIONS", [] @ t(0)).expect(output, zero @ t(0))


@pytest.mark.parametrize(
    ("options", "detection", "output", "message"),
    [
        ("", pixels(0, 0, 1, 1), "NORM_RECT", "RELATIVE_BOUNDING_BOX"),
        ("", BOX, "RECT", "BOUNDING_BOX can be converted to Rect"),
        ("conversion_mode: USE_KEYPOINTS", BOX, "NORM_RECT", "2 or more key points"),
        ("conversion_mode: USE_KEYPOINTS", BOX, "RECT", "requires image size"),
    ],
)
def test_detection_without_what_is_needed_is_an_error(
    options: str, detection: Any, output: str, message: str
) -> None:
    node = run(NAME, options, inputs=["DETECTION"], outputs=[output])
    node.send("DETECTION", detection @ t(0)).expect_error(message)


def test_missing_key_point_of_the_rotation_is_an_error() -> None:
    node = run(NAME, ROTATION, inputs=["DETECTION", "IMAGE_SIZE"], outputs=["NORM_RECT"])
    node.send("IMAGE_SIZE", (4, 4) @ t(0)).send("DETECTION", BOX @ t(0)).expect_error(
        "needs the key points 0 and 1"
    )


@pytest.mark.parametrize(
    ("options", "inputs", "outputs", "message"),
    [
        ("", ["DETECTION", "DETECTIONS"], ["RECT"], "Exactly one of DETECTION or DETECTIONS"),
        ("", ["DETECTION"], ["RECT", "RECTS"], "Exactly one of NORM_RECT, RECT"),
        (ROTATION, ["DETECTION"], ["NORM_RECT"], "IMAGE_SIZE"),
        (ROTATION + " rotation_vector_target_angle: 1", ["DETECTION", "IMAGE_SIZE"], ["RECT"], "exactly one"),
        ("rotation_vector_start_keypoint_index: 1", ["DETECTION", "IMAGE_SIZE"], ["RECT"], "end_keypoint"),
    ],
)
def test_contract_refuses(options: str, inputs: list[str], outputs: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(NAME, options, inputs=inputs, outputs=outputs)
