from __future__ import annotations

import pytest

from mpgraph.errors import InternalError
from mpgraph.framework.timestamp import Timestamp
from mpgraph.testing import run, t

NAME = "PacketSequencerCalculator"


def test_packets_follow_the_last_tick() -> None:
    runner = run(NAME).send("INPUT", "a" @ t(1)).send("TICK", 0 @ t(10)).send("INPUT", "b" @ t(2))
    runner.send("TICK", 0 @ t(20)).send("INPUT", "c" @ t(900))
    runner.expect("OUTPUT", "a" @ t(Timestamp.MIN), "b" @ t(11), "c" @ t(21))


def test_ticks_settle_the_output() -> None:
    runner = run(NAME, inputs=["INPUT", "TICK"]).send("TICK", 0 @ t(10)).expect_bound("OUTPUT", 11)
    runner.send("TICK", 0 @ t(20)).expect_bound("OUTPUT", 21)


def test_packet_at_the_time_of_a_tick_covers_the_tick() -> None:
    runner = run(NAME).send("TICK", 0 @ t(10)).send("INPUT", "a" @ t(10)).send("TICK", 0 @ t(11))
    runner.expect("OUTPUT", "a" @ t(11))


def test_inputs_and_outputs_must_be_pairs() -> None:
    with pytest.raises(InternalError, match="number of INPUT streams"):
        run(NAME, inputs=["INPUT:1", "TICK"], outputs=["OUTPUT"])
