"""BackgroundFileCalculator: an image or a video file as the background of other images."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework.packet_type import STRING
from mpgraph.framework.resources import check_readable
from mpgraph.media.frames import VideoFrame
from mpgraph.media.images import is_image_file, read_image
from mpgraph.media.video_reader import VideoReader


@mp.register
class BackgroundFileCalculator(mp.Calculator):
    """Reads an image or a video, which is played in time with other images, again and again.

    INPUT_FILE_PATH: side packet with the file's path.
    TICK: packets of any type, at whose times the background is needed.
    IMAGE: ImageFrame, SRGB, upright: an image once, at the first time; of a video the frame that is due, if
        that is another than before. ComposeCalculator keeps the last one.

    The run fails with MediaError if the file is missing, or neither an image nor a video.
    """

    path = mp.SideInput("INPUT_FILE_PATH", STRING)
    tick = mp.Input("TICK")
    image = mp.Output("IMAGE", ImageFrame)
    timestamp_offset = 0
    blocking = True  # A video is decoded while networks compute.

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        path = cc[self.path]
        self._path = Path(path.decode() if isinstance(path, bytes) else path)
        check_readable(self._path)
        self._frames: Iterator[VideoFrame] | None = None
        self._start: int | None = None
        if is_image_file(self._path):
            self._next: VideoFrame | None = VideoFrame(read_image(self._path), 0, 0)
        else:
            self._frames = _repeated(self._path)
            self._next = next(self._frames)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        self._start = cc.t if self._start is None else self._start
        due: VideoFrame | None = None
        while self._next is not None and self._next.timestamp_us <= cc.t - self._start:
            due, self._next = self._next, next(self._frames) if self._frames is not None else None
        if due is not None:
            cc.emit(self.image, ImageFrame.wrap(due.pixels, ImageFormat.SRGB))

    @mp.override
    def close(self, cc: mp.CalculatorContext) -> None:
        self._frames = self._next = None


def _repeated(path: Path) -> Iterator[VideoFrame]:
    """The frames of a video from time 0 on, and after the last one again; times go on."""
    offset_us = count = 0
    while True:
        with VideoReader(path) as reader:
            end_us = 0
            first_us: int | None = None
            for frame in reader:
                first_us = frame.timestamp_us if first_us is None else first_us
                end_us = frame.timestamp_us - first_us
                yield VideoFrame(frame.pixels, offset_us + end_us, count)
                count += 1
            offset_us += end_us + round(1_000_000 / reader.info.frame_rate)
