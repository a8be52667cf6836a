"""HDR videos, made by PyAV alone."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

# ITU-R BT.2408, table 1: the signal of an 18 % grey card, whose light is 26 cd/m2 of white's 203.
GREY_CARD_SIGNAL = 0.38
GREY_CARD = (26 / 203) ** (1 / 2.4) * 255


def hdr_video(path: Path, transfer: int, signal: float, frames: int = 1) -> Path:
    """10-bit frames of grey, of limited range."""
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("ffv1", rate=Fraction(25))
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p10le"
        context = stream.codec_context
        context.color_primaries, context.color_trc, context.colorspace = 9, transfer, 9
        context.color_range = 1
        frame = av.VideoFrame(64, 48, "yuv420p10le")
        for plane, level in zip(frame.planes, (round(64 + 876 * signal), 512, 512), strict=True):
            plane.update(np.full(plane.buffer_size // 2, level, np.uint16).tobytes())
        for frame.pts in range(frames):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
