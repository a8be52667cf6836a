from __future__ import annotations

from typing import Any

import pytest


def graph(control: str = "", options: str = "") -> str:
    return f"""
    input_stream: "a"
    input_stream: "b"
    input_stream: "control"
    output_stream: "a0"
    output_stream: "b0"
    output_stream: "a1"
    output_stream: "b1"
    node {{
      calculator: "SwitchDemuxCalculator"
      input_stream: "A:a"
      input_stream: "B:b"
      {control}
      output_stream: "C0__A:a0"
      output_stream: "C0__B:b0"
      output_stream: "C1__A:a1"
      output_stream: "C1__B:b1"
      node_options {{ [type.googleapis.com/mediapipe.SwitchContainerOptions] {{ {options} }} }}
    }}
    """


PACKETS = [("a", 1, "x"), ("b", 1, "y"), ("a", 2, "z")]
FIRST = {"a0": [(1, "x"), (2, "z")], "b0": [(1, "y")], "a1": [], "b1": []}
SECOND = {"a1": [(1, "x"), (2, "z")], "b1": [(1, "y")], "a0": [], "b0": []}


@pytest.mark.parametrize(
    ("control", "options", "value", "expected"),
    [
        ("", "", None, FIRST),
        ("", "select: 1", None, SECOND),
        ("", "enable: true", None, SECOND),
        ("", "enable: false", None, FIRST),
        ('input_side_packet: "SELECT:side"', "select: 0", 1, SECOND),
        ('input_side_packet: "ENABLE:side"', "", True, SECOND),
    ],
)
def test_the_channel_is_chosen_at_the_start(
    run: Any, control: str, options: str, value: Any, expected: dict[str, list[tuple[int, Any]]]
) -> None:
    side = {} if value is None else {"side": value}
    assert run(graph(control, options), PACKETS, side) == expected


def test_a_stream_changes_the_channel_from_its_time_on(run: Any) -> None:
    events = [("control", 0, 0), ("a", 1, 1), ("control", 5, 1), ("a", 5, 2), ("control", 9, 1), ("a", 9, 3)]
    seen = run(graph('input_stream: "SELECT:control"'), events)
    assert (seen["a0"], seen["a1"]) == ([(1, 1)], [(5, 2), (9, 3)])


def test_packets_wait_until_the_channel_of_their_time_is_known(run: Any) -> None:
    text = graph('input_stream: "ENABLE:control"')
    assert run(text, [("a", 3, 1), ("control", 2, True)], close=False)["a1"] == []
    assert run(text, [("a", 3, 1), ("control", 2, True), ("control", 3, None)], close=False)["a1"] == [(3, 1)]


def test_the_active_channel_gets_bounds_and_the_others_nothing(run: Any) -> None:
    seen = run(graph(), [("a", 4, None)], bounds=True, close=False)
    assert (seen["a0"], seen["a1"]) == ([(4, None)], [])


def test_a_channel_that_is_not_there_drops_everything(run: Any) -> None:
    assert not any(run(graph(options="select: 7"), PACKETS).values())


def test_side_packets_go_to_every_channel(run: Any) -> None:
    text = """
    output_stream: "out"
    node {
      calculator: "SwitchDemuxCalculator"
      input_side_packet: "S:s"
      output_side_packet: "C0__S:s0"
      output_side_packet: "C1__S:s1"
    }
    node { calculator: "SidePacketToStreamCalculator" input_side_packet: "s1" output_stream: "AT_ZERO:out" }
    """
    assert run(text, side={"s": 5})["out"] == [(0, 5)]
