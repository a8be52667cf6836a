from __future__ import annotations

import pytest

from mpgraph.errors import InternalError
from mpgraph.testing import run, t


def test_packets_of_the_same_time_become_a_pair() -> None:
    runner = run("MakePairCalculator").send("", "x" @ t(1)).send(":1", 5 @ t(1), 6 @ t(2)).close("")
    pairs = [(packet.timestamp, *packet.payload) for packet in runner.take("")]
    assert [(time, first.payload, second.payload) for time, first, second in pairs] == [
        (1, "x", 5),
        (2, None, 6),
    ]


def test_pair_needs_two_inputs() -> None:
    with pytest.raises(InternalError, match="a pair takes 2 input streams, not 1"):
        run("MakePairCalculator", inputs=[""], outputs=[""])
