"""Short videos, with and without sound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

WIDTH, HEIGHT = 64, 48

MakeVideo = Callable[..., Path]


def _write(path: Path, times_ms: Sequence[int], sound: bool) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=1000)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        tone = container.add_stream("aac", rate=8000) if sound else None
        for index, time in enumerate(times_ms):
            pixels = np.full((HEIGHT, WIDTH, 3), 20 + 20 * index, np.uint8)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = time, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if tone is not None:
            wave = np.sin(np.arange(8 * 1024) / 5).astype(np.float32)[None]
            for start in range(0, wave.shape[1], 1024):
                part = av.AudioFrame.from_ndarray(wave[:, start : start + 1024], format="fltp", layout="mono")
                part.sample_rate, part.pts = 8000, start
                container.mux(tone.encode(part))
            container.mux(tone.encode(None))
    return path


@pytest.fixture
def make_video(tmp_path: Path) -> MakeVideo:
    """`make_video(times_ms, sound=False)`: a 64x48 .mp4 whose frame i has the gray value 20 + 20i."""

    def make(times_ms: Sequence[int], sound: bool = False) -> Path:
        return _write(tmp_path / f"video{len(times_ms)}{'s' if sound else ''}.mp4", times_ms, sound)

    return make
