from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InvalidArgumentError
from mpgraph.framework import timestamp as ts
from mpgraph.framework.packet import make_packet
from mpgraph.graph.calculator_graph import CalculatorGraph

ONE = """
input_stream: "in"
output_stream: "out"
node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "out" }
"""

TWO = """
input_stream: "a"
input_stream: "b"
output_stream: "x"
output_stream: "y"
node {
  calculator: "PassThroughCalculator"
  input_stream: "A:a"
  input_stream: "B:b"
  output_stream: "B:y"
  output_stream: "A:x"
  input_side_packet: "s"
  output_side_packet: "t"
}
"""


def test_packets_of_any_type_pass_at_their_time(run: Any) -> None:
    for packets in ([(ts.PRESTREAM, "header")], [(-5, 1), (0, "x"), (ts.MAX, 2.5)], [(ts.POSTSTREAM, "end")]):
        assert run(ONE, [("in", t, value) for t, value in packets])["out"] == packets


def test_bounds_pass_too(run: Any) -> None:
    seen = run(ONE, [("in", 1, None), ("in", 4, 7)], bounds=True, close=False)
    assert seen["out"] == [(1, None), (4, 7)]


def test_ports_are_matched_by_tag(run: Any) -> None:
    seen = run(TWO, [("a", 1, 10), ("b", 1, 20), ("a", 2, 11), ("b", 3, 21)], {"s": 1})
    assert seen == {"x": [(1, 10), (2, 11)], "y": [(1, 20), (3, 21)]}


def test_side_packets_pass() -> None:
    graph = CalculatorGraph(graph_config=TWO)
    graph.start_run({"s": make_packet("side")})
    graph.close()
    assert graph.get_output_side_packet("t").payload == "side"


@pytest.mark.parametrize(
    ("ports", "message"),
    [
        ('output_stream: "A:out"', "streams to PassThroughCalculator must use matching tags and indexes"),
        (
            'output_stream: "out" input_side_packet: "S:s" output_side_packet: "T:t"',
            "side packets to PassThroughCalculator must use matching tags and indexes",
        ),
    ],
)
def test_ports_that_do_not_match_are_refused(ports: str, message: str) -> None:
    text = f'input_stream: "in" node {{ calculator: "PassThroughCalculator" input_stream: "in" {ports} }}'
    with pytest.raises(InvalidArgumentError, match=message):
        CalculatorGraph(graph_config=text)
