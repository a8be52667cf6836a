"""OpenCvVideoDecoderCalculator: a source of a video file's frames."""

from __future__ import annotations

import logging
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mpgraph.calculators.video.sound import SAVED_SUFFIX, save_sound
from mpgraph.errors import MediaError
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.video_header import VideoHeader
from mpgraph.framework import timestamp as ts
from mpgraph.framework.calculator import STOP, Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.packet_type import STRING
from mpgraph.framework.ports import Output, SideInput, SideOutput
from mpgraph.framework.registry import register
from mpgraph.io.files import existing_file
from mpgraph.io.opencv import quiet_opencv

_log = logging.getLogger(__name__)

_MILLISECOND = 1000

# By channels: how OpenCV's frames become ours.
_TO_RGB = {
    1: (ImageFormat.GRAY8, None),
    3: (ImageFormat.SRGB, cv2.COLOR_BGR2RGB),
    4: (ImageFormat.SRGBA, cv2.COLOR_BGRA2RGBA),
}


@register
class OpenCvVideoDecoderCalculator(Calculator):
    """Reads a video file with OpenCV.

    INPUT_FILE_PATH: side packet with the file's path.
    VIDEO: its frames, upright, SRGB (SRGBA or GRAY8 where the file has those), at their own times. A
        frame that is not later than the one before is left out.
    VIDEO_PRESTREAM: one VideoHeader, before the first frame.
    SAVED_AUDIO_PATH: side packet with the path of a file with its sound, which exists while the run
        lasts; "" when there is no sound.

    Raises MediaError for a file that is missing, no video, or has no frames.
    """

    path = SideInput("INPUT_FILE_PATH", STRING)
    video = Output("VIDEO", ImageFrame)
    prestream = Output("VIDEO_PRESTREAM", VideoHeader, optional=True)
    audio_path = SideOutput("SAVED_AUDIO_PATH", STRING, optional=True)
    blocking = True

    def open(self, cc: CalculatorContext) -> None:
        """Open the file, read a frame, tell the header."""
        path = cc[self.path]
        self._path = path.decode() if isinstance(path, bytes) else path
        existing_file(self._path)
        with quiet_opencv():
            self._capture = cv2.VideoCapture(self._path)
        if not self._capture.isOpened():
            raise MediaError(f'Fail to open video file at "{self._path}": it is not a video, or is damaged.')
        # Kept for the first `process`: going back in a file costs more, and not every file can.
        self._next: npt.NDArray[Any] | None = self._read()
        if self._next is None:
            raise MediaError(f'Fail to read any frames from the video file at "{self._path}".')
        self._next_time = self._position()
        self._last_time = ts.UNSET
        self._expected = int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT))
        self._decoded = 0
        cc.emit(self.prestream, self._header(self._next), ts.PRESTREAM)
        cc.close_output(self.prestream)
        if cc.connected(self.audio_path):
            cc.emit(self.audio_path, self._save_sound())

    def process(self, cc: CalculatorContext) -> Any:
        """Send the frame read before, and read the next."""
        frame, time = self._next, self._next_time
        if frame is None:
            return STOP
        self._decoded += 1
        if time > self._last_time:
            self._last_time = time
            image_format, conversion = _TO_RGB[1 if frame.ndim == 2 else frame.shape[2]]
            if conversion is not None:
                frame = cv2.cvtColor(frame, conversion)
            cc.emit(self.video, ImageFrame.wrap(frame, image_format), time)
        # A damaged frame is passed over once, as MediaPipe does; after two the file is at its end.
        self._next = self._read()
        if self._next is None:
            self._next = self._read()
        self._next_time = self._position()
        return None

    def close(self, cc: CalculatorContext) -> None:
        """Close the file and say if frames are missing."""
        self._capture.release()
        if self._decoded != self._expected:
            _log.warning(
                'Not all the frames are decoded of "%s" (total frames: %d vs decoded frames: %d).',
                self._path,
                self._expected,
                self._decoded,
            )

    def _read(self) -> npt.NDArray[np.uint8] | None:
        with quiet_opencv():
            good, frame = self._capture.read()
        return frame.astype(np.uint8, copy=False) if good and frame is not None else None

    def _position(self) -> int:
        """The time of the frame read last, in microseconds.

        OpenCV 3 said the next frame's before it was read, on which MediaPipe counts; versions since
        then say the last one's, so it is asked for afterwards here.
        """
        return int(self._capture.get(cv2.CAP_PROP_POS_MSEC) * _MILLISECOND)

    def _header(self, frame: npt.NDArray[Any]) -> VideoHeader:
        frame_rate = float(self._capture.get(cv2.CAP_PROP_FPS))
        count = float(self._capture.get(cv2.CAP_PROP_FRAME_COUNT))
        height, width = frame.shape[:2]
        channels = 1 if frame.ndim == 2 else frame.shape[2]
        if channels not in _TO_RGB:
            raise MediaError(f'The frames of "{self._path}" have {channels} channels; 1, 3 and 4 are known.')
        return VideoHeader(
            format=_TO_RGB[channels][0],
            width=width,
            height=height,
            frame_rate=frame_rate,
            duration=max(count, 0.0) / frame_rate if frame_rate > 0 else 0.0,
        )

    def _save_sound(self) -> str:
        folder = tempfile.mkdtemp(prefix="mpgraph-")
        weakref.finalize(self, shutil.rmtree, folder, True)
        target = Path(folder, "sound").with_suffix(SAVED_SUFFIX)
        return str(target) if save_sound(self._path, target) else ""
