from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InvalidArgumentError


def graph(control: str = "", options: str = "") -> str:
    return f"""
    input_stream: "a0"
    input_stream: "a1"
    input_stream: "control"
    output_stream: "a"
    node {{
      calculator: "SwitchMuxCalculator"
      input_stream: "C0__A:a0"
      input_stream: "C1__A:a1"
      {control}
      output_stream: "A:a"
      node_options {{ [type.googleapis.com/mediapipe.SwitchContainerOptions] {{ {options} }} }}
    }}
    """


PACKETS = [("a0", 1, "x"), ("a1", 1, "y"), ("a0", 2, "z")]


@pytest.mark.parametrize(
    ("options", "expected"),
    [("", [(1, "x"), (2, "z")]), ("select: 1", [(1, "y")]), ("enable: true", [(1, "y")])],
)
def test_the_active_channel_is_relayed(run: Any, options: str, expected: list[tuple[int, Any]]) -> None:
    assert run(graph(options=options), PACKETS)["a"] == expected


def test_a_change_takes_effect_at_its_time(run: Any) -> None:
    events = [
        ("control", 0, 0),
        ("a0", 1, "old"),
        ("a1", 1, "dropped"),
        ("control", 5, 1),
        ("a1", 6, "new"),
        ("control", 6, None),
    ]
    text = graph('input_stream: "SELECT:control"')
    assert run(text, events, close=False)["a"] == [(1, "old")]
    # What the old channel sends before the change still counts; the new one is next when that has passed.
    events += [("a0", 3, "late"), ("a0", 7, "too late")]
    assert run(text, events)["a"] == [(1, "old"), (3, "late"), (6, "new")]


def test_bounds_of_the_active_channel_are_relayed(run: Any) -> None:
    seen = run(graph(), [("a1", 9, None), ("a0", 4, None)], bounds=True, close=False)
    assert seen["a"] == [(4, None)]


SIDE = """
output_stream: "out"
node {
  calculator: "SwitchMuxCalculator"
  input_side_packet: "C0__S:s0"
  input_side_packet: "C1__S:s1"
  input_side_packet: "SELECT:select"
  output_side_packet: "S:s"
}
node { calculator: "SidePacketToStreamCalculator" input_side_packet: "s" output_stream: "AT_ZERO:out" }
"""


def test_side_packets_come_from_the_first_channel(run: Any) -> None:
    assert run(SIDE, side={"s0": "x", "s1": "y", "select": 1})["out"] == [(0, "y")]


def test_a_channel_that_is_not_there_is_an_error(run: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="Channel 2 was selected"):
        run(SIDE, side={"s0": "x", "s1": "y", "select": 2})
