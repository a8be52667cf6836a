from __future__ import annotations

from typing import Any

import pytest

from mpgraph import packet_creator
from mpgraph.errors import InternalError
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.protos import detection_pb2

TEXT = """
input_stream: "a"
input_stream: "b"
output_stream: "x"
output_stream: "y"
node {
  calculator: "DetectionUniqueIdCalculator"
  input_stream: "DETECTIONS:a"
  input_stream: "DETECTION_LIST:b"
  output_stream: "DETECTIONS:x"
  output_stream: "DETECTION_LIST:y"
}
"""


def test_numbers_go_on_over_both_forms_and_all_times(run: Any) -> None:
    vector = [detection_pb2.Detection(label=["cat"]), detection_pb2.Detection(detection_id=5)]
    listed = detection_pb2.DetectionList(detection=[detection_pb2.Detection(label=["dog"])])
    packet = packet_creator.create_proto_vector(vector)
    seen = run(TEXT, [("a", 1, packet), ("b", 1, listed), ("a", 2, packet)])
    ids = [seen["y"][0][1].detection[0].detection_id]
    ids += [detection.detection_id for _, detections in seen["x"] for detection in detections]
    assert ids == list(range(ids[0], ids[0] + 5))
    assert seen["x"][0][1][0].label == ["cat"]
    assert vector[1].detection_id == 5, "the messages that came in stay as they are"


def test_each_input_needs_its_output() -> None:
    with pytest.raises(InternalError, match="the input DETECTIONS needs an output DETECTIONS"):
        CalculatorGraph(graph_config=TEXT.replace('output_stream: "DETECTIONS:x"', ""))
