from __future__ import annotations

import math
from typing import Any

import pytest

from mpgraph.errors import MpgraphError
from mpgraph.protos.detection_pb2 import Detection
from mpgraph.protos.location_data_pb2 import LocationData
from mpgraph.protos.rect_pb2 import NormalizedRect
from mpgraph.testing import run, t

NAME = "HandDetectionsFromPoseToRectsCalculator"


def hand(*points: tuple[float, float]) -> Any:
    """A detection with wrist, little finger and index finger as key points."""
    location = LocationData(format=LocationData.RELATIVE_BOUNDING_BOX)
    for x, y in points:
        location.relative_keypoints.add(x=x, y=y)
    return Detection(location_data=location)


def test_square_is_around_the_middle_finger_with_the_wrist_below() -> None:
    # 200 by 100 pixels: the wrist is 30 pixels below the knuckle of the middle finger at (100, 50).
    upright = hand((0.5, 0.8), (0.4, 0.5), (0.55, 0.5))
    node = run(NAME, inputs=["DETECTION", "IMAGE_SIZE"], outputs=["NORM_RECT"])
    node.send("IMAGE_SIZE", (200, 100) @ t(0)).send("DETECTION", upright @ t(0))
    square = NormalizedRect(x_center=0.5, y_center=0.5, width=0.3, height=0.6, rotation=0)
    node.expect("NORM_RECT", square @ t(0))


def test_rotation_points_from_the_wrist_to_the_middle_finger() -> None:
    to_the_right = hand((0.25, 0.5), (0.5, 0.75), (0.5, 0.375))
    node = run(NAME, inputs=["DETECTIONS", "IMAGE_SIZE"], outputs=["NORM_RECTS"])
    node.send("IMAGE_SIZE", (100, 100) @ t(0)).send("DETECTIONS", [to_the_right] @ t(0))
    square = NormalizedRect(x_center=0.5, y_center=0.5, width=0.5, height=0.5, rotation=math.pi / 2)
    node.expect("NORM_RECTS", [square] @ t(0))


def test_empty_list_gives_nothing_or_an_empty_rect() -> None:
    node = run(NAME, inputs=["DETECTIONS", "IMAGE_SIZE"], outputs=["NORM_RECT"])
    node.send("IMAGE_SIZE", (100, 100) @ t(0)).send("DETECTIONS", [] @ t(0)).expect_nothing("NORM_RECT")
    zero = "output_zero_rect_for_empty_detections: true"
    node = run(NAME, zero, inputs=["DETECTIONS", "IMAGE_SIZE"], outputs=["NORM_RECT"])
    node.send("IMAGE_SIZE", (100, 100) @ t(0)).send("DETECTIONS", [] @ t(0))
    node.expect("NORM_RECT", NormalizedRect() @ t(0))


def test_hand_without_three_points_or_image_without_size_is_an_error() -> None:
    node = run(NAME, inputs=["DETECTION", "IMAGE_SIZE"], outputs=["NORM_RECT"])
    node.send("IMAGE_SIZE", (100, 100) @ t(0)).send("DETECTION", hand((0, 0), (1, 1)) @ t(0))
    node.expect_error("there are 2")
    with pytest.raises(MpgraphError, match="IMAGE_SIZE"):
        run(NAME, inputs=["DETECTION"], outputs=["NORM_RECT"])
