"""The loop of every job on moving pictures: frames from a source, through a step, into a sink."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from typing import TYPE_CHECKING, Any

from mpgraph.cli.frames.interrupts import stop_on_interrupt
from mpgraph.cli.frames.memory import keep_freed_memory
from mpgraph.cli.frames.overlap import overlapped
from mpgraph.cli.frames.progress import progress

if TYPE_CHECKING:
    from mpgraph.cli.frames.sinks import Sink
    from mpgraph.effects.matte import Picture
    from mpgraph.media.video_frame import VideoFrame

Shown = tuple["Picture", int]
"""A picture, uint8 HxW, HxWx3 or HxWx4, and its time in microseconds."""

_ON_THEIR_WAY = 6


def pump(
    frames: Iterable[VideoFrame],
    step: Callable[[VideoFrame], Any],
    sink: Sink,
    *,
    finish: Callable[[Any], Iterable[Shown]] | None = None,
    label: str,
    total: int | None = None,
    live: bool = False,
) -> tuple[int, bool]:
    """Move all frames; reading, `step`, `finish` and the sink work at the same time.

    step: makes of a frame the pictures for the sink, or what `finish` makes them of. `finish` may
        run for two frames at once, `step` never does.

    The first Ctrl-C, or the sink's wish, ends it after the frame in hand, so that what is written
    can be completed. `live` keeps few frames on their way, for the sake of the newest.
    Returns how many frames went through `step`, and whether Ctrl-C ended it.
    """
    count = 0
    keep_freed_memory()
    with (
        stop_on_interrupt() as stop,
        closing(overlapped(frames, step, finish, depth=2 if live else _ON_THEIR_WAY)) as results,
        progress(label, total) as advance,
    ):
        for shown in results:
            count += 1
            for picture, timestamp_us in shown:
                sink.put(picture, timestamp_us)
            advance()
            if stop or sink.wants_end:
                break
    return count, bool(stop)
