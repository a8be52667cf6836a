from __future__ import annotations

from mpgraph.testing import run, t


def test_packets_are_true_and_bounds_false() -> None:
    runner = run("PacketPresenceCalculator").send("PACKET", "x" @ t(1)).bound("PACKET", 5)
    runner.send("PACKET", 0 @ t(5)).expect("PRESENCE", True @ t(1), False @ t(4), True @ t(5))
