from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InternalError
from mpgraph.graph.calculator_graph import CalculatorGraph

IMMEDIATE = 'input_stream_handler { input_stream_handler: "ImmediateInputStreamHandler" }'
BOUNDS = """node_options {
  [type.googleapis.com/mediapipe.ImmediateMuxCalculatorOptions] { process_timestamp_bounds: true }
}"""


def graph(more: str = IMMEDIATE) -> str:
    return f"""
    input_stream: "a"
    input_stream: "b"
    output_stream: "out"
    output_stream: "finished"
    node {{
      calculator: "ImmediateMuxCalculator"
      input_stream: "a"
      input_stream: "b"
      output_stream: "out"
      output_stream: "finished"
      {more}
    }}
    """


def test_packets_that_are_late_are_dropped(run: Any) -> None:
    seen = run(graph(), [("a", 1, "a1"), ("a", 5, "a5"), ("b", 3, "b3"), ("b", 6, "b6")])
    assert seen["out"] == [(1, "a1"), (5, "a5"), (6, "b6")]
    assert seen["finished"] == [(1, True), (5, True), (6, True), (7, True)]


def test_the_first_input_wins(run: Any) -> None:
    events = [("a", 1, "a1"), ("b", 1, "b1"), ("b", 2, "b2")]
    assert run(graph(""), events)["out"] == [(1, "a1"), (2, "b2")]


def test_bounds_may_be_passed_on(run: Any) -> None:
    events = [("a", 1, "a1"), ("a", 8, None), ("b", 5, "late"), ("b", 9, "b9")]
    seen = run(graph(IMMEDIATE + BOUNDS), events, bounds=True, close=False)
    assert seen["out"] == [(1, "a1"), (8, None), (9, "b9")]


def test_there_are_one_or_two_outputs() -> None:
    with pytest.raises(InternalError, match="only one or two output streams"):
        CalculatorGraph(graph_config=graph('output_stream: "third"'))
