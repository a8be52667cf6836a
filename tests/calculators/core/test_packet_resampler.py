from __future__ import annotations

import pytest

from mpgraph.errors import InternalError, InvalidArgumentError
from mpgraph.formats.video_header import VideoHeader
from mpgraph.framework.timestamp import Timestamp
from mpgraph.testing import CalculatorRunner, run, t

NAME = "PacketResamplerCalculator"
TAGGED = ["DATA", "VIDEO_HEADER"]


def resampled(options: str, *times: int) -> CalculatorRunner:
    """The packets, whose values are their times, resampled to the end."""
    runner = run(NAME, options, inputs=[""], outputs=[""])
    return runner.send("", *(time @ t(time) for time in times)).close()


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ([], {}),
        ([16668], {16668: 16668}),
        ([0, 16666], {0: 0}),
        ([0, 16667], {0: 0, 33333: 16667}),
        ([0, 50000], {0: 0, 33333: 0, 66667: 50000}),
        ([0, 16666, 16667, 20000, 33300, 49999, 50000, 66600], {0: 0, 33333: 33300, 66667: 66600}),
        ([-500, 66667], {-500: -500, 32833: -500, 66167: 66667}),
    ],
)
def test_each_period_gets_the_nearest_packet(times: list[int], expected: dict[int, int]) -> None:
    runner = resampled("frame_rate: 30", *times)
    if expected:
        runner.expect("", *(value @ t(time) for time, value in expected.items()))
    runner.expect_nothing()


def test_rate_is_exact_over_a_long_time() -> None:
    times = [packet.timestamp for packet in resampled("frame_rate: 29.97", 0, 10_000_000).take("")]
    assert times == [round(i * 1_000_000 / 29.97) for i in range(len(times))]
    assert len(times) > 290


def test_last_packet_need_not_be_flushed() -> None:
    resampled("frame_rate: 30 flush_last_packet: false", 0, 16667).expect("", 0 @ t(0))


def test_times_may_be_aligned_to_a_base() -> None:
    resampled("frame_rate: 30 base_timestamp: 900000", 10).expect("", 10 @ t(0))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("start_time: 1000000 end_time: 2000000", [1_000_000, 1_500_000]),
        ("start_time: 800000 end_time: 1800000", [1_000_000, 1_500_000]),
        ("start_time: 800000 end_time: 1800000 round_limits: true", [1_000_000, 1_500_000, 2_000_000]),
    ],
)
def test_only_times_within_the_limits_are_sent(options: str, expected: list[int]) -> None:
    runner = resampled(f"frame_rate: 2 {options}", *range(0, 3_000_000, 250_000))
    assert [packet.timestamp for packet in runner.take("")] == expected


def test_rate_may_be_limited() -> None:
    assert len(resampled("frame_rate: 60 max_frame_rate: 10", 0, 1_000_000).take("")) == 11


@pytest.mark.parametrize(("options", "rate"), [("", 50.0), ("use_input_frame_rate: true", 200.0)])
def test_header_packet_gets_the_new_rate(options: str, rate: float) -> None:
    runner = run(NAME, f"frame_rate: 50 {options}", inputs=TAGGED, outputs=TAGGED)
    header = VideoHeader(width=5, frame_rate=200)
    runner.bound("DATA", 0).send("VIDEO_HEADER", header @ t(Timestamp.PRESTREAM)).send("DATA", 0 @ t(0))
    runner.close("VIDEO_HEADER").expect("DATA", 0 @ t(0))
    runner.expect("VIDEO_HEADER", VideoHeader(width=5, frame_rate=rate) @ t(Timestamp.PRESTREAM))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ("", InternalError, "must be greater than zero"),
        ("frame_rate: 2000000", InternalError, "must be smaller than 1000000"),
        (
            "frame_rate: 30 reproducible_sampling: true",
            InvalidArgumentError,
            "SecureRandom is not available",
        ),
    ],
)
def test_impossible_rates_are_refused(options: str, error: type[Exception], message: str) -> None:
    run(NAME, options, inputs=[""], outputs=[""]).expect_error(message, error)


@pytest.mark.parametrize(
    ("options", "ports", "message"),
    [
        ("frame_rate: 30 jitter: 2", [""], "jitter is 2"),
        ("frame_rate: 30 jitter: 0.5", [""], "needs the side packet SEED"),
        (
            "frame_rate: 30 max_frame_rate: 5",
            TAGGED,
            "VideoHeader output is not supported with max_frame_rate",
        ),
    ],
)
def test_options_that_do_not_fit_are_refused(options: str, ports: list[str], message: str) -> None:
    with pytest.raises(InternalError, match=message):
        run(NAME, options, inputs=ports, outputs=ports)
