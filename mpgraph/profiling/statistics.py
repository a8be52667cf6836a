"""GraphStatistics: an immutable snapshot of a running graph, and the listener that it is computed from."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass

from mpgraph.config.model import GraphModel
from mpgraph.framework.override import override
from mpgraph.profiling.critical_path import PathStep, critical_path
from mpgraph.profiling.events import Batch, Call, positions
from mpgraph.profiling.recorder import TraceListener, TraceRecorder
from mpgraph.profiling.timeline import STAGES
from mpgraph.runtime.explanation import waits
from mpgraph.runtime.run import GraphRun
from mpgraph.runtime.streams import InputStreamManager

RECENT = 2000
"""How many calls p95, shares and the critical path are computed from."""

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
    """Packets of one stream: in the whole run, and per second.

    producer: the node that it comes from, "" for a graph input; output: its position among that node's
        outputs.
    """

    name: str
    producer: str
    output: int
    packets: int
    per_second: float


@dataclass(frozen=True)
class QueueStatistics:
    """The queue at one input of a node: packets now, at most so far, and its limit (-1: none)."""

    node: str
    input: int
    stream: str
    length: int
    high_water: int
    limit: int


@dataclass(frozen=True)
class DropStatistics:
    """Packets that a node dropped, and the latest reason."""

    node: str
    stream: str
    packets: int
    reason: str


@dataclass(frozen=True)
class GraphStatistics:
    """A snapshot of a graph.

    running: whether a run is in progress; seconds: since it started; throttled: graph inputs and sources that
    are throttled now, each with a full queue that causes it, as "input: stream at node".
    nodes, streams: how often and how long each node was called, and how many packets each stream carried.
    queues: the input queues that hold packets, or held some. drops: the packets that nodes gave up.
    waiting: what nodes wait for at this moment and who should have sent it, as `explain` says; a busy graph
        has such lines, too, which change all the time.
    critical_path: the nodes in which the time from a packet's entry to the last result is spent, in order.
    """

    running: bool
    seconds: float
    nodes: tuple[NodeStatistics, ...]
    streams: tuple[StreamStatistics, ...]
    queues: tuple[QueueStatistics, ...]
    drops: tuple[DropStatistics, ...]
    throttled: tuple[str, ...]
    waiting: tuple[str, ...]
    critical_path: tuple[PathStep, ...]


class LiveStatistics(TraceListener):
    """Listens to a graph, and computes snapshots of it."""

    needs_every_call = False

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
        """Start from zero with a new run."""
        self._run = run
        self._started = time.perf_counter()
        self._begin()

    def run_ends(self, run: GraphRun) -> None:
        """Stop the clock; the figures of the run stay."""
        self._ended = time.perf_counter()

    @override
    def take(self, batch: Batch, recorder: TraceRecorder) -> None:
        high = self._high
        with self._lock:
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

    def snapshot(self, is_running: bool) -> GraphStatistics:
        """Return the statistics as they are now; the recorder must have been drained."""
        with self._lock:
            return self._snapshot(is_running)

    def _snapshot(self, is_running: bool) -> GraphStatistics:
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
            waiting=tuple(line for *_, line in waits(self._run)) if self._run and is_running else (),
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
        found = []
        for node in self._run.nodes if self._run is not None else ():
            for queue in node.queues:
                length = len(queue.packets)
                high = max(self._high.get((node.spec.id, queue.port), 0), length)
                found.append(
                    QueueStatistics(node.spec.name, queue.port, queue.name, length, high, queue.limit)
                )
        return tuple(found)

    def _throttled(self) -> list[str]:
        found = []
        for throttle in self._run.throttles.values() if self._run is not None else ():
            for queue in list(throttle.full):
                spec = getattr(queue.node, "spec", None)
                found.append(f"{throttle.name}: {queue.name} at {spec.name if spec else 'a poller'}")
        return found


def _count(run: GraphRun, name: str) -> int:
    """How many packets a stream has carried, counted where they arrive: 0 if nothing consumes it."""
    if name in run.inputs:
        return run.inputs[name].delivered
    return max(
        (queue.added for queue in run.streams[name].subscribers if isinstance(queue, InputStreamManager)),
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
