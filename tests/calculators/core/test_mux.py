from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InternalError, InvalidArgumentError
from mpgraph.graph.calculator_graph import CalculatorGraph


def graph(select: str, handler: str = "") -> str:
    return f"""
    input_stream: "a"
    input_stream: "b"
    input_stream: "select"
    output_stream: "out"
    node {{
      calculator: "MuxCalculator"
      input_stream: "INPUT:0:a"
      input_stream: "INPUT:1:b"
      {select}
      output_stream: "OUTPUT:out"
      {handler}
    }}
    """


STREAM = graph('input_stream: "SELECT:select"')
DEFAULT = 'input_stream_handler { input_stream_handler: "DefaultInputStreamHandler" }'


def test_the_selected_packet_passes(run: Any) -> None:
    events = [("a", 1, "a1"), ("b", 1, "b1"), ("select", 1, 1), ("a", 2, "a2"), ("select", 2, 0)]
    assert run(STREAM, events)["out"] == [(1, "b1"), (2, "a2")]


def test_the_other_streams_are_not_waited_for(run: Any) -> None:
    assert run(STREAM, [("select", 1, 1), ("b", 1, "b1")], close=False)["out"] == [(1, "b1")]


def test_where_the_selected_stream_has_nothing_nothing_passes(run: Any) -> None:
    seen = run(STREAM, [("a", 1, 1), ("select", 1, 1), ("b", 1, None), ("select", 2, 0), ("a", 2, 2)])
    assert seen["out"] == [(2, 2)]


def test_select_may_be_a_side_packet(run: Any) -> None:
    text = graph('input_side_packet: "SELECT:side"', DEFAULT)
    assert run(text, [("a", 1, "a"), ("b", 1, "b"), ("a", 2, "a")], {"side": 1})["out"] == [(1, "b")]


def test_a_stream_that_is_not_there_cannot_be_selected(run: Any) -> None:
    text = graph('input_stream: "SELECT:select"', DEFAULT)
    with pytest.raises(InternalError, match="SELECT is 2, but there are 2 INPUT streams"):
        run(text, [("a", 1, 1), ("b", 1, 1), ("select", 1, 2)])


@pytest.mark.parametrize("select", ["", 'input_stream: "SELECT:select" input_side_packet: "SELECT:side"'])
def test_there_must_be_one_select(select: str) -> None:
    with pytest.raises(InvalidArgumentError, match="SELECT either as an input stream or"):
        CalculatorGraph(graph_config=graph(select))
