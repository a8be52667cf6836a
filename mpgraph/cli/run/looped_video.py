"""A video that starts anew when it ends, at the pace at which it is to be seen."""

from __future__ import annotations

import time
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mpgraph.media.video_frame import VideoFrame


def looped(path: Path) -> Generator[VideoFrame, None, None]:
    """Yield a video's frames without end; times and numbers go on growing from one round to the next.

    The file is opened at once. Raises MediaError if it is no video.
    """
    from mpgraph.media.video_reader import VideoReader

    reader = VideoReader(path)

    def frames() -> Generator[VideoFrame, None, None]:
        from mpgraph.media.video_frame import VideoFrame

        current, offset_us, count = reader, 0, 0
        start = time.monotonic()
        while True:
            with current:
                period_us = round(1_000_000 / current.info.frame_rate)
                t = offset_us
                for frame in current:
                    t = offset_us + frame.timestamp_us
                    time.sleep(max(0.0, start + t / 1e6 - time.monotonic()))
                    yield VideoFrame(frame.pixels, t, count)
                    count += 1
            offset_us = t + period_us
            current = VideoReader(path)

    return frames()
