from __future__ import annotations

import pytest

from mpgraph.framework.timestamp import Timestamp
from mpgraph.testing import CalculatorRunner, run, t


def cloner(options: str = "", tick: str = ":2") -> CalculatorRunner:
    """A cloner of two streams."""
    return run("PacketClonerCalculator", options, inputs=[":1", tick], outputs=[":1"])


@pytest.mark.parametrize("tick", [":2", "TICK"])
def test_latest_packets_are_repeated_at_each_tick(tick: str) -> None:
    runner = cloner(tick=tick).send("", "a1" @ t(1)).send(":1", "b5" @ t(5)).send("", "a7" @ t(7)).close(":1")
    runner.send(tick, 0 @ t(1), 0 @ t(5), 0 @ t(7))
    runner.expect("", "a1" @ t(1), "a1" @ t(5), "a7" @ t(7)).expect(":1", "b5" @ t(5), "b5" @ t(7))


@pytest.mark.parametrize(
    ("options", "is_sent", "bound"),
    [
        ("", True, 2),
        ("output_only_when_all_inputs_received: true", False, Timestamp.PRESTREAM),
        ("output_packets_only_when_all_inputs_received: true", False, 2),
    ],
)
def test_outputs_may_wait_until_all_inputs_received_a_packet(options: str, is_sent: bool, bound: int) -> None:
    runner = cloner(options).send("", "a1" @ t(1)).bound(":1", 2).send(":2", 0 @ t(1))
    runner.expect("", "a1" @ t(1)) if is_sent else runner.expect_nothing()
    runner.expect_bound("", bound).bound("", 6).send(":1", "b5" @ t(5)).send(":2", 0 @ t(5))
    runner.expect("", "a1" @ t(5)).expect(":1", "b5" @ t(5)).expect_bound("", 6)


def test_settled_tick_settles_the_output() -> None:
    cloner().bound("", 4).bound(":1", 4).bound(":2", 4).expect_bound("", 4).expect_bound(":1", 4)
