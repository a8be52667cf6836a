from __future__ import annotations

from mpgraph.errors import AlreadyExistsError
from mpgraph.testing import CalculatorRunner, run, t


def to_side_packet() -> CalculatorRunner:
    return run("StreamToSidePacketCalculator", inputs=[""], outputs=[])


def test_packet_becomes_a_side_packet_without_a_time() -> None:
    to_side_packet().send("", "x" @ t(5)).expect_side("", "x")


def test_second_packet_is_an_error() -> None:
    runner = to_side_packet().send("", "x" @ t(5), "y" @ t(6))
    runner.expect_error("was already set", AlreadyExistsError)
