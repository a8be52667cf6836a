from __future__ import annotations

from typing import Any

import pytest

from mpgraph import packet_creator
from mpgraph.errors import InternalError
from mpgraph.framework.timestamp import Timestamp
from mpgraph.testing import Timed, run, t

NAME = "SidePacketToStreamCalculator"


@pytest.mark.parametrize(
    ("tag", "time"),
    [("AT_PRESTREAM", Timestamp.PRESTREAM), ("AT_ZERO", 0), ("AT_POSTSTREAM", Timestamp.POSTSTREAM)],
)
def test_tag_is_the_time(tag: str, time: int) -> None:
    run(NAME, inputs=[], outputs=[tag], side={"": 7}).expect(tag, 7 @ t(time))


def test_side_packet_is_the_time() -> None:
    side = {"": 7, "TIMESTAMP": packet_creator.create_int64(12)}
    run(NAME, inputs=[], outputs=["AT_TIMESTAMP"], side=side).expect("AT_TIMESTAMP", 7 @ t(12))


@pytest.mark.parametrize(
    ("tag", "expected"), [("AT_TICK", ["s" @ t(1), "s" @ t(4)]), ("AT_FIRST_TICK", ["s" @ t(1)])]
)
def test_ticks_are_the_time(tag: str, expected: list[Timed]) -> None:
    runner = run(NAME, inputs=["TICK"], outputs=[tag], side={"": "s"})
    runner.send("TICK", 0 @ t(1), 0 @ t(4)).expect(tag, *expected)


def test_several_side_packets_go_to_as_many_streams() -> None:
    runner = run(NAME, inputs=[], outputs=["AT_ZERO:1"], side={":0": 1, ":1": "x"})
    runner.expect("AT_ZERO:0", 1 @ t(0)).expect("AT_ZERO:1", "x" @ t(0))


@pytest.mark.parametrize(
    ("output", "side", "message"),
    [
        ("", {"": 1}, "Only one of AT_PRESTREAM"),
        ("AT_TICK", {"": 1}, "Either both TICK input and tick"),
        ("AT_ZERO", {"": 1, "TIMESTAMP": 1}, "Either both TIMESTAMP and AT_TIMESTAMP"),
        ("AT_ZERO", {}, "Same number of input side packets"),
    ],
)
def test_ports_that_do_not_fit_together_are_refused(output: str, side: dict[str, Any], message: str) -> None:
    with pytest.raises(InternalError, match=message):
        run(NAME, inputs=[], outputs=[output], side=side)
