from __future__ import annotations

import pytest

from mpgraph.errors import UnimplementedError
from mpgraph.testing import CalculatorRunner, run, t

NAME = "SequenceShiftCalculator"


def shifted(options: str, **side: int) -> CalculatorRunner:
    runner = run(NAME, options, side=side)
    return runner.send("", *(f"p{time}" @ t(time) for time in (1, 3, 7, 8)))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", {1: "p3", 3: "p7", 7: "p8"}),
        ("packet_offset: -2", {1: "p7", 3: "p8"}),
        ("packet_offset: 0", {1: "p1", 3: "p3", 7: "p7", 8: "p8"}),
        ("packet_offset: 1", {3: "p1", 7: "p3", 8: "p7"}),
        ("packet_offset: 5", {}),
    ],
)
def test_packets_take_the_times_of_others(options: str, expected: dict[int, str]) -> None:
    runner = shifted(options)
    if expected:
        runner.expect("", *(value @ t(time) for time, value in expected.items()))
    runner.expect_nothing()


def test_side_packet_overrides_the_option() -> None:
    shifted("packet_offset: 1", PACKET_OFFSET=-1).expect("", "p3" @ t(1), "p7" @ t(3), "p8" @ t(7))


def test_options_that_mediapipe_does_not_support_are_refused() -> None:
    runner = run(NAME, "packet_offset: 1 emit_empty_packets_before_first_packet: true")
    runner.expect_error("not supported yet", UnimplementedError)
