from __future__ import annotations

import io
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest

from mpgraph.cli.frames.pipeline import (
    TimedPixels,
    keep_freed_memory,
    pipelined,
    process_frames,
    progress_bar,
)
from mpgraph.effects.matte import Pixels
from mpgraph.media.frames import VideoFrame
from mpgraph.session.sinks import Sink

PIXELS = np.zeros((2, 2, 3), np.uint8)


def test_results_are_in_order() -> None:
    def slow_for_even(value: int) -> int:
        time.sleep(0.002 * (value % 2 == 0))
        return value + 1

    assert list(pipelined(range(20), slow_for_even, lambda value: value * 10)) == [
        10 * (value + 1) for value in range(20)
    ]


def test_no_items() -> None:
    assert list(pipelined([], str)) == []


def test_none_is_a_valid_item() -> None:
    assert list(pipelined([None, 1, None], lambda value: value)) == [None, 1, None]


def test_steps_run_concurrently() -> None:
    meeting = threading.Barrier(2, timeout=10)

    def meet(value: int) -> int:
        meeting.wait()
        return value

    # The two steps wait for each other: possible only while both have a frame.
    source = iter(range(4))
    results = pipelined(
        source, lambda value: meet(value) if value else value, lambda v: meet(v) if v < 3 else v
    )
    assert list(results) == [0, 1, 2, 3]


def test_at_most_depth_items_are_in_flight() -> None:
    taken = 0

    def count() -> Iterator[int]:
        nonlocal taken
        while True:
            taken += 1
            yield taken

    with closing(pipelined(count(), lambda value: value, depth=3)) as results:
        next(results)
        time.sleep(0.02)
        assert taken <= 4


@pytest.mark.parametrize("broken", ["source", "step"])
def test_errors_are_raised_at_their_item(broken: str) -> None:
    def source() -> Iterator[int]:
        yield from range(3)
        if broken == "source":
            raise ValueError("here")

    def step(value: int) -> int:
        if broken == "step" and value == 2:
            raise ValueError("here")
        return value

    received: list[int] = []
    with pytest.raises(ValueError, match="here"):
        received.extend(pipelined(source(), step))
    got = pipelined(source(), step)
    assert [next(got), next(got)] == [0, 1]
    got.close()


def test_closing_waits_for_the_threads() -> None:
    before = threading.active_count()
    results = pipelined(iter(range(100)), lambda value: value, lambda value: value)
    next(results)
    assert threading.active_count() > before
    results.close()
    assert threading.active_count() == before


class RecordingSink(Sink):
    def __init__(self, limit: int = 1000) -> None:
        super().__init__()
        self.times: list[int] = []
        self._limit = limit

    def put(self, image: Pixels, timestamp_us: int) -> None:
        super().put(image, timestamp_us)
        self.times.append(timestamp_us)
        self.stop_requested = self.count >= self._limit


def frames(count: int) -> Iterator[VideoFrame]:
    return (VideoFrame(PIXELS, 10 * i, i) for i in range(count))


def timed(frame: VideoFrame) -> list[TimedPixels]:
    return [(frame.pixels, frame.timestamp_us)]


def test_all_frames_reach_the_sink_in_order() -> None:
    sink = RecordingSink()
    assert process_frames(frames(30), lambda frame: frame, sink, finish=timed, label="x") == (30, False)
    assert sink.times == list(range(0, 300, 10))


def test_step_may_return_any_number_of_images() -> None:
    sink = RecordingSink()
    assert process_frames(frames(4), lambda frame: timed(frame) * (frame.index % 3), sink, label="x") == (
        4,
        False,
    )
    assert sink.times == [10, 20, 20]


@pytest.mark.parametrize("live", [False, True])
def test_closing_the_preview_stops_processing(live: bool) -> None:
    sink = RecordingSink(limit=3)
    assert process_frames(frames(100), timed, sink, label="x", live=live) == (3, False)


def test_ctrl_c_stops_after_the_current_frame() -> None:
    class Interrupting(RecordingSink):
        def put(self, image: Pixels, timestamp_us: int) -> None:
            super().put(image, timestamp_us)
            if self.count == 5:
                signal.raise_signal(signal.SIGINT)

    sink = Interrupting()
    assert process_frames(frames(100), timed, sink, label="x") == (5, True)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_no_progress_bar_without_a_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    with progress_bar("work", 3) as advance:
        advance()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("total", [3, None])
def test_progress_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch, total: int | None) -> None:
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress_bar("work.mp4", total) as advance:
        advance()
        advance()
    assert "work.mp4" in terminal.getvalue()


def test_keep_freed_memory_works_on_every_platform_and_repeatedly() -> None:
    keep_freed_memory()
    keep_freed_memory()
