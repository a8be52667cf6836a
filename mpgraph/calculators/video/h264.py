"""H.264 through PyAV: OpenCV's packages on PyPI are built without an encoder for it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mpgraph.media.video_writer import VideoWriter

CODECS = {"avc1", "AVC1", "h264", "H264", "x264", "X264"}
"""OpenCV's codes for H.264."""

_MICROSECONDS = 1_000_000


def encodes(codec: str) -> bool:
    """Whether a codec is H.264 and PyAV is installed."""
    return codec in CODECS and find_spec("av") is not None


class H264Writer:
    """Writes frames at a constant rate, with the methods of cv2.VideoWriter. Raises as VideoWriter does."""

    def __init__(self, path: Path, frame_rate: float, width: int, height: int) -> None:
        self._writer = VideoWriter(path, width, height, frame_rate)
        self._frame_rate = frame_rate

    def write(self, pixels: npt.NDArray[Any]) -> None:
        """Add a frame, HxWx3 uint8 BGR."""
        rgb = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
        self._writer.write(rgb, round(self._writer.frames_written * _MICROSECONDS / self._frame_rate))

    def release(self) -> None:
        """Finish the file; without frames it stays empty."""
        if self._writer.frames_written:
            self._writer.close()
        else:
            self._writer.abort()
