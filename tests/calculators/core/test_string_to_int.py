from __future__ import annotations

import pytest

from mpgraph.errors import InvalidArgumentError
from mpgraph.framework import packet_type
from mpgraph.framework.packet import Packet, make_packet
from mpgraph.graph.calculator_graph import CalculatorGraph


def read(kind: str, text: str | bytes) -> Packet:
    graph = CalculatorGraph(
        graph_config=f"""node {{
          calculator: "StringTo{kind}Calculator"
          input_side_packet: "text"
          output_side_packet: "number"
        }}"""
    )
    graph.run({"text": make_packet(text)})
    packet: Packet = graph.get_output_side_packet("number")
    return packet


@pytest.mark.parametrize(
    ("kind", "text", "number", "cpp"),
    [
        ("Int", "5", 5, "int"),
        ("Int32", "-2147483648", -(2**31), "int"),
        ("Int64", "9223372036854775807", 2**63 - 1, "int64_t"),
        ("Uint", "+7", 7, "unsigned int"),
        ("Uint32", "4294967295", 2**32 - 1, "unsigned int"),
        ("Uint64", " \t18446744073709551615\n", 2**64 - 1, "uint64_t"),
        ("Int", b"12", 12, "int"),
    ],
)
def test_numbers_are_read_as_their_type(kind: str, text: str | bytes, number: int, cpp: str) -> None:
    packet = read(kind, text)
    assert packet.payload == number
    assert packet.type is packet_type.by_name(cpp)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *[("Int", text) for text in ("", "x", "1.0", "0x10", "1_0", "- 1", "٣", "2147483648", "9" * 5000)],
        ("Uint", "-1"),
        ("Uint64", "18446744073709551616"),
        ("Int64", "9223372036854775808"),
    ],
)
def test_anything_else_is_refused(kind: str, text: str) -> None:
    with pytest.raises(InvalidArgumentError, match="could not be parsed as an integer"):
        read(kind, text)
