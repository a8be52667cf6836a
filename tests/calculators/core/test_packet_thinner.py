from __future__ import annotations

from typing import Any

import pytest

from mpgraph import packet_creator
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.video_header import VideoHeader
from mpgraph.protos import calculator_options_pb2, extension_for, packet_thinner_calculator_pb2
from mpgraph.testing import run, t

NAME = "PacketThinnerCalculator"
PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29)


def thinned(options: str, **side: Any) -> list[int]:
    """The times of the packets that are left of PRIMES."""
    runner = run(NAME, options, side=side).send("", *(time @ t(time) for time in PRIMES)).close()
    return [packet.timestamp.value for packet in runner.take("")]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("period: 5", [2, 7, 13, 19, 29]),
        ("period: 5 start_time: 4 end_time: 12", [5, 11]),
        ("thinner_type: SYNC period: 5 sync_output_timestamps: false", [2, 5, 11, 17, 19, 23, 29]),
        ("thinner_type: SYNC period: 5", [0, 5, 10, 15, 20, 25, 30]),
        ("thinner_type: SYNC period: 6 start_time: -144 end_time: 20", [0, 6, 12, 18]),
    ],
)
def test_one_packet_a_period_is_left(options: str, expected: list[int]) -> None:
    assert thinned(options) == expected


def test_output_is_settled_up_to_the_next_period() -> None:
    runner = run(NAME, "period: 100").send("", *(time @ t(time) for time in PRIMES[:3]))
    runner.expect("", 2 @ t(2)).expect_bound("", 102)


def test_side_packets_override_the_options() -> None:
    assert thinned("period: 1", PERIOD=packet_creator.create_int64(5)) == [2, 7, 13, 19, 29]
    options: Any = calculator_options_pb2.CalculatorOptions()
    field = extension_for("mediapipe.PacketThinnerCalculatorOptions")
    options.Extensions[field].CopyFrom(packet_thinner_calculator_pb2.PacketThinnerCalculatorOptions(period=5))
    assert thinned("period: 1 end_time: 15", OPTIONS=options) == [2, 7, 13]


@pytest.mark.parametrize(
    ("options", "rate", "expected"),
    [
        ("period: 5", 500_000.0, 1_000_000 / 6),
        ("period: 5", 125_000.0, 125_000.0),
        ("period: 5 thinner_type: SYNC", 500_000.0, 200_000.0),
        ("period: 5 thinner_type: SYNC", 125_000.0, 125_000.0),
    ],
)
def test_frame_rate_of_the_header_can_be_updated(options: str, rate: float, expected: float) -> None:
    runner = run(NAME, f"{options} update_frame_rate: true", headers={"": VideoHeader(3, frame_rate=rate)})
    runner.expect_header("", VideoHeader(3, frame_rate=pytest.approx(expected)))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("period: 0", "period must be positive"),
        ("start_time: 5 end_time: 5", "must be earlier than end_time 5"),
    ],
)
def test_impossible_options_are_refused(options: str, message: str) -> None:
    run(NAME, options).expect_error(message, InvalidArgumentError)
