"""Damaged videos of several containers: they are refused, or read as far as they are intact."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator

from command import make_video
from edits import Edited, edited
from part import Outcome, Part, Settings, attempt

from mpgraph.media.video_reader import VideoReader

CONTAINERS = (".mp4", ".mov", ".mkv", ".webm", ".gif")
MOST_FRAMES = 300


class Videos(Part[Edited]):
    """Reads damaged videos."""

    limit_s = 60.0

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        logging.getLogger("mpgraph").setLevel(logging.CRITICAL)
        self._folder = settings.folder
        self._videos = [
            (suffix, make_video(settings.folder / f"whole{suffix}", 12).read_bytes()) for suffix in CONTAINERS
        ]

    def make(self, choose: random.Random) -> Edited:
        """Damage a video."""
        suffix, data = choose.choice(self._videos)
        return edited(data, choose, suffix)

    def run(self, given: Edited) -> Outcome:
        """Read its frames; times increase, sizes stay."""
        file = self._folder / f"damaged{given.suffix}"
        file.write_bytes(given.data)

        def read() -> None:
            last = -1
            with VideoReader(file) as reader:
                for number, frame in enumerate(reader):
                    assert frame.pixels.shape == (reader.info.height, reader.info.width, 3)
                    assert frame.timestamp_us > last
                    last = frame.timestamp_us
                    if number == MOST_FRAMES:
                        break

        return attempt(read)

    def smaller(self, given: Edited) -> Iterator[Edited]:
        """Yield fewer edits."""
        return given.fewer()

    def content(self, given: Edited) -> tuple[str, bytes]:
        """Return the video."""
        return given.suffix, given.data


create = Videos
