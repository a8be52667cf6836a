from __future__ import annotations

from typing import Any

import pytest

from mpgraph import packet_creator
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.video_header import VideoHeader
from mpgraph.protos import calculator_options_pb2, extension_for, packet_thinner_calculator_pb2

PRIMES = [("in", t, t) for t in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29)]


def graph(options: str, side: str = "") -> str:
    return f"""
    input_stream: "in"
    output_stream: "out"
    node {{
      calculator: "PacketThinnerCalculator"
      input_stream: "in"
      {side}
      output_stream: "out"
      options {{ [mediapipe.PacketThinnerCalculatorOptions.ext] {{ {options} }} }}
    }}
    """


def times(seen: dict[str, list[tuple[int, Any]]]) -> list[int]:
    return [t for t, _ in seen["out"]]


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
def test_one_packet_a_period_is_left(run: Any, options: str, expected: list[int]) -> None:
    assert times(run(graph(options), PRIMES)) == expected


def test_the_output_is_settled_up_to_the_next_period(run: Any) -> None:
    seen = run(graph("period: 100"), PRIMES[:3], bounds=True, close=False)
    assert seen["out"][0] == (2, 2)
    assert times(seen)[-1] == 101


def test_side_packets_override_the_options(run: Any) -> None:
    text = graph("period: 1", 'input_side_packet: "PERIOD:period"')
    assert times(run(text, PRIMES, {"period": packet_creator.create_int64(5)})) == [2, 7, 13, 19, 29]
    options: Any = calculator_options_pb2.CalculatorOptions()
    field = extension_for("mediapipe.PacketThinnerCalculatorOptions")
    options.Extensions[field].CopyFrom(packet_thinner_calculator_pb2.PacketThinnerCalculatorOptions(period=5))
    text = graph("period: 1 end_time: 15", 'input_side_packet: "OPTIONS:options"')
    assert times(run(text, PRIMES, {"options": options})) == [2, 7, 13]


@pytest.mark.parametrize(
    ("options", "rate", "expected"),
    [
        ("period: 5", 500_000.0, 1_000_000 / 6),
        ("period: 5", 125_000.0, 125_000.0),
        ("period: 5 thinner_type: SYNC", 500_000.0, 200_000.0),
        ("period: 5 thinner_type: SYNC", 125_000.0, 125_000.0),
    ],
)
def test_the_frame_rate_of_the_header_can_be_updated(
    run: Any, options: str, rate: float, expected: float
) -> None:
    headers: list[VideoHeader] = []
    text = f"""
    {graph(options + " update_frame_rate: true")}
    node {{
      calculator: "CallbackWithHeaderCalculator"
      input_stream: "INPUT:out"
      input_stream: "HEADER:out"
      input_side_packet: "CALLBACK:call"
    }}
    """
    side = {"call": lambda packet, header: headers.append(header.payload)}
    run(text, PRIMES[:1], side, headers={"in": VideoHeader(width=3, frame_rate=rate)})
    assert headers == [VideoHeader(width=3, frame_rate=pytest.approx(expected))]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("period: 0", "period must be positive"),
        ("start_time: 5 end_time: 5", "must be earlier than end_time 5"),
    ],
)
def test_wrong_options_are_refused(run: Any, options: str, message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        run(graph(options), PRIMES)
