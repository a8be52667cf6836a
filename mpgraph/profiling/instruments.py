"""Instrumentation: who listens to a graph, from one run to the next."""

from __future__ import annotations

from mpgraph.profiling.attachment import Attachment
from mpgraph.profiling.recorder import TraceListener, TraceRecorder
from mpgraph.profiling.recording_budget import DEFAULT_BUDGET
from mpgraph.runtime.run import GraphRun


class Instrumentation:
    """The listeners of one graph. While there are any, each run gets a recorder."""

    def __init__(self) -> None:
        self._listeners: list[TraceListener] = []
        self._run: GraphRun | None = None
        self._attachment: Attachment | None = None

    @property
    def is_running(self) -> bool:
        """Whether a run goes on."""
        return self._run is not None

    def add(self, listener: TraceListener) -> None:
        """Let a listener take part, at once if the graph runs."""
        self._listeners.append(listener)
        self._renew()

    def remove(self, listener: TraceListener) -> None:
        """Hand a listener what it has not seen yet, and let it go."""
        if listener in self._listeners:
            self.drain()
            self._listeners.remove(listener)
            self._renew()

    def drain(self) -> None:
        """Hand all listeners what was recorded since the last time."""
        if self._attachment is not None:
            self._attachment.recorder.drain()

    def run_starts(self, run: GraphRun) -> None:
        """A run was built and will start: record it."""
        self._run = run
        if self._listeners:
            self._attachment = self._made(run)
            self._attachment.install()

    def run_ends(self, run: GraphRun) -> None:
        """The run's last packet is through; its threads may still be there."""
        if self._attachment is not None:
            self._attachment.gate.finish()
        self.drain()
        self._run = self._attachment = None

    def _renew(self) -> None:
        run, old = self._run, self._attachment
        if run is None:
            return
        recorder = old.recorder if old is not None else None
        if recorder is not None and recorder.wants_everything == self._wants_everything and self._listeners:
            recorder.listeners = list(self._listeners)
            return
        if old is not None:
            run.scheduler.post(old.remove, None)
            old.recorder.drain()
        self._attachment = None
        if self._listeners:
            self._attachment = self._made(run)
            run.scheduler.post(self._attachment.install, None)

    @property
    def _wants_everything(self) -> bool:
        return any(listener.wants_everything for listener in self._listeners)

    def _made(self, run: GraphRun) -> Attachment:
        recorder = TraceRecorder(run.model, self._listeners)
        return Attachment(run, recorder, None if self._wants_everything else DEFAULT_BUDGET)
