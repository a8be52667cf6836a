from __future__ import annotations

from typing import Any

import pytest

from mpgraph.protos.detection_pb2 import Detection
from mpgraph.protos.landmark_pb2 import NormalizedLandmark, NormalizedLandmarkList
from mpgraph.protos.location_data_pb2 import LocationData
from mpgraph.testing import run, t

NAME = "LandmarksToDetectionCalculator"


def landmarks(*points: tuple[float, float]) -> NormalizedLandmarkList:
    return NormalizedLandmarkList(landmark=[NormalizedLandmark(x=x, y=y, z=9) for x, y in points])


def detection(box: tuple[float, ...], *points: tuple[float, float]) -> Any:
    xmin, ymin, width, height = box
    return Detection(
        location_data=LocationData(
            format=LocationData.RELATIVE_BOUNDING_BOX,
            relative_bounding_box=LocationData.RelativeBoundingBox(
                xmin=xmin, ymin=ymin, width=width, height=height
            ),
            relative_keypoints=[LocationData.RelativeKeypoint(x=x, y=y) for x, y in points],
        )
    )


POINTS = ((0.25, 0.5), (0.75, 0.25), (0.5, 1.5))


def test_box_encloses_the_key_points() -> None:
    node = run(NAME, inputs=["NORM_LANDMARKS"], outputs=["DETECTION"])
    node.send("NORM_LANDMARKS", landmarks(*POINTS) @ t(0))
    node.expect("DETECTION", detection((0.25, 0.25, 0.5, 1.25), *POINTS) @ t(0))


def test_selected_landmarks_keep_their_order() -> None:
    node = run(NAME, "selected_landmark_indices: [2, 0]", inputs=["NORM_LANDMARKS"], outputs=["DETECTION"])
    node.send("NORM_LANDMARKS", landmarks(*POINTS) @ t(0))
    node.expect("DETECTION", detection((0.25, 0.5, 0.25, 1), POINTS[2], POINTS[0]) @ t(0))


def test_box_of_negative_positions_reaches_to_zero() -> None:
    points = ((-0.5, -0.25), (-0.25, -0.125))
    node = run(NAME, inputs=["NORM_LANDMARKS"], outputs=["DETECTION"])
    node.send("NORM_LANDMARKS", landmarks(*points) @ t(0))
    node.expect("DETECTION", detection((-0.5, -0.25, 0.5, 0.25), *points) @ t(0))


def test_empty_list_and_missing_landmark_are_errors() -> None:
    node = run(NAME, inputs=["NORM_LANDMARKS"], outputs=["DETECTION"])
    node.send("NORM_LANDMARKS", landmarks() @ t(0)).expect_error("Input landmark vector is empty")
    node = run(NAME, "selected_landmark_indices: 3", inputs=["NORM_LANDMARKS"], outputs=["DETECTION"])
    node.send("NORM_LANDMARKS", landmarks(*POINTS) @ t(0)).expect_error(
        "Index of landmark subset is out of range"
    )


@pytest.mark.parametrize("count", [1, 478])
def test_many_key_points_are_written_at_once(count: int) -> None:
    points = [(i / 512, 1 - i / 512) for i in range(count)]
    node = run(NAME, inputs=["NORM_LANDMARKS"], outputs=["DETECTION"])
    node.send("NORM_LANDMARKS", landmarks(*points) @ t(0))
    extent = (count - 1) / 512
    node.expect("DETECTION", detection((0, 1 - extent, extent, extent), *points) @ t(0))
