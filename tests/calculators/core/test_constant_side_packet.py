from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InternalError, InvalidArgumentError
from mpgraph.framework import packet_type
from mpgraph.framework.packet import Packet
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.protos import classification_pb2, landmark_pb2


def made(ports: str, options: str) -> CalculatorGraph:
    graph = CalculatorGraph(
        graph_config=f"""node {{
          calculator: "ConstantSidePacketCalculator"
          {ports}
          options {{ [mediapipe.ConstantSidePacketCalculatorOptions.ext] {{ {options} }} }}
        }}"""
    )
    graph.run()
    return graph


@pytest.mark.parametrize(
    ("value", "payload", "kind"),
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
def test_values_become_side_packets_of_their_type(value: str, payload: Any, kind: str) -> None:
    packet: Packet = made('output_side_packet: "PACKET:p"', f"packet {{ {value} }}").get_output_side_packet(
        "p"
    )
    assert packet.payload == payload
    assert packet.type is packet_type.by_name(kind)


def test_several_values_go_by_their_index() -> None:
    graph = made(
        'output_side_packet: "PACKET:1:b" output_side_packet: "PACKET:0:a"',
        "packet { int_value: 1 } packet { bool_value: true }",
    )
    assert graph.get_output_side_packet("a").payload == 1
    assert graph.get_output_side_packet("b").payload is True


def test_the_number_of_values_must_be_that_of_the_outputs() -> None:
    with pytest.raises(InternalError, match=r"Number of output side packets has to be same.*1 .* 2"):
        made('output_side_packet: "PACKET:p"', "packet { int_value: 1 } packet { int_value: 2 }")


def test_an_empty_value_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="None of supported values were specified"):
        made('output_side_packet: "PACKET:p"', "packet { }")
