from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InternalError, InvalidArgumentError
from mpgraph.graph.calculator_graph import CalculatorGraph


def graph(options: str, side: str = "", outputs: str = 'output_stream: "out"') -> str:
    return f"""
    input_stream: "a"
    input_stream: "b"
    output_stream: "out"
    node {{
      calculator: "LogicCalculator"
      input_stream: "a"
      input_stream: "b"
      {side}
      {outputs}
      options {{ [mediapipe.LogicCalculatorOptions.ext] {{ {options} }} }}
    }}
    """


PAIRS = [(False, False), (False, True), (True, False), (True, True)]
EVENTS = [event for t, (a, b) in enumerate(PAIRS) for event in (("a", t, a), ("b", t, b))]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("op: AND", [False, False, False, True]),
        ("op: OR", [False, True, True, True]),
        ("op: XOR", [False, True, True, False]),
        ("op: AND negate: true", [True, True, True, False]),
        ("op: OR input_value: true", [True, True, True, True]),
        ("op: XOR input_value: true input_value: true input_value: true", [True, False, False, True]),
    ],
)
def test_all_values_are_joined(run: Any, options: str, expected: list[bool]) -> None:
    assert run(graph(options), EVENTS)["out"] == list(enumerate(expected))


def test_side_packets_count_too(run: Any) -> None:
    seen = run(graph("op: AND", 'input_side_packet: "s"'), EVENTS, {"s": False})
    assert not any(value for _, value in seen["out"])


def test_a_missing_value_is_an_error(run: Any) -> None:
    with pytest.raises(InvalidArgumentError, match='input stream "b" has no packet at 1'):
        run(graph("op: AND"), [("a", 1, True), ("b", 1, None)])


def test_there_is_one_result() -> None:
    with pytest.raises(InternalError, match="exactly one output stream"):
        CalculatorGraph(graph_config=graph("", outputs='output_stream: "out" output_stream: "X:x"'))
