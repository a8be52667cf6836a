"""What `mpgraph run` does with a session: feed it from a file or camera, write or show what comes out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import typer

from mpgraph.cli.failures import show_warning
from mpgraph.cli.frames.pump import Shown, pump
from mpgraph.cli.frames.sinks import PictureFile, PreviewPage, Sink, VideoFile, camera_sink
from mpgraph.cli.run.graph_session import GraphSession
from mpgraph.errors import InvalidArgumentError

if TYPE_CHECKING:
    from mpgraph.cli.run.rerun import RunUntilChange
    from mpgraph.cli.run.watched_session import WatchedSession
    from mpgraph.media.video_frame import VideoFrame


@dataclass(frozen=True)
class Ends:
    """Where frames come from and where pictures go, as the user has said it.

    Without any input it is camera 0; without an output file the live preview, for which `browser`
    says whether to open one.
    """

    input_video: Path | None = None
    input_image: Path | None = None
    webcam: int | None = None
    output_video: Path | None = None
    output_image: Path | None = None
    browser: bool = True

    @property
    def inputs(self) -> bool:
        """Whether an input is given."""
        return any(given is not None for given in (self.input_video, self.input_image, self.webcam))


class GraphJob:
    """One session and where its pictures go: into a file, or onto the screen when none is given."""

    def __init__(self, session: GraphSession | WatchedSession | RunUntilChange, ends: Ends) -> None:
        if session.output_stream is None and (ends.output_video or ends.output_image):
            raise InvalidArgumentError("this graph has no output stream with pictures to write")
        self._session = session
        self._ends = ends
        self._video = ends.output_video
        self._image = ends.output_image
        self._browser = ends.browser

    def run(self) -> None:
        """Feed the graph from the input that was given; a graph without input streams runs by itself."""
        ends = self._ends
        if not self._session.input_stream:
            if ends.inputs:
                raise typer.BadParameter("this graph has no input stream that could be fed")
            self.run_alone()
        elif ends.input_image is not None:
            self.feed_picture(ends.input_image)
        elif ends.input_video is not None:
            self.feed_video(ends.input_video)
        else:
            self.feed_camera(ends.webcam or 0)

    def run_alone(self) -> None:
        """Run a graph without input streams to its end."""
        sink = PictureFile(self._image) if self._image else VideoFile(self._video) if self._video else Sink()
        with self._running(sink):
            pass

    def feed_picture(self, source: Path) -> None:
        """Feed one picture, at time 0."""
        from mpgraph.media.images import read_image

        if self._image is None and self._session.output_stream is not None:
            raise InvalidArgumentError("give --output-image, the file for the result")
        image = read_image(source)
        with self._running(PictureFile(self._image) if self._image else Sink()) as sink:
            for picture, timestamp_us in self._session.feed(image, 0):
                sink.put(picture, timestamp_us)

    def feed_video(self, source: Path) -> None:
        """Feed a video's frames at their times; Ctrl-C ends it early and keeps what is written."""
        from mpgraph.media.video_reader import VideoReader

        if self._image is not None:
            raise InvalidArgumentError("a video's output is a video: give --output-video")
        with VideoReader(source) as reader:
            sink: Sink = Sink()
            if self._video is not None:
                sink = VideoFile(self._video, source, reader.info)
            elif self._session.output_stream is not None:
                sink = PreviewPage(self._title, self._browser, paced=True)
            with self._running(sink):
                fed, interrupted = pump(
                    reader, self._through, sink, label=source.name, total=reader.info.frame_count
                )
        if self._session.output_stream is not None and sink.count < fed:
            show_warning(
                f'{fed} frames went in, and {sink.count} came out of "{self._session.output_stream}"'
            )
        if interrupted:
            raise KeyboardInterrupt

    def loop_video(self, source: Path) -> None:
        """Feed a video over and over again, as it plays, until the user ends it."""
        from mpgraph.cli.run.looped_video import looped

        with closing(looped(source)) as frames:
            sink: Sink = Sink()
            if self._session.output_stream is not None:
                sink = PreviewPage(self._title, self._browser)
            with self._running(sink):
                pump(frames, self._through, sink, label=source.name, live=True)

    def feed_camera(self, number: int) -> None:
        """Feed a camera's mirrored frames, the newest whenever the graph is free, until the user ends it."""
        from mpgraph.media.camera import Camera

        if self._image is not None:
            raise InvalidArgumentError("a camera's output is a video: give --output-video")
        with (
            Camera(number) as camera,
            self._running(camera_sink(self._title, self._video, self._browser)) as sink,
        ):
            pump(camera, self._through_mirror, sink, label=f"camera {number}", live=True)

    @property
    def _title(self) -> str:
        return self._session.output_stream or "mpgraph"

    def _through(self, frame: VideoFrame) -> list[Shown]:
        return self._session.feed(frame.pixels, frame.timestamp_us)

    def _through_mirror(self, frame: VideoFrame) -> list[Shown]:
        return self._session.feed(np.ascontiguousarray(frame.pixels[:, ::-1]), frame.timestamp_us)

    @contextmanager
    def _running(self, sink: Sink) -> Iterator[Sink]:
        """Run the session around the body, complete the output after it, and say what was written."""
        with sink:
            try:
                self._session.start()
                yield sink
                for picture, timestamp_us in self._session.finish():
                    sink.put(picture, timestamp_us)
            except BaseException:
                self._session.abandon()
                raise
        if summary := sink.summary():
            typer.echo(summary)
