from __future__ import annotations

from typing import Any

import pytest

from mpgraph.protos.detection_pb2 import Detection
from mpgraph.protos.landmark_pb2 import NormalizedLandmark, NormalizedLandmarkList
from mpgraph.protos.location_data_pb2 import LocationData
from mpgraph.testing import run, t

LANDMARKS = "LandmarkLetterboxRemovalCalculator"
DETECTIONS = "DetectionLetterboxRemovalCalculator"
PADDING = (0.25, 0.0, 0.25, 0.5)


def landmarks(x: float, y: float, z: float) -> NormalizedLandmarkList:
    return NormalizedLandmarkList(landmark=[NormalizedLandmark(x=x, y=y, z=z, presence=0.5)])


def detection(xmin: float, ymin: float, width: float, height: float, x: float, y: float) -> Any:
    box = LocationData.RelativeBoundingBox(xmin=xmin, ymin=ymin, width=width, height=height)
    return Detection(
        score=[0.5],
        location_data=LocationData(
            format=LocationData.RELATIVE_BOUNDING_BOX,
            relative_bounding_box=box,
            relative_keypoints=[LocationData.RelativeKeypoint(x=x, y=y)],
        ),
    )


def test_landmarks_are_moved_and_depth_is_scaled_as_x() -> None:
    node = run(
        LANDMARKS,
        inputs=["LANDMARKS", "LANDMARKS:1", "LETTERBOX_PADDING"],
        outputs=["LANDMARKS", "LANDMARKS:1"],
    )
    node.send("LETTERBOX_PADDING", PADDING @ t(0)).send("LANDMARKS", landmarks(0.5, 0.25, 0.1) @ t(0))
    node.send("LANDMARKS:1", landmarks(0.25, 0.5, 0) @ t(0))
    node.expect("LANDMARKS", landmarks(0.5, 0.5, 0.2) @ t(0)).expect("LANDMARKS:1", landmarks(0, 1, 0) @ t(0))


def test_landmarks_need_a_padding() -> None:
    node = run(LANDMARKS, inputs=["LANDMARKS", "LETTERBOX_PADDING"], outputs=["LANDMARKS"])
    node.send("LANDMARKS", landmarks(0, 0, 0) @ t(0)).bound("LETTERBOX_PADDING", 1).settles("LANDMARKS", 0)
    with pytest.raises(RuntimeError, match="Same number"):
        run(LANDMARKS, inputs=["LANDMARKS", "LANDMARKS:1", "LETTERBOX_PADDING"], outputs=["LANDMARKS"])


def test_detections_are_moved_with_their_key_points() -> None:
    given = detection(0.5, 0.25, 0.25, 0.125, 0.25, 0.5)
    node = run(DETECTIONS, inputs=["DETECTIONS", "LETTERBOX_PADDING"], outputs=["DETECTIONS"])
    node.send("LETTERBOX_PADDING", PADDING @ t(0), PADDING @ t(1)).send(
        "DETECTIONS", [given] @ t(0), [] @ t(1)
    )
    node.expect("DETECTIONS", [detection(0.5, 0.5, 0.5, 0.25, 0, 1)] @ t(0), [] @ t(1))
    assert given == detection(0.5, 0.25, 0.25, 0.125, 0.25, 0.5)


def test_detections_without_padding_are_an_error() -> None:
    node = run(DETECTIONS, inputs=["DETECTIONS", "LETTERBOX_PADDING"], outputs=["DETECTIONS"])
    node.send("DETECTIONS", [] @ t(0)).bound("LETTERBOX_PADDING", 1).expect_error("no LETTERBOX_PADDING")


def test_padding_alone_sends_nothing() -> None:
    node = run(DETECTIONS, inputs=["DETECTIONS", "LETTERBOX_PADDING"], outputs=["DETECTIONS"])
    node.send("LETTERBOX_PADDING", PADDING @ t(0)).bound("DETECTIONS", 1).settles("DETECTIONS", 0)
