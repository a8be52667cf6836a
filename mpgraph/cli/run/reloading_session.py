"""A session that replaces its graph while it runs: `mpgraph run --watch` on a camera or a video."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mpgraph.cli.console import echo
from mpgraph.cli.frames.pipeline import TimedPixels
from mpgraph.cli.run.graph_session import GraphSession
from mpgraph.cli.run.reload import GraphReloader
from mpgraph.cli.run.session_driver import FrameSession
from mpgraph.errors import InvalidArgumentError, MpgraphError
from mpgraph.framework.override import override

if TYPE_CHECKING:
    from mpgraph.effects.matte import Pixels
    from mpgraph.formats.yuv420 import Yuv420


class ReloadingSession(FrameSession):
    """Always runs the newest graph that works.

    A changed graph is tried with the next frame, and replaces the old one if that succeeds. If it fails
    then or later, the previous graph continues.
    keep_size: refuse graphs whose images have another size, because a video file has only one.
    """

    def __init__(self, reloader: GraphReloader, session: GraphSession, *, keep_size: bool) -> None:
        self._reloader = reloader
        self._keep_size = keep_size
        self._size: tuple[int, ...] | None = None
        self._previous: GraphSession | None = None
        self._session: GraphSession | None = session
        self.input_stream = session.input_stream
        self.output_stream = session.output_stream

    @override
    def start(self) -> None:
        assert self._session is not None
        self._session.start()
        self._reloader.accept(())

    @override
    def feed(self, pixels: Pixels, timestamp_us: int, yuv: Yuv420 | None = None) -> list[TimedPixels]:
        changed = self._reloader.files.changed()
        candidate = self._reloader.load(changed) if changed else None
        if candidate is not None:
            try:
                candidate.start()
                images = candidate.feed(pixels, timestamp_us, yuv)
                self._check_size(images)
            except MpgraphError as error:
                candidate.abandon()
                self._reloader.refuse(error)
            else:
                self._reloader.accept(changed)
                last = self._finished(self._session)
                self._previous, self._session = self._session, candidate
                return last + self._with_size(images)
        if changed:
            echo("the previous graph continues" if self._session else "waiting for a change", err=True)
        return self._with_size(self._fed(pixels, timestamp_us, yuv))

    def _fed(self, pixels: Pixels, timestamp_us: int, yuv: Yuv420 | None = None) -> list[TimedPixels]:
        """Feed the current session; if it fails, go back to the previous one, or wait for a change."""
        if self._session is None:
            return []
        try:
            return self._session.feed(pixels, timestamp_us, yuv)
        except MpgraphError as error:
            self._session.abandon()
            self._reloader.refuse(error)
        self._session, self._previous = self._previous, None
        if self._session is None:
            echo("the graph has stopped; waiting for a change", err=True)
            return []
        echo("going back to the previous graph", err=True)
        self._session.start()
        return self._fed(pixels, timestamp_us, yuv)

    @override
    def finish(self) -> list[TimedPixels]:
        return self._finished(self._session)

    @override
    def abandon(self) -> None:
        if self._session is not None:
            self._session.abandon()

    def _finished(self, session: GraphSession | None) -> list[TimedPixels]:
        """The last images of a session that ends; its errors no longer matter, and are only reported."""
        if session is None:
            return []
        try:
            return session.finish()
        except MpgraphError as error:
            session.abandon()
            echo(f"(the previous graph failed at its end: {error})", err=True)
            return []

    def _with_size(self, images: list[TimedPixels]) -> list[TimedPixels]:
        """Remember the size of the images, and return them."""
        if images:
            self._size = images[-1][0].shape[:2]
        return images

    def _check_size(self, images: list[TimedPixels]) -> None:
        for image, _ in images:
            if self._keep_size and self._size not in (None, image.shape[:2]):
                assert self._size is not None
                raise InvalidArgumentError(
                    f"the images are {image.shape[1]}x{image.shape[0]} now, but the video file is "
                    f"{self._size[1]}x{self._size[0]}; leave out --output-video to see them"
                )
