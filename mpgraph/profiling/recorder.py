"""TraceRecorder: the lists that a traced run appends to, and the listeners that get what is in them."""

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
    """A consumer of recorded events: a trace, statistics, a log."""

    needs_every_call: bool
    """Whether no call may be left out, whatever the recording costs."""

    def take(self, batch: Batch, recorder: TraceRecorder) -> None:
        """Take the next events. Calls for one recorder never overlap."""


class TraceRecorder:
    """The events of one run of a graph.

    model: the graph that node ids and stream positions refer to; streams: their names by position.
    wall_ns: what to add to an event's ns to get nanoseconds since 1970.
    thread_names: by the threads' identifiers, of those that were alive at some `drain`.
    """

    def __init__(self, model: GraphModel, listeners: Iterable[TraceListener]) -> None:
        self.model = model
        self.listeners = list(listeners)
        self.streams = list(model.streams)
        self.wall_ns = time.time_ns() - time.perf_counter_ns()
        self.thread_names: dict[int, str] = {}
        # The threads of the run append while another one drains: appending at one end and taking from the
        # other are single operations, so neither needs a lock.
        self.flat_calls: list[Any] = []
        """The fields of each call, one after another: no objects that the garbage collector would visit."""
        self.arrivals: deque[Arrival] = deque()
        self.throttlings: deque[Throttling] = deque()
        self.drops: deque[Drop] = deque()
        self.gaps: deque[Gap] = deque()
        self._draining = threading.Lock()

    def drain(self) -> None:
        """Hand what was recorded since the last time to the listeners, on the calling thread."""
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
        """How many calls were recorded and not handed out yet."""
        return len(self.flat_calls) // CALL_FIELDS

    def _taken_calls(self) -> list[Any]:
        length = len(self.flat_calls)  # Whole calls: each is added by one `extend`.
        taken = self.flat_calls[:length]
        del self.flat_calls[:length]
        return taken


def _taken(events: deque[T]) -> list[T]:
    take = events.popleft
    return [take() for _ in range(len(events))]
