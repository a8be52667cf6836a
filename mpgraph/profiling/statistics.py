"""GraphStatistics: a frozen picture of a running graph, and what keeps it up to date."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass

from mpgraph.config.model import GraphModel
from mpgraph.profiling.critical_path import PathStep, critical_path
from mpgraph.profiling.events import Batch, Call, positions
from mpgraph.profiling.recorder import TraceRecorder
from mpgraph.profiling.timeline import STAGES
from mpgraph.runtime.run import GraphRun
from mpgraph.runtime.streams import InputStreamManager

RECENT = 2000
"""Calls that p95, shares and the critical path are worked out from."""

_RATE_SECONDS = 2.0


@dataclass(frozen=True)
class NodeStatistics:
    """Times of one node's `process`, in microseconds.

    calls: as recorded; mean, p95 (95 % of the calls took less) and share (of the time of all nodes, 0..1)
    are those of the graph's latest calls.
    """

    name: str
    calls: int
    mean: float
    p95: float
    share: float


@dataclass(frozen=True)
class StreamStatistics:
    """Packets of one stream: all of the run, and a second.

    producer: the node that makes it, "" for a graph input; output: its position among that one's outputs.
    """

    name: str
    producer: str
    output: int
    packets: int
    per_second: float


@dataclass(frozen=True)
class QueueStatistics:
    """What waits at one input of a node: packets now, the most there were, how many fill it (-1: none)."""

    node: str
    input: int
    stream: str
    length: int
    high_water: int
    limit: int


@dataclass(frozen=True)
class DropStatistics:
    """Packets that a node gave up, and the latest reason."""

    node: str
    stream: str
    packets: int
    reason: str


@dataclass(frozen=True)
class GraphStatistics:
    """A picture of a graph at one moment.

    running: whether a run goes on; seconds: since it started; throttled: graph inputs and sources that are
    held back now, each with the full queue that holds it, as "input: stream at node".
    critical_path: the nodes that the time from a packet's entry to the last result is spent in, in order.
    """

    running: bool
    seconds: float
    nodes: tuple[NodeStatistics, ...]
    streams: tuple[StreamStatistics, ...]
    queues: tuple[QueueStatistics, ...]
    drops: tuple[DropStatistics, ...]
    throttled: tuple[str, ...]
    critical_path: tuple[PathStep, ...]


class LiveStatistics:
    """Listens to a graph, and takes its picture when asked."""

    wants_everything = False

    def __init__(self, model: GraphModel) -> None:
        self._model = model
        self._run: GraphRun | None = None
        self._started = self._ended = time.perf_counter()
        self._lock = threading.Lock()
        self._begin()

    def _begin(self) -> None:
        self._calls = [0] * len(self._model.nodes)
        self._recent: deque[Call] = deque(maxlen=RECENT)
        self._high: dict[tuple[int, int], int] = {}
        self._drops: Counter[tuple[int, str]] = Counter()
        self._reasons: dict[tuple[int, str], str] = {}
        self._history: deque[tuple[float, list[int]]] = deque()

    def run_starts(self, run: GraphRun) -> None:
        """A run starts: begin anew."""
        self._run = run
        self._started = time.perf_counter()
        self._begin()

    def run_ends(self, run: GraphRun) -> None:
        """The run has ended; its figures stay."""
        self._ended = time.perf_counter()

    def take(self, batch: Batch, recorder: TraceRecorder) -> None:
        """Add what was recorded; the recorder's."""
        with self._lock:
            self._add(batch)

    def _add(self, batch: Batch) -> None:
        high = self._high
        for call in batch.calls:
            node_id, left = call[2], call[6]
            if call[3] in STAGES:
                continue
            self._calls[node_id] += 1
            self._recent.append(call)
            lefts = (left,) if isinstance(left, int) else left
            for i in positions(call[5]):
                if i < len(lefts) and lefts[i] >= high.get((node_id, i), 0):
                    high[node_id, i] = lefts[i] + 1
        for _, node_id, stream, _, reason in batch.drops:
            self._drops[node_id, stream] += 1
            self._reasons[node_id, stream] = reason

    def picture(self, is_running: bool) -> GraphStatistics:
        """The statistics as they are now; everything recorded has been taken before."""
        with self._lock:
            return self._picture(is_running)

    def _picture(self, is_running: bool) -> GraphStatistics:
        now = time.perf_counter() if is_running else self._ended
        names = [node.name for node in self._model.nodes]
        recent = list(self._recent)
        return GraphStatistics(
            running=is_running,
            seconds=now - self._started if self._run is not None else 0.0,
            nodes=_node_statistics(names, self._calls, recent),
            streams=self._stream_statistics(now, is_running),
            queues=self._queue_statistics(),
            drops=tuple(
                DropStatistics(names[node], stream, count, self._reasons[node, stream])
                for (node, stream), count in sorted(self._drops.items())
            ),
            throttled=tuple(self._throttled()),
            critical_path=critical_path(self._model, recent),
        )

    def _stream_statistics(self, now: float, is_running: bool) -> tuple[StreamStatistics, ...]:
        run = self._run
        counts = [_count(run, name) if run is not None else 0 for name in self._model.streams]
        earlier, before = self._started, [0] * len(counts)
        if is_running:
            while len(self._history) > 1 and self._history[1][0] < now - _RATE_SECONDS:
                self._history.popleft()
            if self._history:
                earlier, before = self._history[0]
            self._history.append((now, counts))
        span = max(now - earlier, 1e-9)
        found = []
        for (name, edge), count, old in zip(self._model.streams.items(), counts, before, strict=True):
            producer = "" if edge.producer is None else self._model.nodes[edge.producer].name
            found.append(StreamStatistics(name, producer, edge.position, count, (count - old) / span))
        return tuple(found)

    def _queue_statistics(self) -> tuple[QueueStatistics, ...]:
        if self._run is None:
            return ()
        found = []
        for node in self._run.nodes:
            for queue in node.queues:
                length = len(queue.packets)
                high = max(self._high.get((node.spec.id, queue.port), 0), length)
                found.append(
                    QueueStatistics(node.spec.name, queue.port, queue.name, length, high, queue.limit)
                )
        return tuple(found)

    def _throttled(self) -> list[str]:
        if self._run is None:
            return []
        found = []
        for throttle in self._run.throttles.values():
            for queue in list(throttle.full):
                spec = getattr(queue.node, "spec", None)
                found.append(f"{throttle.name}: {queue.name} at {spec.name if spec else 'a poller'}")
        return found


def _count(run: GraphRun, name: str) -> int:
    """How many packets a stream has carried, counted where they arrive; unread ones are not counted."""
    if name in run.inputs:
        return run.inputs[name].delivered
    return max(
        (mirror.added for mirror in run.streams[name].subscribers if isinstance(mirror, InputStreamManager)),
        default=0,
    )


def _node_statistics(
    names: Sequence[str], calls: Sequence[int], recent: Sequence[Call]
) -> tuple[NodeStatistics, ...]:
    times: list[list[int]] = [[] for _ in names]
    for call in recent:
        times[call[2]].append(call[1] - call[0])
    everything = sum(map(sum, times)) or 1
    found = []
    for name, count, spans in zip(names, calls, times, strict=True):
        spans.sort()
        mean = sum(spans) / len(spans) / 1e3 if spans else 0.0
        p95 = spans[min(len(spans) * 95 // 100, len(spans) - 1)] / 1e3 if spans else 0.0
        found.append(NodeStatistics(name, count, mean, p95, sum(spans) / everything))
    return tuple(found)


def node_statistics(model: GraphModel, calls: Sequence[Call]) -> tuple[NodeStatistics, ...]:
    """The statistics of each node over all the given calls."""
    processed = [call for call in calls if call[3] not in STAGES]
    counts = Counter(call[2] for call in processed)
    names = [node.name for node in model.nodes]
    return _node_statistics(names, [counts[node.id] for node in model.nodes], processed)
