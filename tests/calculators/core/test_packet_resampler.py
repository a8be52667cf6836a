from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InternalError, InvalidArgumentError
from mpgraph.formats.video_header import VideoHeader
from mpgraph.framework import timestamp as ts
from mpgraph.graph.calculator_graph import CalculatorGraph


def graph(options: str, ports: str = 'input_stream: "in" output_stream: "out"') -> str:
    return f"""
    input_stream: "in"
    input_stream: "header"
    output_stream: "out"
    node {{
      calculator: "PacketResamplerCalculator"
      {ports}
      options {{ [mediapipe.PacketResamplerCalculatorOptions.ext] {{ {options} }} }}
    }}
    """


def resampled(run: Any, options: str, *times: int) -> list[tuple[int, int]]:
    seen: dict[str, list[tuple[int, int]]] = run(graph(options), [("in", t, t) for t in times])
    return seen["out"]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ([], []),
        ([16668], [(16668, 16668)]),
        ([0, 16666], [(0, 0)]),
        ([0, 16667], [(0, 0), (33333, 16667)]),
        ([0, 50000], [(0, 0), (33333, 0), (66667, 50000)]),
        ([0, 16666, 16667, 20000, 33300, 49999, 50000, 66600], [(0, 0), (33333, 33300), (66667, 66600)]),
        ([-500, 66667], [(-500, -500), (32833, -500), (66167, 66667)]),
    ],
)
def test_each_period_gets_the_nearest_packet(
    run: Any, times: list[int], expected: list[tuple[int, int]]
) -> None:
    assert resampled(run, "frame_rate: 30", *times) == expected


def test_the_rate_is_exact_over_a_long_time(run: Any) -> None:
    times = [t for t, _ in resampled(run, "frame_rate: 29.97", 0, 10_000_000)]
    assert times == [round(i * 1_000_000 / 29.97) for i in range(len(times))]


def test_the_last_packet_may_be_kept_back(run: Any) -> None:
    assert resampled(run, "frame_rate: 30 flush_last_packet: false", 0, 16667) == [(0, 0)]


def test_times_may_be_aligned_to_a_base(run: Any) -> None:
    assert resampled(run, "frame_rate: 30 base_timestamp: 900000", 10) == [(0, 10)]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("start_time: 1000000 end_time: 2000000", [1_000_000, 1_500_000]),
        ("start_time: 800000 end_time: 1800000", [1_000_000, 1_500_000]),
        ("start_time: 800000 end_time: 1800000 round_limits: true", [1_000_000, 1_500_000, 2_000_000]),
    ],
)
def test_only_what_is_within_the_limits_is_sent(run: Any, options: str, expected: list[int]) -> None:
    sent = resampled(run, f"frame_rate: 2 {options}", *range(0, 3_000_000, 250_000))
    assert [t for t, _ in sent] == expected


def test_the_rate_may_be_limited(run: Any) -> None:
    assert len(resampled(run, "frame_rate: 60 max_frame_rate: 10", 0, 1_000_000)) == 11


TAGGED = """
input_stream: "DATA:in"
input_stream: "VIDEO_HEADER:header"
output_stream: "DATA:out"
output_stream: "VIDEO_HEADER:header_out"
"""


@pytest.mark.parametrize(("options", "rate"), [("", 50.0), ("use_input_frame_rate: true", 200.0)])
def test_a_header_packet_gets_the_new_rate(run: Any, options: str, rate: float) -> None:
    text = 'output_stream: "header_out"' + graph(f"frame_rate: 50 {options}", TAGGED)
    events = [
        ("in", ts.MIN, None),
        ("header", ts.PRESTREAM, VideoHeader(width=5, frame_rate=200)),
        ("in", 0, 0),
    ]
    assert run(text, events)["header_out"] == [(ts.PRESTREAM, VideoHeader(width=5, frame_rate=rate))]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("", "must be greater than zero"),
        ("frame_rate: 2000000", "must be smaller than 1000000"),
        ("frame_rate: 30 reproducible_sampling: true", "SecureRandom is not available"),
    ],
)
def test_rates_that_cannot_be_are_refused(run: Any, options: str, message: str) -> None:
    with pytest.raises((InternalError, InvalidArgumentError), match=message):
        resampled(run, options, 0)


@pytest.mark.parametrize(
    ("options", "ports", "message"),
    [
        ("frame_rate: 30 jitter: 2", 'input_stream: "in" output_stream: "out"', "jitter is 2"),
        (
            "frame_rate: 30 jitter: 0.5",
            'input_stream: "in" output_stream: "out"',
            "needs the side packet SEED",
        ),
        (
            "frame_rate: 30 max_frame_rate: 5",
            TAGGED,
            "VideoHeader output is not supported with max_frame_rate",
        ),
    ],
)
def test_options_that_do_not_fit_are_refused(options: str, ports: str, message: str) -> None:
    with pytest.raises(InternalError, match=message):
        CalculatorGraph(graph_config=graph(options, ports))
