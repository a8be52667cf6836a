"""`mpgraph run --watch`: run a graph until the user stops it, and again with every change to its files.

A camera, and a video that is shown, keep running while the graph is replaced between two frames (see
`reloading_session`). Everything else is run from the start at each change: an image, a video that is written
to a file, a graph without input streams.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mpgraph.cli.console import echo
from mpgraph.cli.frames.pipeline import TimedPixels
from mpgraph.cli.frames.sinks import LivePreview
from mpgraph.cli.run.file_watcher import INTERVAL_SECONDS
from mpgraph.cli.run.graph_session import GraphSession
from mpgraph.cli.run.reload import GraphReloader
from mpgraph.cli.run.reloading_session import ReloadingSession
from mpgraph.cli.run.session_driver import FrameSession, InputOutputSelection, SessionDriver
from mpgraph.cli.user_modules import UserModules
from mpgraph.errors import InvalidArgumentError, MpgraphError
from mpgraph.framework.override import override

if TYPE_CHECKING:
    from mpgraph.cli.run.instrumentation import WatchedPage
    from mpgraph.effects.matte import Pixels
    from mpgraph.formats.yuv420 import Yuv420

_REFRESH_SECONDS = 0.5
"""How often a still image is sent to the preview again, which is how a closed page is noticed."""


def run_watched(
    graph: Path,
    load: Callable[[], GraphSession],
    modules: UserModules,
    selection: InputOutputSelection,
    page: WatchedPage | None = None,
) -> None:
    """Run a graph file, reloaded by `load` whenever its files change, until the preview is closed.

    page: shows the running graph.

    Raises:
        KeyboardInterrupt: the user has pressed Ctrl-C, the usual end.
    """
    inputs = [file for file in (selection.input_video, selection.input_image) if file is not None]
    is_fed: bool | None = None

    def load_similar() -> GraphSession:
        session = load()
        if not session.model.nodes:  # Some editors empty a file before they write it.
            raise InvalidArgumentError(f'"{graph}" has no nodes')
        if is_fed not in (None, bool(session.input_stream)):
            raise InvalidArgumentError("an input stream was added or removed: restart mpgraph run")
        return session

    reloader = GraphReloader(graph, load_similar, modules, inputs, page)
    session = reloader.load()
    while session is None:
        echo("waiting for a change (Ctrl-C to stop)", err=True)
        session = reloader.load(reloader.files.wait())
    is_fed = bool(session.input_stream)
    image, video = selection.input_image, selection.input_video
    if is_fed and image is not None and selection.output_image is None and session.output_stream:
        _show_image(reloader, session, image, selection.browser)
    elif is_fed and image is None and (video is None or selection.output_video is None):
        live = ReloadingSession(reloader, session, keep_size=selection.output_video is not None)
        driver = SessionDriver(live, selection)
        driver.run() if video is None else driver.loop_video(video)
    else:
        _run_at_every_change(reloader, session, lambda single: SessionDriver(single, selection).run())


def _show_image(reloader: GraphReloader, session: GraphSession, image: Path, browser: bool) -> None:
    from mpgraph.media.images import read_image

    def run_once(single: FrameSession) -> None:
        try:
            single.start()
            for result, timestamp_us in [*single.feed(read_image(image), 0), *single.finish()]:
                preview.put(result, timestamp_us)
        except BaseException:
            single.abandon()
            raise

    preview = StillPreview(session.output_stream or "mpgraph", browser)
    with preview:
        _run_at_every_change(reloader, session, run_once, preview)


def _run_at_every_change(
    reloader: GraphReloader,
    session: GraphSession | None,
    run_once: Callable[[FrameSession], None],
    preview: StillPreview | None = None,
) -> None:
    """Run a session, and a new one whenever files have changed; errors are only reported.

    run_once: performs a complete run. preview: where it shows images, if it does; closing the page ends the
        loop.
    """
    changed: list[Path] = []
    while True:
        if session is not None:
            single = CancelOnChange(session, reloader)
            try:
                run_once(single)
            except FilesChangedError:
                session = reloader.load(changed := single.changed)
                continue
            except MpgraphError as error:
                reloader.refuse(error)
            else:
                reloader.accept(changed)
        echo("waiting for a change (Ctrl-C to stop)", err=True)
        changed = _wait(reloader, preview)
        if not changed:
            return
        session = reloader.load(changed)


def _wait(reloader: GraphReloader, preview: StillPreview | None) -> list[Path]:
    """Wait for a change and return the changed files; none if the viewer has closed the page."""
    if preview is None:
        return reloader.files.wait()
    refreshed = time.monotonic()
    while not (changed := reloader.files.changed()):
        time.sleep(INTERVAL_SECONDS / 2)
        if time.monotonic() > refreshed + _REFRESH_SECONDS:
            preview.refresh()
            refreshed = time.monotonic()
        if preview.stop_requested:
            return []
    return changed


class FilesChangedError(Exception):
    """A run was cancelled because files have changed."""


class CancelOnChange(FrameSession):
    """Cancels the run of a session, and raises FilesChangedError, once files have changed."""

    def __init__(self, session: GraphSession, reloader: GraphReloader) -> None:
        self._session = session
        self._reloader = reloader
        self.input_stream = session.input_stream
        self.output_stream = session.output_stream
        self.changed: list[Path] = []

    @override
    def start(self) -> None:
        self._session.start()

    @override
    def feed(self, pixels: Pixels, timestamp_us: int, yuv: Yuv420 | None = None) -> list[TimedPixels]:
        self.changed = self._reloader.files.changed()
        if self.changed:
            raise FilesChangedError
        return self._session.feed(pixels, timestamp_us, yuv)

    @override
    def finish(self) -> list[TimedPixels]:
        # An endless source never finishes on its own, so files are also watched while waiting for the end.
        ended = threading.Event()
        watcher = threading.Thread(target=self._cancel_on_change, args=(ended,), name="mpgraph-watch")
        watcher.start()
        try:
            return self._session.finish()
        except MpgraphError:
            if self.changed:
                raise FilesChangedError from None
            raise
        finally:
            ended.set()
            watcher.join()

    def _cancel_on_change(self, ended: threading.Event) -> None:
        while not ended.wait(INTERVAL_SECONDS):
            self.changed = self._reloader.files.changed()
            if self.changed:
                self._session.cancel()
                return

    @override
    def abandon(self) -> None:
        self._session.abandon()


class StillPreview(LivePreview):
    """The live preview of still images: the last one can be sent again."""

    _last: Pixels | Yuv420 | None = None

    @override
    def put(self, image: Pixels | Yuv420, timestamp_us: int) -> None:
        self._last = image
        super().put(image, timestamp_us)

    def refresh(self) -> None:
        """Send the last image again; only sending reveals that the page was closed."""
        if self._last is not None:
            super().put(self._last, 0)
