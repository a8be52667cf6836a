from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from videos import Videos

MakeVideo = Callable[..., Path]


@pytest.fixture
def make_video(tmp_path: Path) -> MakeVideo:
    """`make_video(times_ms, sound=False)`: a 64x48 .mp4 whose frame i has the gray value 20 + 20i."""

    def make(times_ms: Sequence[int], sound: bool = False) -> Path:
        frames = [np.full((48, 64, 3), 20 + 20 * index, np.uint8) for index in range(len(times_ms))]
        return Videos(tmp_path).make(
            f"video{len(times_ms)}{'s' if sound else ''}.mp4",
            frames,
            [time * 1000 for time in times_ms],
            codec="mpeg4",
            rate=Fraction(1000),
            sound="aac" if sound else None,
        )

    return make
