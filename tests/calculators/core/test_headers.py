from __future__ import annotations

from typing import Any

import pytest

from mpgraph.framework.packet import Packet


@pytest.mark.parametrize(
    "node",
    [
        'calculator: "PassThroughCalculator" input_stream: "in" output_stream: "out"',
        'calculator: "FlowLimiterCalculator" output_stream: "out" input_stream: "in" '
        'input_stream: "FINISHED:b"',
        'calculator: "GateCalculator" input_stream: "in" input_stream: "ALLOW:b" output_stream: "out"',
        'calculator: "PacketClonerCalculator" input_stream: "in" input_stream: "TICK:b" output_stream: "out"',
        'calculator: "PacketThinnerCalculator" input_stream: "in" output_stream: "out"',
        'calculator: "SwitchDemuxCalculator" input_stream: "A:in" output_stream: "C0__A:out"',
    ],
    ids=lambda node: node.split('"')[1],
)
def test_calculators_that_pass_packets_on_pass_headers_on(run: Any, node: str) -> None:
    headers: list[Packet] = []
    text = f"""
    input_stream: "in"
    input_stream: "b"
    node {{ {node} }}
    node {{
      calculator: "CallbackWithHeaderCalculator"
      input_stream: "INPUT:out"
      input_stream: "HEADER:out"
      input_side_packet: "CALLBACK:call"
    }}
    """
    side = {"call": lambda packet, header: headers.append(header)}
    run(text, [("in", 1, "frame"), ("b", 1, True)], side, headers={"in": "header"})
    assert [header.payload for header in headers] == ["header"]
