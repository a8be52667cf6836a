from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InvalidArgumentError
from mpgraph.framework.timestamp import Timestamp
from mpgraph.testing import Timed, run, t

NAME = "PassThroughCalculator"


@pytest.mark.parametrize(
    "sent",
    [
        ["header" @ t(Timestamp.PRESTREAM)],
        [1 @ t(-5), "x" @ t(0), 2.5 @ t(Timestamp.MAX)],
        ["end" @ t(Timestamp.POSTSTREAM)],
    ],
)
def test_packets_of_any_type_pass_at_their_time(sent: list[Timed]) -> None:
    run(NAME).send("", *sent).expect("", *sent)


def test_bounds_pass_too() -> None:
    runner = run(NAME).bound("", 2).expect_bound("", 2)
    runner.send("", 7 @ t(4)).expect("", 7 @ t(4)).expect_bound("", 5)


def test_ports_are_matched_by_tag() -> None:
    runner = run(NAME, inputs=["A", "B"], outputs=["B", "A"])
    runner.send("A", 10 @ t(1)).send("B", 20 @ t(1)).send("A", 11 @ t(2)).send("B", 21 @ t(3)).close("A")
    runner.expect("A", 10 @ t(1), 11 @ t(2)).expect("B", 20 @ t(1), 21 @ t(3))


def test_side_packets_pass() -> None:
    run(NAME, side={"": "side"}).expect_side("", "side")


@pytest.mark.parametrize(
    ("ports", "message"),
    [
        (
            {"inputs": [""], "outputs": ["A"]},
            "streams to PassThroughCalculator must use matching tags and indexes",
        ),
        ({"side": {"S": 1}}, "side packets to PassThroughCalculator must use matching tags and indexes"),
    ],
)
def test_ports_that_do_not_match_are_refused(ports: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        run(NAME, **ports).expect_side("T", 1)
