from __future__ import annotations

import signal
from collections.abc import Iterator

import numpy as np
import pytest

from mpgraph.cli.frames.pump import Shown, pump
from mpgraph.cli.frames.sinks import Sink
from mpgraph.effects.matte import Picture
from mpgraph.media.video_frame import VideoFrame

PIXELS = np.zeros((2, 2, 3), np.uint8)


class Remembers(Sink):
    def __init__(self, enough: int = 1000) -> None:
        super().__init__()
        self.times: list[int] = []
        self._enough = enough

    def put(self, picture: Picture, timestamp_us: int) -> None:
        super().put(picture, timestamp_us)
        self.times.append(timestamp_us)
        self.wants_end = self.count >= self._enough


def frames(count: int) -> Iterator[VideoFrame]:
    return (VideoFrame(PIXELS, 10 * i, i) for i in range(count))


def shown(frame: VideoFrame) -> list[Shown]:
    return [(frame.pixels, frame.timestamp_us)]


def test_all_frames_arrive_in_order() -> None:
    sink = Remembers()
    assert pump(frames(30), lambda frame: frame, sink, finish=shown, label="x") == (30, False)
    assert sink.times == list(range(0, 300, 10))


def test_a_step_may_give_none_or_several_pictures() -> None:
    sink = Remembers()
    assert pump(frames(4), lambda frame: shown(frame) * (frame.index % 3), sink, label="x") == (4, False)
    assert sink.times == [10, 20, 20]


@pytest.mark.parametrize("live", [False, True])
def test_the_sink_may_end_it(live: bool) -> None:
    sink = Remembers(enough=3)
    assert pump(frames(100), shown, sink, label="x", live=live) == (3, False)


def test_an_interrupt_ends_it_after_the_frame_in_hand() -> None:
    class Interrupts(Remembers):
        def put(self, picture: Picture, timestamp_us: int) -> None:
            super().put(picture, timestamp_us)
            if self.count == 5:
                signal.raise_signal(signal.SIGINT)

    sink = Interrupts()
    assert pump(frames(100), shown, sink, label="x") == (5, True)
