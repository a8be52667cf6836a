"""Trace: the calls and packets of a graph while somebody watched."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from mpgraph.config.model import GraphModel
from mpgraph.profiling.events import CALL_FIELDS, Arrival, Batch, Call, Drop, Gap, Throttling, calls_of
from mpgraph.profiling.recorder import Recorder

if TYPE_CHECKING:
    from mpgraph.profiling.instruments import Instruments


class Trace:
    """What a graph did while this was open as a context manager; made by `graph.trace()`."""

    wants_everything = False

    def __init__(self, instruments: Instruments, model: GraphModel, capacity: int) -> None:
        self.model = model
        self.thread_names: dict[int, str] = {}
        self.wall_ns = 0
        self._chunks: deque[list[Any]] = deque()
        self._capacity = capacity
        self.arrivals: deque[Arrival] = deque(maxlen=capacity)
        self.throttlings: deque[Throttling] = deque(maxlen=capacity)
        self.drops: deque[Drop] = deque(maxlen=capacity)
        self.gaps: deque[Gap] = deque(maxlen=capacity)
        self._instruments = instruments

    def __enter__(self) -> Trace:
        self._instruments.add(self)
        return self

    def __exit__(self, *error: object) -> None:
        self._instruments.remove(self)

    @property
    def calls(self) -> list[Call]:
        """The calls that were kept, oldest first."""
        return [call for chunk in self._chunks for call in calls_of(chunk)][-self._capacity :]

    def take(self, batch: Batch, recorder: Recorder) -> None:
        """Keep what was recorded; the recorder's."""
        self.wall_ns = recorder.wall_ns
        self.thread_names.update(recorder.thread_names)
        self._chunks.append(batch.flat_calls)
        while sum(map(len, self._chunks)) > (self._capacity * CALL_FIELDS) + len(self._chunks[0]):
            self._chunks.popleft()
        self.arrivals.extend(batch.arrivals)
        self.throttlings.extend(batch.throttlings)
        self.drops.extend(batch.drops)
        self.gaps.extend(batch.gaps)
