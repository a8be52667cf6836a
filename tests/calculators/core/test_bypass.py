from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InternalError, InvalidArgumentError
from mpgraph.graph.calculator_graph import CalculatorGraph


def graph(options: str) -> str:
    return f"""
    input_stream: "a"
    input_stream: "b"
    output_stream: "x"
    output_stream: "y"
    node {{
      calculator: "BypassCalculator"
      input_stream: "A:a"
      input_stream: "B:b"
      input_side_packet: "ANYTHING:s"
      output_stream: "A:x"
      output_stream: "Y:y"
      node_options {{ [type.googleapis.com/mediapipe.BypassCalculatorOptions] {{ {options} }} }}
    }}
    """


EVENTS = [("a", 1, "a1"), ("b", 1, "b1"), ("b", 3, "b3"), ("a", 3, None)]


def test_everything_is_dropped_and_settled(run: Any) -> None:
    seen = run(graph(""), EVENTS, {"s": 1}, bounds=True, close=False)
    assert seen["x"] == seen["y"] == [(1, None), (3, None)]


def test_streams_may_pass(run: Any) -> None:
    seen = run(
        graph('pass_input_stream: "B" pass_output_stream: "A"'), EVENTS, {"s": 1}, bounds=True, close=False
    )
    assert seen["x"] == [(1, "b1"), (3, "b3")]
    assert seen["y"] == [(1, None), (3, None)]


def test_passed_streams_go_in_pairs() -> None:
    with pytest.raises(InternalError, match="1 pass_input_stream and 0 pass_output_stream"):
        CalculatorGraph(graph_config=graph('pass_input_stream: "B"'))


def test_passed_streams_must_exist() -> None:
    with pytest.raises(InvalidArgumentError, match='pass_output_stream "X" is no output stream'):
        CalculatorGraph(graph_config=graph('pass_input_stream: "B" pass_output_stream: "X"'))
