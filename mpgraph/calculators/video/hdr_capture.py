"""HDR videos (HLG and PQ) for the calculators that read videos with OpenCV, which would show them grey."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mpgraph.media.containers import open_input, video_stream
from mpgraph.media.hdr import is_hdr
from mpgraph.media.video_reader import VideoReader

# OpenCV's numbers for the usual pixel formats of 8 bits, which no HDR has: most videos are not opened twice.
_EIGHT_BITS = {int.from_bytes(code, "little") for code in (b"I420", b"J420", b"NV12", b"YUY2", b"422P")}
_MICROSECONDS = 1000


def open_capture(path: str | os.PathLike[str]) -> Any:
    """Return a capture of OpenCV, or for HDR an object like it, if PyAV is installed.

    Raises:
        MediaError: the video is Dolby Vision that only Dolby's decoders show.
    """
    capture = cv2.VideoCapture(os.fspath(path))
    is_deep = capture.isOpened() and int(capture.get(cv2.CAP_PROP_CODEC_PIXEL_FORMAT)) not in _EIGHT_BITS
    if is_deep and find_spec("av") is not None and _is_hdr(path):
        capture.release()
        return HdrCapture(path)
    return capture


class HdrCapture:
    """The frames of an HDR video in SDR, with the methods of cv2.VideoCapture."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._reader = VideoReader(path)
        info = self._reader.info
        self._values: dict[int, float] = {
            cv2.CAP_PROP_FPS: float(info.frame_rate),
            cv2.CAP_PROP_FRAME_COUNT: float(info.frame_count or 0),
        }

    def isOpened(self) -> bool:
        """True: a video that cannot be opened is an error of the constructor."""
        return True

    def read(self) -> tuple[bool, npt.NDArray[np.uint8] | None]:
        """Return whether there is a frame, and the frame, HxWx3 uint8 BGR."""
        frame = next(iter(self._reader), None)
        if frame is None:
            return False, None
        self._values[cv2.CAP_PROP_POS_MSEC] = frame.timestamp_us / _MICROSECONDS
        return True, cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2BGR).astype(np.uint8, copy=False)

    def get(self, name: int) -> float:
        """Return the frame rate, the number of frames, or the time of the last frame in milliseconds."""
        return self._values[name]

    def release(self) -> None:
        """Close the file."""
        self._reader.close()


def _is_hdr(path: str | os.PathLike[str]) -> bool:
    with open_input(path) as container:
        stream = video_stream(container)
        context = None if stream is None else stream.codec_context
        return context is not None and is_hdr(int(context.color_trc))
