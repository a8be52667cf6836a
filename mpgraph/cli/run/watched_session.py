"""A session whose graph is changed while it runs: `mpgraph run --watch` on a camera or a video."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from mpgraph.cli.frames.pump import Shown
from mpgraph.cli.run.graph_session import GraphSession
from mpgraph.cli.run.reload import Reload
from mpgraph.errors import InvalidArgumentError, MpgraphError

if TYPE_CHECKING:
    from mpgraph.effects.matte import Picture


class WatchedSession:
    """The face of a GraphSession; behind it, the newest graph that works.

    A changed graph takes over at the next frame, when that frame is through it. Until then, and if
    it fails, the old one goes on.
    keep_size: refuse graphs whose pictures have another size, as a recording holds only one.
    """

    def __init__(self, reload: Reload, session: GraphSession, *, keep_size: bool) -> None:
        self._reload = reload
        self._keep_size = keep_size
        self._size: tuple[int, ...] | None = None
        self._previous: GraphSession | None = None
        self._session: GraphSession | None = session
        self.input_stream = session.input_stream
        self.output_stream = session.output_stream

    def start(self) -> None:
        """Start the run."""
        assert self._session is not None
        self._session.start()
        self._reload.accept(())

    def feed(self, pixels: Picture, timestamp_us: int) -> list[Shown]:
        """Send one frame through the newest graph that can take it; what it makes, or nothing."""
        changed = self._reload.changed()
        candidate = self._reload.load(changed) if changed else None
        if candidate is not None:
            try:
                candidate.start()
                shown = candidate.feed(pixels, timestamp_us)
                self._check_size(shown)
            except MpgraphError as error:
                candidate.abandon()
                self._reload.refuse(error)
            else:
                self._reload.accept(changed)
                last = self._end_of(self._session)
                self._previous, self._session = self._session, candidate
                return last + self._noted(shown)
        if changed:
            typer.echo("the graph before the change goes on" if self._session else "waiting", err=True)
        return self._noted(self._fed(pixels, timestamp_us))

    def _fed(self, pixels: Picture, timestamp_us: int) -> list[Shown]:
        """Feed the session that runs; if it fails, let the one before it take over, or wait."""
        if self._session is None:
            return []
        try:
            return self._session.feed(pixels, timestamp_us)
        except MpgraphError as error:
            self._session.abandon()
            self._reload.refuse(error)
        self._session, self._previous = self._previous, None
        if self._session is None:
            typer.echo("the graph has stopped; waiting for a change", err=True)
            return []
        typer.echo("the graph before the last change goes on", err=True)
        self._session.start()
        return self._fed(pixels, timestamp_us)

    def finish(self) -> list[Shown]:
        """End the run."""
        return self._end_of(self._session)

    def abandon(self) -> None:
        """End the run at once."""
        if self._session is not None:
            self._session.abandon()

    def _end_of(self, session: GraphSession | None) -> list[Shown]:
        """The last pictures of a session that ends; what goes wrong then no longer matters."""
        if session is None:
            return []
        try:
            return session.finish()
        except MpgraphError as error:
            session.abandon()
            typer.echo(f"(at its end the graph before said: {error})", err=True)
            return []

    def _noted(self, shown: list[Shown]) -> list[Shown]:
        if shown:
            self._size = shown[-1][0].shape[:2]
        return shown

    def _check_size(self, shown: list[Shown]) -> None:
        for picture, _ in shown:
            if self._keep_size and self._size not in (None, picture.shape[:2]):
                assert self._size is not None
                raise InvalidArgumentError(
                    f"the pictures are {picture.shape[1]}x{picture.shape[0]} now, but the recording is "
                    f"{self._size[1]}x{self._size[0]}; give no --output-video to see them"
                )
