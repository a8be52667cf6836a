from __future__ import annotations

from typing import Any

import pytest


def graph(options: str = "", tick: str = "tick") -> str:
    return f"""
    input_stream: "a"
    input_stream: "b"
    input_stream: "tick"
    output_stream: "x"
    output_stream: "y"
    node {{
      calculator: "PacketClonerCalculator"
      input_stream: "a"
      input_stream: "b"
      input_stream: "{tick}"
      output_stream: "x"
      output_stream: "y"
      options {{ [mediapipe.PacketClonerCalculatorOptions.ext] {{ {options} }} }}
    }}
    """


EVENTS = [
    *[("a", 1, "a1"), ("b", 1, None), ("tick", 1, 0)],
    *[("a", 5, None), ("b", 5, "b5"), ("tick", 5, 0)],
    *[("a", 7, "a7"), ("b", 7, None), ("tick", 7, 0)],
]


@pytest.mark.parametrize("tick", ["tick", "TICK:tick"])
def test_the_latest_packets_are_repeated_at_each_tick(run: Any, tick: str) -> None:
    seen = run(graph(tick=tick), EVENTS)
    assert seen == {"x": [(1, "a1"), (5, "a1"), (7, "a7")], "y": [(5, "b5"), (7, "b5")]}


@pytest.mark.parametrize(
    ("options", "bounds"),
    [
        ("", [(1, "a1"), (5, "a1"), (7, "a7")]),
        ("output_only_when_all_inputs_received: true", [(5, "a1"), (7, "a7")]),
        ("output_packets_only_when_all_inputs_received: true", [(1, None), (5, "a1"), (7, "a7")]),
    ],
)
def test_output_may_wait_until_all_inputs_came(run: Any, options: str, bounds: list[tuple[int, Any]]) -> None:
    assert run(graph(options), EVENTS, bounds=True, close=False)["x"] == bounds


def test_a_settled_tick_settles_the_output(run: Any) -> None:
    events = [("a", 3, None), ("b", 3, None), ("tick", 3, None)]
    assert run(graph(), events, bounds=True, close=False)["x"] == [(3, None)]
