"""OpenCvVideoDecoderCalculator: reads the frames of a video file."""

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

from mpgraph.calculators.video.hdr_capture import open_capture
from mpgraph.calculators.video.sound import SAVED_SUFFIX, save_sound
from mpgraph.errors import MediaError
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.video_header import VideoHeader
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import timestamp as ts
from mpgraph.framework.packet_type import STRING
from mpgraph.framework.resources import check_readable
from mpgraph.io.files import seekable_file
from mpgraph.io.opencv import quiet_opencv

_log = logging.getLogger(__name__)

_MILLISECOND = 1000

# By channels: the image format, and the conversion from OpenCV's order of channels.
_TO_RGB = {
    1: (ImageFormat.GRAY8, None),
    3: (ImageFormat.SRGB, cv2.COLOR_BGR2RGB),
    4: (ImageFormat.SRGBA, cv2.COLOR_BGRA2RGBA),
}


@mp.register
class OpenCvVideoDecoderCalculator(mp.Calculator):
    """Reads the frames of a video file with OpenCV.

    INPUT_FILE_PATH: side packet with the file's path.
    VIDEO: ImageFrames, upright, SRGB (SRGBA or GRAY8 if the file has those), at their presentation times.
    VIDEO_PRESTREAM: one VideoHeader, before the first frame.
    SAVED_AUDIO_PATH: side packet with the path of a file with the video's sound, which exists during the run;
        "" for a video without sound.

    HDR (HLG and PQ) is tone-mapped if PyAV is installed (`pip install "mpgraph[video]"`).
    A frame that is not later than its predecessor is dropped. The run fails with MediaError if the file is
    missing, is not a video, or has no frames.
    """

    path = mp.SideInput("INPUT_FILE_PATH", STRING)
    video = mp.Output("VIDEO", ImageFrame)
    prestream = mp.Output("VIDEO_PRESTREAM", VideoHeader, optional=True)
    audio_path = mp.SideOutput("SAVED_AUDIO_PATH", STRING, optional=True)
    blocking = True

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        path = cc[self.path]
        self._path = path.decode() if isinstance(path, bytes) else path
        check_readable(self._path)
        seekable_file(self._path)
        with quiet_opencv():
            self._capture = open_capture(self._path)
        if not self._capture.isOpened():
            raise MediaError(f'Fail to open video file at "{self._path}": it is not a video, or is damaged.')
        # Kept for the first `process`: seeking back costs more, and not every file supports it.
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

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> Any:
        frame, time = self._next, self._next_time
        if frame is None:
            return mp.STOP
        self._decoded += 1
        if time > self._last_time:
            self._last_time = time
            image_format, conversion = _TO_RGB[1 if frame.ndim == 2 else frame.shape[2]]
            if conversion is not None:
                frame = cv2.cvtColor(frame, conversion)
            cc.emit(self.video, ImageFrame.wrap(frame, image_format), time)
        # One damaged frame is skipped, as in MediaPipe; two in a row end the video.
        self._next = self._read()
        if self._next is None:
            self._next = self._read()
        self._next_time = self._position()
        return None

    @mp.override
    def close(self, cc: mp.CalculatorContext) -> None:
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
        """The time of the frame that was read last, in microseconds.

        MediaPipe reads the position before the frame, which works with OpenCV 3. Later versions report the
        position of the last frame, so here it is read after the frame.
        """
        return int(self._capture.get(cv2.CAP_PROP_POS_MSEC) * _MILLISECOND)

    def _header(self, frame: npt.NDArray[Any]) -> VideoHeader:
        frame_rate = float(self._capture.get(cv2.CAP_PROP_FPS))
        count = float(self._capture.get(cv2.CAP_PROP_FRAME_COUNT))
        height, width = frame.shape[:2]
        channels = 1 if frame.ndim == 2 else frame.shape[2]
        if channels not in _TO_RGB:
            raise MediaError(
                f'The frames of "{self._path}" have {channels} channels; 1, 3 and 4 are supported.'
            )
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
