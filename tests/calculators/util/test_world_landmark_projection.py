from __future__ import annotations

import math

from mpgraph.protos.landmark_pb2 import Landmark, LandmarkList
from mpgraph.protos.rect_pb2 import NormalizedRect
from mpgraph.testing import run, t

NAME = "WorldLandmarkProjectionCalculator"
POINT = LandmarkList(landmark=[Landmark(x=1, y=0, z=3, visibility=0.5)])
REGION = NormalizedRect(x_center=9, y_center=9, width=9, height=9, rotation=math.pi / 2)


def test_landmarks_are_only_rotated() -> None:
    node = run(NAME, inputs=["LANDMARKS", "NORM_RECT"], outputs=["LANDMARKS"])
    node.send("NORM_RECT", REGION @ t(0)).send("LANDMARKS", POINT @ t(0))
    turned = LandmarkList(landmark=[Landmark(x=0, y=1, z=3, visibility=0.5)])
    node.expect("LANDMARKS", turned @ t(0))


def test_without_a_region_stream_landmarks_pass() -> None:
    node = run(NAME, inputs=["LANDMARKS"], outputs=["LANDMARKS"])
    node.send("LANDMARKS", POINT @ t(0)).expect("LANDMARKS", POINT @ t(0))


def test_nothing_is_sent_where_the_region_is_missing() -> None:
    node = run(NAME, inputs=["LANDMARKS", "NORM_RECT"], outputs=["LANDMARKS"])
    node.send("LANDMARKS", POINT @ t(0)).bound("NORM_RECT", 1).settles("LANDMARKS", 0)
