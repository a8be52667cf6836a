from __future__ import annotations

from typing import Any

from mpgraph import packet_creator
from mpgraph.protos import landmark_pb2

TEXT = """
input_stream: "in"
output_stream: "out"
node { calculator: "LandmarkListVectorSizeCalculator" input_stream: "VECTOR:in" output_stream: "SIZE:out" }
"""


def test_elements_are_counted(run: Any) -> None:
    packet = packet_creator.create_proto_vector([landmark_pb2.LandmarkList()] * 2)
    assert run(TEXT, [("in", 1, packet)])["out"] == [(1, 2)]
