from __future__ import annotations

import pytest

from mpgraph.errors import InvalidArgumentError
from mpgraph.testing import CalculatorRunner, Timed, run, t

NAME = "SwitchMuxCalculator"


def mux(options: str = "", *control: str) -> CalculatorRunner:
    return run(NAME, options, inputs=["C0__A", "C1__A", *control], outputs=["A"])


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", ["x" @ t(1), "z" @ t(2)]),
        ("select: 1", ["y" @ t(1)]),
        ("enable: true", ["y" @ t(1)]),
    ],
)
def test_active_channel_is_relayed(options: str, expected: list[Timed]) -> None:
    runner = mux(options).send("C0__A", "x" @ t(1)).send("C1__A", "y" @ t(1)).send("C0__A", "z" @ t(2))
    runner.expect("A", *expected)


def test_change_takes_effect_at_its_time() -> None:
    runner = mux("", "SELECT").send("SELECT", 0 @ t(0)).send("C0__A", "old" @ t(1))
    runner.send("C1__A", "dropped" @ t(1)).send("SELECT", 1 @ t(5)).send("C1__A", "new" @ t(6))
    runner.bound("SELECT", 7).expect("A", "old" @ t(1)).expect_nothing()
    # Packets of the old channel before the change still count; the new channel follows once they have passed.
    runner.send("C0__A", "late" @ t(3), "too late" @ t(7)).expect("A", "late" @ t(3), "new" @ t(6))


def test_bounds_of_the_active_channel_are_relayed() -> None:
    mux().bound("C1__A", 10).bound("C0__A", 5).expect_bound("A", 5)


def test_side_packets_come_from_the_first_channel() -> None:
    run(NAME, side={"C0__S": "x", "C1__S": "y", "SELECT": 1}).expect_side("S", "y")


def test_channel_that_does_not_exist_is_an_error() -> None:
    text = f"""
    node {{
      calculator: "{NAME}"
      input_side_packet: "C0__S:s0"
      input_side_packet: "SELECT:select"
      output_side_packet: "S:s"
    }}
    """
    run(text, side={"s0": "x", "select": 2}).expect_error("Channel 2 was selected", InvalidArgumentError)
