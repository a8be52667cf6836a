"""Run a session: feed frames from a video, an image or a camera, and write or show what the graph sends."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import typer

from mpgraph.cli.console import echo, exit_code_for, show_warning
from mpgraph.cli.frames.camera_sink import camera_sink
from mpgraph.cli.frames.pipeline import TimedPixels, process_frames
from mpgraph.cli.frames.selection import Conversion
from mpgraph.cli.frames.sinks import LivePreview
from mpgraph.errors import InvalidArgumentError, MediaError
from mpgraph.session.sinks import ImageFile, Sink, VideoFile

if TYPE_CHECKING:
    from mpgraph.effects.matte import Pixels
    from mpgraph.formats.yuv420 import Yuv420
    from mpgraph.media.camera import Camera
    from mpgraph.media.encoding import Encoding
    from mpgraph.media.frames import VideoFrame
    from mpgraph.media.video_reader import VideoInfo


@dataclass(frozen=True)
class InputOutputSelection:
    """The inputs and outputs that the user has selected.

    Without an input, camera 0 is fed. Without an output file, the live preview is shown, and opened in the
    browser if `browser` is on. encoding: of the output video. virtual_camera: whether other programs see the
    output for a camera as another camera.
    """

    input_video: Path | None = None
    input_image: Path | None = None
    webcam: int | None = None
    output_video: Path | None = None
    output_image: Path | None = None
    browser: bool = True
    encoding: Encoding | None = None
    virtual_camera: bool = False


class FrameSession(Protocol):
    """A run of a graph that is fed frames.

    input_stream: the stream that is fed, None if the graph has no input.
    output_stream: the stream whose images are returned, None if no stream carries images.
    """

    input_stream: str | None
    output_stream: str | None

    def start(self) -> None:
        """Start the run, with only `input_stream` open among the input streams."""

    def feed(self, pixels: Pixels, timestamp_us: int, yuv: Yuv420 | None = None) -> list[TimedPixels]:
        """Feed one frame, HxWx3 uint8 RGB, and return the images that the graph sent for it."""

    def finish(self) -> list[TimedPixels]:
        """Close the input, wait for the end of the run, and return the last images."""

    def abandon(self) -> None:
        """End the run at once, without raising its errors."""


class SessionDriver:
    """Feeds a session from the selected input and passes its images to the selected output."""

    def __init__(self, session: FrameSession, selection: InputOutputSelection) -> None:
        if session.output_stream is None and (selection.output_video or selection.output_image):
            raise InvalidArgumentError("this graph has no output stream with images to write")
        self._session = session
        self._selection = selection

    def run(self) -> None:
        """Feed the selected input; a graph without input streams runs on its own."""
        selection = self._selection
        if not self._session.input_stream:
            if {selection.input_video, selection.input_image, selection.webcam} != {None}:
                raise typer.BadParameter("this graph has no input stream to feed")
            video = selection.output_video
            with self._running(self._video_sink(video) if video else self._image_sink()):
                pass  # It ends on its own.
        elif selection.input_image is not None:
            self.feed_image(selection.input_image)
        elif selection.input_video is not None:
            self.feed_video(selection.input_video)
        else:
            self.feed_camera(selection.webcam)

    def feed_image(self, source: Path) -> None:
        """Feed one image at timestamp 0."""
        from mpgraph.media.images import read_image

        if self._selection.output_image is None and self._session.output_stream is not None:
            raise InvalidArgumentError("give --output-image, the file for the result")
        image = read_image(source)
        with self._running(self._image_sink()) as sink:
            for result, timestamp_us in self._session.feed(image, 0):
                sink.put(result, timestamp_us)

    def feed_video(self, source: Path) -> None:
        """Feed a video's frames at their timestamps; Ctrl-C ends early and keeps what has been written."""
        from mpgraph.media.video_reader import VideoReader

        if self._selection.output_image is not None:
            raise InvalidArgumentError("the output for a video is a video: use --output-video")
        with VideoReader(source) as reader:
            sink = Sink()
            if self._selection.output_video is not None:
                sink = self._video_sink(self._selection.output_video, source, reader.info)
            elif self._session.output_stream is not None:
                sink = self._preview(paced=True)
            with self._running(sink):
                fed, interrupted = process_frames(
                    reader,
                    self._feed,
                    sink,
                    label=source.name,
                    total=reader.info.frame_count,
                    abandon=self._session.abandon,
                )
        if interrupted:  # Frames that did not come out soon after Ctrl-C are given up.
            raise KeyboardInterrupt
        if self._session.output_stream is not None and sink.count < fed:
            show_warning(f'{fed} frames went in, {sink.count} came out of "{self._session.output_stream}"')

    def loop_video(self, source: Path) -> None:
        """Feed a video in a loop, in real time, until the user stops it."""
        with closing(looped(source)) as frames:
            sink = self._preview() if self._session.output_stream is not None else Sink()
            with self._running(sink):
                process_frames(
                    frames, self._feed, sink, label=source.name, live=True, abandon=self._session.abandon
                )

    def feed_camera(self, number: int | None) -> None:
        """Feed a camera's mirrored frames, always the newest, until the user stops it; None is camera 0."""
        if self._selection.output_image is not None:
            raise InvalidArgumentError("the output for a camera is a video: use --output-video")
        selection, sink = self._selection, Sink()
        with _camera(number) as camera:
            if self._session.output_stream is not None:
                sink = camera_sink(
                    self._title,
                    selection.output_video,
                    selection.browser,
                    selection.encoding,
                    selection.virtual_camera,
                )
            with self._running(sink):
                process_frames(
                    camera,
                    self._feed_mirrored,
                    sink,
                    label=f"camera {number or 0}",
                    live=True,
                    abandon=self._session.abandon,
                )

    @property
    def _title(self) -> str:
        return self._session.output_stream or "mpgraph"

    def _video_sink(self, path: Path, source: Path | None = None, info: VideoInfo | None = None) -> Sink:
        return VideoFile(path, source, info, self._selection.encoding)

    def _image_sink(self) -> Sink:
        output = self._selection.output_image
        return ImageFile(output, self._selection.input_image) if output else Sink()

    def _preview(self, paced: bool = False) -> Sink:
        return LivePreview(self._title, self._selection.browser, paced)

    def _feed(self, frame: VideoFrame) -> list[TimedPixels]:
        return self._session.feed(frame.pixels, frame.timestamp_us, frame.yuv)

    def _feed_mirrored(self, frame: VideoFrame) -> list[TimedPixels]:
        return self._session.feed(np.ascontiguousarray(frame.pixels[:, ::-1]), frame.timestamp_us)

    @contextmanager
    def _running(self, sink: Sink) -> Iterator[Sink]:
        """Run the session around the body, then complete the output and print its summary."""
        with sink, running(self._session):
            yield sink
            for image, timestamp_us in self._session.finish():
                sink.put(image, timestamp_us)
        if summary := sink.summary():
            echo(summary)


def _camera(number: int | None) -> Camera:
    """Open a camera; None is camera 0 because no other input was given, which the error then says."""
    from mpgraph.media.camera import Camera

    try:
        return Camera(number or 0)
    except MediaError as error:
        if number is not None:
            raise
        hint = "Give a video with -i FILE, or an image with --input-image FILE."
        raise MediaError(f"{error.statement}.", hint=hint) from None


def for_each_video(conversions: Iterable[Conversion], run: Callable[[Conversion], None]) -> int:
    """Call `run` for each, and return how many videos could not be read or written; these are reported."""
    failures = 0
    for conversion in conversions:
        try:
            run(conversion)
        except MediaError as error:
            failures += 1
            exit_code_for(error)
    return failures


@contextmanager
def running(session: FrameSession) -> Iterator[None]:
    """Start a session, and abandon it if the body, which finishes it, raises."""
    try:
        session.start()
        yield
    except BaseException:
        session.abandon()
        raise


def looped(path: Path) -> Generator[VideoFrame, None, None]:
    """Yield a video's frames in an endless loop, in real time; timestamps and indexes keep increasing.

    The file is opened at once.

    Raises:
        MediaError: it is not a video.
    """
    from mpgraph.media.frames import VideoFrame
    from mpgraph.media.video_reader import VideoReader

    reader = VideoReader(path)

    def frames() -> Generator[VideoFrame, None, None]:
        current, offset_us, count = reader, 0, 0
        start = time.monotonic()
        while True:
            with current:
                period_us = round(1_000_000 / current.info.frame_rate)
                t = offset_us
                for frame in current:
                    t = offset_us + frame.timestamp_us
                    time.sleep(max(0.0, start + t / 1e6 - time.monotonic()))
                    yield VideoFrame(frame.pixels, t, count)
                    count += 1
            offset_us = t + period_us
            current = VideoReader(path)

    return frames()
