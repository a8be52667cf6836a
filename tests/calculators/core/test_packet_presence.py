from __future__ import annotations

from typing import Any

TEXT = """
input_stream: "in"
output_stream: "out"
node { calculator: "PacketPresenceCalculator" input_stream: "PACKET:in" output_stream: "PRESENCE:out" }
"""


def test_packets_are_true_and_bounds_false(run: Any) -> None:
    events = [("in", 1, "x"), ("in", 4, None), ("in", 5, 0)]
    assert run(TEXT, events)["out"] == [(1, True), (4, False), (5, True)]
