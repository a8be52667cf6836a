from __future__ import annotations

import pytest

from mpgraph import packet_creator
from mpgraph.errors import InternalError
from mpgraph.protos import detection_pb2
from mpgraph.testing import run, t

NAME = "DetectionUniqueIdCalculator"


def test_numbers_go_on_over_both_forms_and_all_times() -> None:
    vector = [detection_pb2.Detection(label=["cat"]), detection_pb2.Detection(detection_id=5)]
    listed = detection_pb2.DetectionList(detection=[detection_pb2.Detection(label=["dog"])])
    packet = packet_creator.create_proto_vector(vector)
    runner = run(NAME, inputs=["DETECTIONS", "DETECTION_LIST"], outputs=["DETECTIONS", "DETECTION_LIST"])
    runner.send("DETECTIONS", packet @ t(1)).send("DETECTION_LIST", listed @ t(1))
    runner.send("DETECTIONS", packet @ t(2)).close("DETECTION_LIST")
    (whole,) = runner.take("DETECTION_LIST")
    first, second = runner.take("DETECTIONS")
    detections = [*whole.payload.detection, *first.payload, *second.payload]
    start = detections[0].detection_id
    assert [one.detection_id for one in detections] == list(range(start, start + 5))
    assert detections[1].label == ["cat"]
    assert (whole.timestamp, first.timestamp, second.timestamp) == (1, 1, 2)
    assert vector[1].detection_id == 5, "input messages stay unchanged"


def test_each_input_needs_its_output() -> None:
    with pytest.raises(InternalError, match="the input DETECTIONS needs an output DETECTIONS"):
        run(NAME, inputs=["DETECTIONS", "DETECTION_LIST"], outputs=["DETECTION_LIST"])
