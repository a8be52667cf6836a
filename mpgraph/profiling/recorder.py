"""Recorder: the lists that a traced run appends to, and who gets what is in them."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

from mpgraph.config.model import GraphModel
from mpgraph.profiling.events import CALL_FIELDS, Arrival, Batch, Drop, Gap, Throttling

T = TypeVar("T")


class TraceListener(Protocol):
    """Something that looks at what was recorded: a trace, statistics, a log."""

    wants_everything: bool
    """Whether no call may be left out, whatever the recording costs."""

    def take(self, batch: Batch, recorder: TraceRecorder) -> None:
        """Take the next events. Calls for one recorder never overlap."""


class TraceRecorder:
    """The events of one run of a graph.

    model: what node ids and stream positions mean; streams: their names by position.
    wall_ns: what to add to an event's ns to get nanoseconds since 1970.
    thread_names: by the threads' identifiers, as far as they were alive when somebody looked.
    """

    def __init__(self, model: GraphModel, listeners: Iterable[TraceListener]) -> None:
        self.model = model
        self.listeners = list(listeners)
        self.streams = list(model.streams)
        self.wall_ns = time.time_ns() - time.perf_counter_ns()
        self.started_ns = time.perf_counter_ns()
        self.thread_names: dict[int, str] = {}
        # Adding to one end and taking from the other need no lock.
        self.flat_calls: list[Any] = []
        """The fields of each call, one after another: no object that the garbage collector has to look at."""
        self.arrivals: deque[Arrival] = deque()
        self.throttlings: deque[Throttling] = deque()
        self.drops: deque[Drop] = deque()
        self.gaps: deque[Gap] = deque()
        self._draining = threading.Lock()

    @property
    def wants_everything(self) -> bool:
        """Whether some listener needs every call."""
        return any(listener.wants_everything for listener in self.listeners)

    def drain(self) -> None:
        """Hand what was recorded since the last time to the listeners."""
        with self._draining:
            self.thread_names.update(
                {thread.ident: thread.name for thread in threading.enumerate() if thread.ident is not None}
            )
            batch = Batch(
                self._taken_calls(),
                _taken(self.arrivals),
                _taken(self.throttlings),
                _taken(self.drops),
                _taken(self.gaps),
            )
            for listener in list(self.listeners):
                listener.take(batch, self)

    @property
    def waiting_calls(self) -> int:
        """How many calls were recorded and not handed on yet."""
        return len(self.flat_calls) // CALL_FIELDS

    def _taken_calls(self) -> list[Any]:
        length = len(self.flat_calls)  # Whole calls: each is added in one step.
        taken = self.flat_calls[:length]
        del self.flat_calls[:length]
        return taken


def _taken(events: deque[T]) -> list[T]:
    take = events.popleft
    return [take() for _ in range(len(events))]
