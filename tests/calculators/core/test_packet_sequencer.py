from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InternalError
from mpgraph.framework import timestamp as ts
from mpgraph.graph.calculator_graph import CalculatorGraph

TEXT = """
input_stream: "select"
input_stream: "frame"
output_stream: "timed"
node {
  calculator: "PacketSequencerCalculator"
  input_stream: "INPUT:select"
  input_stream: "TICK:frame"
  output_stream: "OUTPUT:timed"
}
"""


def test_packets_follow_the_last_tick(run: Any) -> None:
    events = [
        ("select", 1, "a"),
        ("frame", 10, 0),
        ("select", 2, "b"),
        ("frame", 20, 0),
        ("select", 900, "c"),
    ]
    assert run(TEXT, events)["timed"] == [(ts.MIN, "a"), (11, "b"), (21, "c")]


def test_ticks_settle_the_output(run: Any) -> None:
    seen = run(TEXT, [("frame", 10, 0), ("frame", 20, 0)], bounds=True, close=False)
    assert seen["timed"] == [(10, None), (20, None)]


def test_a_packet_at_the_time_of_a_tick_covers_the_tick(run: Any) -> None:
    assert run(TEXT, [("frame", 10, 0), ("select", 10, "a"), ("frame", 11, 0)])["timed"] == [(11, "a")]


def test_inputs_and_outputs_go_in_pairs() -> None:
    with pytest.raises(InternalError, match="number of INPUT streams"):
        CalculatorGraph(
            graph_config=TEXT.replace('"INPUT:select"', '"INPUT:0:select" input_stream: "INPUT:1:x"')
        )
