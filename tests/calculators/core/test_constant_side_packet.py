from __future__ import annotations

from typing import Any

import pytest

import mpgraph as mp
from mpgraph.errors import InternalError, InvalidArgumentError
from mpgraph.framework import packet as packets
from mpgraph.framework import packet_type
from mpgraph.protos import classification_pb2, landmark_pb2
from mpgraph.testing import ANY, run

NAME = "ConstantSidePacketCalculator"


@pytest.mark.parametrize(
    ("value", "payload", "type_name"),
    [
        ("int_value: 5", 5, "int"),
        ("int64_value: -5", -5, "int64_t"),
        ("uint64_value: 18446744073709551615", 2**64 - 1, "uint64_t"),
        ("float_value: 0.5", 0.5, "float"),
        ("double_value: 0.1", 0.1, "double"),
        ("bool_value: false", False, "bool"),
        ('string_value: "hi"', "hi", "string"),
        (
            'string_vector_value { string_value: "a" string_value: "b" }',
            ["a", "b"],
            "::std::vector<std::string>",
        ),
        (
            "classification_list_value { classification { index: 3 } }",
            classification_pb2.ClassificationList(classification=[{"index": 3}]),
            "::mediapipe::ClassificationList",
        ),
        (
            "landmark_list_value { landmark { x: 2 } }",
            landmark_pb2.LandmarkList(landmark=[{"x": 2}]),
            "::mediapipe::LandmarkList",
        ),
    ],
)
def test_each_value_becomes_a_side_packet_of_its_type(value: str, payload: Any, type_name: str) -> None:
    expected = packets.make(payload, packet_type.by_name(type_name))
    run(NAME, f"packet {{ {value} }}").expect_side("PACKET", expected)


def test_several_values_go_to_the_side_packets_of_their_index() -> None:
    runner = run(NAME, "packet { int_value: 1 } packet { bool_value: true }")
    runner.expect_side("PACKET:1", True).expect_side("PACKET:0", 1)


def test_there_must_be_as_many_values_as_side_packets() -> None:
    with pytest.raises(InternalError, match=r"Number of output side packets has to be same.*1 .* 2"):
        run(NAME, "packet { int_value: 1 } packet { int_value: 2 }").expect_side("PACKET", ANY)


def test_entry_without_a_value_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="None of supported values were specified"):
        run(NAME, "packet { }").expect_side("PACKET", ANY)


@pytest.mark.parametrize("other", ["no_tag", "X:no_tag"])
def test_other_side_packets_are_accepted(other: str) -> None:
    """MediaPipe 0.10.21 starts such a graph."""
    graph = mp.CalculatorGraph(
        graph_config=f"""
        node {{
          calculator: "{NAME}" output_side_packet: "PACKET:x" output_side_packet: "{other}"
          options {{ [mediapipe.ConstantSidePacketCalculatorOptions.ext] {{ packet {{ int_value: 1 }} }} }}
        }}"""
    )
    graph.start_run()
    graph.wait_until_done()
