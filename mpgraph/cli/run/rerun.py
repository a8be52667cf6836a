"""Running a graph from its start at every change: `mpgraph run --watch` with a picture, or into a file."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mpgraph.cli.frames.pump import Shown
from mpgraph.cli.frames.sinks import PreviewPage
from mpgraph.cli.run.graph_session import GraphSession
from mpgraph.cli.run.reload import Reload
from mpgraph.cli.run.watched_files import INTERVAL_SECONDS
from mpgraph.errors import MpgraphError

if TYPE_CHECKING:
    from mpgraph.effects.matte import Picture

# Often enough to notice that the page was closed.
_SHOW_AGAIN_SECONDS = 0.5


class ChangedMeanwhileError(Exception):
    """A run was broken off because files have changed."""


class RunUntilChange:
    """The face of a GraphSession; calls raise ChangedMeanwhileError once files have changed."""

    def __init__(self, session: GraphSession, reload: Reload) -> None:
        self._session = session
        self._reload = reload
        self.input_stream = session.input_stream
        self.output_stream = session.output_stream
        self.changed: list[Path] = []

    def start(self) -> None:
        """Start the run."""
        self._session.start()

    def feed(self, pixels: Picture, timestamp_us: int) -> list[Shown]:
        """Send one frame through."""
        self.changed = self._reload.changed()
        if self.changed:
            raise ChangedMeanwhileError
        return self._session.feed(pixels, timestamp_us)

    def finish(self) -> list[Shown]:
        """End the input and wait for the end of the run, which may never come by itself."""
        ended = threading.Event()
        watcher = threading.Thread(target=self._cancel_on_change, args=(ended,), name="mpgraph-watch")
        watcher.start()
        try:
            return self._session.finish()
        except MpgraphError:
            if self.changed:
                raise ChangedMeanwhileError from None
            raise
        finally:
            ended.set()
            watcher.join()

    def _cancel_on_change(self, ended: threading.Event) -> None:
        while not ended.wait(INTERVAL_SECONDS):
            self.changed = self._reload.changed()
            if self.changed:
                self._session.cancel()
                return

    def abandon(self) -> None:
        """End the run at once."""
        self._session.abandon()


class StillPage(PreviewPage):
    """The live preview of pictures that stay until the next one comes."""

    _last: Picture | None = None

    def put(self, picture: Picture, timestamp_us: int) -> None:
        """Show the picture."""
        self._last = picture
        super().put(picture, timestamp_us)

    def again(self) -> None:
        """Show the last picture again; the page tells only then that it was closed."""
        if self._last is not None:
            super().put(self._last, 0)


def run_at_every_change(
    reload: Reload,
    session: GraphSession | None,
    once: Callable[[RunUntilChange], None],
    page: StillPage | None = None,
) -> None:
    """Run a session, and a new one whenever its files have changed. Errors are only shown.

    once: does a whole run. page: where it shows pictures, if it does; it ends when the viewer has had enough.
    """
    changed: list[Path] = []
    while True:
        if session is not None:
            watched = RunUntilChange(session, reload)
            try:
                once(watched)
            except ChangedMeanwhileError:
                session = reload.load(changed := watched.changed)
                continue
            except MpgraphError as error:
                reload.refuse(error)
            else:
                reload.accept(changed)
        typer.echo("waiting for a change (Ctrl-C ends)", err=True)
        changed = _wait(reload, page)
        if not changed:
            return
        session = reload.load(changed)


def show_picture(session: RunUntilChange, picture: Picture, page: StillPage) -> None:
    """Run a session on one picture, at time 0, and show what comes out."""
    try:
        session.start()
        for shown, timestamp_us in [*session.feed(picture, 0), *session.finish()]:
            page.put(shown, timestamp_us)
    except BaseException:
        session.abandon()
        raise


def _wait(reload: Reload, page: StillPage | None) -> list[Path]:
    """Wait for a change; nothing if the viewer has had enough."""
    if page is None:
        return reload.wait()
    shown = time.monotonic()
    while not (changed := reload.changed()):
        time.sleep(INTERVAL_SECONDS / 2)
        if time.monotonic() > shown + _SHOW_AGAIN_SECONDS:
            page.again()
            shown = time.monotonic()
        if page.wants_end:
            return []
    return changed
