from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InternalError
from mpgraph.graph.calculator_graph import CalculatorGraph


def graph(control: str = "", options: str = "") -> str:
    return f"""
    input_stream: "a"
    input_stream: "b"
    input_stream: "control"
    output_stream: "x"
    output_stream: "y"
    output_stream: "change"
    node {{
      calculator: "GateCalculator"
      input_stream: "a"
      input_stream: "b"
      {control}
      output_stream: "x"
      output_stream: "y"
      output_stream: "STATE_CHANGE:change"
      options {{ [mediapipe.GateCalculatorOptions.ext] {{ {options} }} }}
    }}
    """


CONTROLLED = [
    *[("a", t, t) for t in range(1, 6)],
    *[("b", t, -t) for t in range(1, 6)],
    ("control", 1, True),
    ("control", 2, False),
    ("control", 3, None),
    ("control", 4, True),
    ("control", 5, True),
]


@pytest.mark.parametrize(
    ("tag", "options", "times"),
    [
        ("ALLOW", "", [1, 4, 5]),
        ("DISALLOW", "", [2]),
        ("ALLOW", "empty_packets_as_allow: true", [1, 3, 4, 5]),
        ("DISALLOW", "empty_packets_as_allow: true", [2, 3]),
    ],
)
def test_a_stream_controls_the_gate(run: Any, tag: str, options: str, times: list[int]) -> None:
    seen = run(graph(f'input_stream: "{tag}:control"', options), CONTROLLED)
    assert seen["x"] == [(t, t) for t in times]
    assert seen["y"] == [(t, -t) for t in times]


@pytest.mark.parametrize(
    ("options", "changes"),
    [
        ("", [(2, False), (4, True)]),
        ("initial_gate_state: GATE_DISALLOW", [(1, True), (2, False), (4, True)]),
        ("initial_gate_state: GATE_ALLOW", [(2, False), (4, True)]),
    ],
)
def test_changes_are_told(run: Any, options: str, changes: list[tuple[int, bool]]) -> None:
    assert run(graph('input_stream: "ALLOW:control"', options), CONTROLLED)["change"] == changes


@pytest.mark.parametrize(
    ("control", "options", "value", "is_open"),
    [
        ('input_side_packet: "ALLOW:side"', "", True, True),
        ('input_side_packet: "ALLOW:side"', "", False, False),
        ('input_side_packet: "DISALLOW:side"', "", True, False),
        ("", "", None, False),
        ("", "allow: true", None, True),
        ('input_side_packet: "ALLOW:side"', "allow: true", None, True),
    ],
)
def test_a_side_packet_or_option_controls_the_gate(
    run: Any, control: str, options: str, value: bool | None, is_open: bool
) -> None:
    side = {} if value is None else {"side": value}
    assert run(graph(control, options), [("a", 1, 1)], side)["x"] == ([(1, 1)] if is_open else [])


def test_closed_gates_leave_a_bound(run: Any) -> None:
    assert run(graph(), [("a", 3, 1), ("b", 3, 1)], bounds=True, close=False)["x"] == [(3, None)]


@pytest.mark.parametrize(
    "control",
    [
        'input_stream: "ALLOW:control" input_side_packet: "ALLOW:side"',
        'input_stream: "ALLOW:control" input_stream: "DISALLOW:c2"',
        'input_side_packet: "ALLOW:side" input_side_packet: "DISALLOW:side2"',
    ],
)
def test_two_controls_are_refused(control: str) -> None:
    with pytest.raises(InternalError, match="one control, not"):
        CalculatorGraph(graph_config='input_stream: "c2"' + graph(control))


def test_inputs_and_outputs_go_in_pairs() -> None:
    with pytest.raises(InternalError, match="Number of data output streams must match"):
        CalculatorGraph(graph_config=graph('input_stream: "control"'))
