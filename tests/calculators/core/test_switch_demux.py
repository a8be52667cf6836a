from __future__ import annotations

from typing import Any

import pytest

from mpgraph.framework.timestamp import Timestamp
from mpgraph.testing import CalculatorRunner, run, t

NAME = "SwitchDemuxCalculator"
OUTPUTS = ["C0__A", "C0__B", "C1__A", "C1__B"]


def demux(options: str = "", *control: str, **side: Any) -> CalculatorRunner:
    """A demux of two streams to two channels."""
    return run(NAME, options, inputs=["A", "B", *control], outputs=OUTPUTS, side=side)


def send_to(runner: CalculatorRunner) -> CalculatorRunner:
    return runner.send("A", "x" @ t(1)).send("B", "y" @ t(1)).send("A", "z" @ t(2)).close("B")


@pytest.mark.parametrize(
    ("options", "side", "channel"),
    [
        ("", {}, 0),
        ("select: 1", {}, 1),
        ("enable: true", {}, 1),
        ("enable: false", {}, 0),
        ("select: 0", {"SELECT": 1}, 1),
        ("", {"ENABLE": True}, 1),
    ],
)
def test_channel_is_chosen_at_the_start(options: str, side: dict[str, Any], channel: int) -> None:
    runner = send_to(demux(options, **side))
    runner.expect(f"C{channel}__A", "x" @ t(1), "z" @ t(2)).expect(f"C{channel}__B", "y" @ t(1))


def test_stream_changes_the_channel_from_its_time_on() -> None:
    runner = demux("", "SELECT").send("SELECT", 0 @ t(0)).send("A", 1 @ t(1)).send("SELECT", 1 @ t(5))
    runner.send("A", 2 @ t(5)).send("SELECT", 1 @ t(9)).send("A", 3 @ t(9))
    runner.expect("C0__A", 1 @ t(1)).expect("C1__A", 2 @ t(5), 3 @ t(9))


def test_packets_wait_until_the_channel_of_their_time_is_known() -> None:
    runner = demux("", "ENABLE").send("A", 1 @ t(3)).send("ENABLE", True @ t(2)).expect_nothing()
    runner.bound("ENABLE", 4).expect("C1__A", 1 @ t(3))


def test_only_the_active_channel_gets_bounds() -> None:
    runner = demux().bound("A", 5)
    runner.expect_bound("C0__A", 5).expect_bound("C1__A", Timestamp.PRESTREAM)


def test_channel_that_does_not_exist_drops_everything() -> None:
    send_to(demux("select: 7")).expect_nothing()


def test_side_packets_go_to_every_channel() -> None:
    text = f"""
    node {{
      calculator: "{NAME}"
      input_side_packet: "S:s"
      output_side_packet: "C0__S:s0"
      output_side_packet: "C1__S:s1"
    }}
    """
    run(text, side={"s": 5}).expect_side("s0", 5).expect_side("s1", 5)
