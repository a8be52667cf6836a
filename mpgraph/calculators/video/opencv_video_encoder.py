"""OpenCvVideoEncoderCalculator: writes frames to a video file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2

from mpgraph.calculators.video import h264
from mpgraph.calculators.video.sound import add_sound
from mpgraph.errors import InvalidArgumentError, MediaError
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.video_header import VideoHeader
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework.confinement import check_write
from mpgraph.framework.packet_type import STRING
from mpgraph.framework.resources import check_readable
from mpgraph.io.files import AtomicOutput
from mpgraph.io.opencv import quiet_opencv

_TO_BGR = {
    ImageFormat.SRGB: cv2.COLOR_RGB2BGR,
    ImageFormat.SRGBA: cv2.COLOR_RGBA2BGR,
    ImageFormat.GRAY8: cv2.COLOR_GRAY2BGR,
}


@mp.register
class OpenCvVideoEncoderCalculator(mp.Calculator):
    """Writes a video file at a constant frame rate, with OpenCV.

    VIDEO: ImageFrames of one size, SRGB, SRGBA or GRAY8.
    VIDEO_PRESTREAM: one VideoHeader with frame rate and size; or else the options `fps`, `width`, `height`.
    OUTPUT_FILE_PATH: side packet with the file's path; its suffix must be the option `video_format`.
    AUDIO_FILE_PATH: side packet with a file whose sound is added to the video; "" for none.

    The file appears under its name, complete, when VIDEO has ended; a run that fails earlier leaves no file
    and keeps an existing one. Options: `codec` (four letters, such as "mp4v" or "MJPG"), `video_format`.
    H.264 ("avc1") needs PyAV (`pip install "mpgraph[video]"`), or an OpenCV that was built with an encoder.
    """

    video = mp.Input("VIDEO", ImageFrame)
    prestream = mp.Input("VIDEO_PRESTREAM", VideoHeader, optional=True)
    path = mp.SideInput("OUTPUT_FILE_PATH", STRING)
    audio_path = mp.SideInput("AUDIO_FILE_PATH", STRING, optional=True)
    Options = mp.ProtoOptions("OpenCvVideoEncoderCalculatorOptions")
    blocking = True

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """A codec, a format, and either VIDEO_PRESTREAM or the options `fps`, `width` and `height`."""
        super().get_contract(contract)
        options = contract.options
        contract.need(
            len(options.codec) == 4 and options.codec.isascii(),
            f'A 4-character codec code must be specified in options, such as codec: "mp4v"; it is '
            f'"{options.codec}".',
        )
        contract.need(
            bool(options.video_format), 'Video format must be specified, such as video_format: "mp4".'
        )
        contract.need(
            contract.inputs.has("VIDEO_PRESTREAM")
            or (options.fps > 0 and options.width > 0 and options.height > 0),
            "Without VIDEO_PRESTREAM the options fps, width and height must be set and positive.",
        )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options
        self._path = Path(_text(cc[self.path]))
        check_write(self._path)
        if self._path.suffix != f".{options.video_format}":
            raise InvalidArgumentError(
                f'The output file path is invalid. "{self._path}" must end in ".{options.video_format}", the '
                "option video_format."
            )
        self._sound = _text(cc.get(self.audio_path, ""))
        if self._sound:
            check_readable(self._sound)
        self._output: AtomicOutput | None = None
        self._writer: Any = None
        self._frames = 0
        self._is_complete = True
        if not cc.connected(self.prestream):
            self._start(options.codec, options.fps, options.width, options.height)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        # False after a call that raised, so that close() does not publish an incomplete file.
        self._is_complete = False
        self._write(cc)
        self._is_complete = True

    def _write(self, cc: mp.CalculatorContext) -> None:
        header = cc.get(self.prestream)
        if header is not None:
            self._start(cc.options.codec, header.frame_rate, header.width, header.height)
        frame = cc.get(self.video)
        if frame is None:
            return
        if self._writer is None:
            raise InvalidArgumentError("VIDEO has frames before VIDEO_PRESTREAM has a header.")
        if frame.image_format not in _TO_BGR:
            raise InvalidArgumentError(f"Unsupported image format {frame.image_format.name}.")
        if (frame.width, frame.height) != self._size:
            # OpenCV would drop such a frame silently.
            raise InvalidArgumentError(
                "The video is {}x{}, but a frame is {}x{}.".format(*self._size, frame.width, frame.height)
            )
        self._writer.write(cv2.cvtColor(frame.pixels, _TO_BGR[frame.image_format]))
        self._frames += 1

    @mp.override
    def close(self, cc: mp.CalculatorContext) -> None:
        output, self._output = self._output, None
        if self._writer is not None:
            self._writer.release()
        if output is None:
            return
        try:
            if cc.is_done(self.video) and self._is_complete:
                self._finish(output)
        finally:
            output.discard()

    def _start(self, codec: str, frame_rate: float, width: int, height: int) -> None:
        if not (frame_rate > 0 and width > 0 and height > 0):
            raise InvalidArgumentError(
                f"A video needs a size and a frame rate, not {width}x{height} at {frame_rate} fps."
            )
        if self._output is not None:
            raise InvalidArgumentError("VIDEO_PRESTREAM must have one header only.")
        self._size = (width, height)
        self._output = AtomicOutput(self._path)
        if h264.encodes(codec):
            self._writer = h264.H264Writer(self._output.temporary, frame_rate, width, height)
            return
        with quiet_opencv():
            self._writer = cv2.VideoWriter(
                str(self._output.temporary), _four_letters(codec), frame_rate, self._size
            )
        if not self._writer.isOpened():
            self._output.discard()
            raise MediaError(
                f'Fail to open file at "{self._path}": OpenCV cannot write {self._path.suffix} with the '
                f'codec "{codec}" at {width}x{height}.'
            )

    def _finish(self, output: AtomicOutput) -> None:
        if not self._frames:
            raise MediaError(f'"{self._path}" was not written: the video had no frames.')
        self._check_written(output.temporary)
        if self._sound:
            with_sound = AtomicOutput(self._path)
            try:
                add_sound(output.temporary, self._sound, with_sound.temporary)
                with_sound.commit()
            finally:
                with_sound.discard()
        else:
            output.commit()

    def _check_written(self, file: Path) -> None:
        # OpenCV does not report a full disk; the file it leaves cannot be read.
        with quiet_opencv():
            capture = cv2.VideoCapture(str(file))
            readable = capture.isOpened() and capture.get(cv2.CAP_PROP_FRAME_COUNT) != 0
            capture.release()
        if not readable:
            raise MediaError(f'"{self._path}" could not be written completely; is the disk full?')


def _four_letters(codec: str) -> int:
    # cv2.VideoWriter.fourcc: the type stubs of OpenCV 4 and 5 declare it in different classes.
    return int.from_bytes(codec.encode("ascii"), "little")


def _text(path: Any) -> str:
    return path.decode() if isinstance(path, bytes) else path
