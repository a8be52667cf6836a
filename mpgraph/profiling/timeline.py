"""Timeline: a trace in chronological order, from which all formats are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter

from mpgraph.config.model import GraphModel
from mpgraph.framework import timestamp as ts
from mpgraph.profiling.events import RAISED, Arrival, Call, Drop, Gap, Throttling, packets_sent, positions

STAGES = {ts.UNSTARTED: "open", ts.DONE: "close"}


@dataclass(frozen=True)
class Slice:
    """One call of a calculator.

    thread: index into the timeline's threads; start, end: ns since the timeline's beginning; stage: "open",
    "process" or "close"; t: the input timestamp of a process call, None for others and special ones; sent:
    how many packets it sent; failed: whether it raised.
    """

    thread: int
    start: int
    end: int
    node: int
    stage: str
    t: int | None
    sent: int
    failed: bool


@dataclass(frozen=True)
class Queue:
    """The queue at one input of a node: (ns, number of packets) at each change."""

    node: int
    stream: str
    lengths: Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Mark:
    """An instant: a packet "entered" or was "dropped", a queue became "full" or "free"."""

    at: int
    kind: str
    stream: str
    node: int | None
    t: int | None
    text: str


@dataclass(frozen=True)
class Timeline:
    """A whole trace. origin_ns: its beginning, in ns since 1970; gaps: unrecorded spans (start, end)."""

    nodes: Sequence[str]
    threads: Sequence[str]
    slices: Sequence[Slice]
    queues: Sequence[Queue]
    marks: Sequence[Mark]
    gaps: Sequence[tuple[int, int]]
    origin_ns: int

    @property
    def end(self) -> int:
        """The end of the last call, in ns."""
        return max((piece.end for piece in self.slices), default=0)

    def flows(self) -> dict[int, list[Slice]]:
        """Return the calls of each packet timestamp that has at least two, in order."""
        found: dict[int, list[Slice]] = {}
        for piece in self.slices:
            if piece.t is not None:
                found.setdefault(piece.t, []).append(piece)
        return {t: pieces for t, pieces in found.items() if len(pieces) > 1}


def make_timeline(
    model: GraphModel,
    calls: Sequence[Call],
    arrivals: Sequence[Arrival] = (),
    throttlings: Sequence[Throttling] = (),
    drops: Sequence[Drop] = (),
    gaps: Sequence[Gap] = (),
    *,
    thread_names: dict[int, str],
    wall_ns: int = 0,
) -> Timeline:
    """Build a timeline from recorded events."""
    origin = min([call[0] for call in calls] + [arrival[0] for arrival in arrivals], default=0)
    idents = sorted({call[4] for call in calls}, key=lambda ident: _thread_order(ident, thread_names))
    threads = {ident: i for i, ident in enumerate(idents)}
    streams = list(model.streams)
    marks = [Mark(at - origin, "entered", streams[i], None, _shown(t), "") for at, i, t, _ in arrivals]
    marks += [Mark(at - origin, "dropped", name, node, _shown(t), why) for at, node, name, t, why in drops]
    marks += [
        Mark(at - origin, "full" if full else "free", model.nodes[node].inputs.names[port], node, None, "")
        for at, node, port, full in throttlings
    ]
    return Timeline(
        nodes=[node.name for node in model.nodes],
        threads=_unique([thread_names.get(ident, f"thread {ident}") for ident in idents]),
        slices=sorted((_slice(call, model, threads, origin) for call in calls), key=attrgetter("start")),
        queues=_queues(model, calls, arrivals, origin),
        marks=sorted(marks, key=attrgetter("at")),
        gaps=[(start - origin, end - origin) for start, end in gaps],
        origin_ns=origin + wall_ns,
    )


def _slice(call: Call, model: GraphModel, threads: dict[int, int], origin: int) -> Slice:
    sent = packets_sent(call)
    t = call[3]
    if model.nodes[call[2]].is_source and sent and t not in STAGES:
        t = sent[0][1]
    return Slice(
        thread=threads[call[4]],
        start=call[0] - origin,
        end=call[1] - origin,
        node=call[2],
        stage=STAGES.get(t, "process"),
        t=_shown(t),
        sent=len(sent),
        failed=call[7] == RAISED,
    )


def _shown(t: int) -> int | None:
    return t if ts.is_range(t) else None


def _thread_order(ident: int, names: dict[int, str]) -> tuple[bool, str, int]:
    name = names.get(ident, "")
    return name != "MainThread", name, ident


def _unique(names: list[str]) -> list[str]:
    return [
        f"{name} ({names[:i].count(name) + 1})" if name in names[:i] else name for i, name in enumerate(names)
    ]


def _queues(
    model: GraphModel, calls: Sequence[Call], arrivals: Sequence[Arrival], origin: int
) -> list[Queue]:
    """Compute queue lengths: one more for each packet sent, corrected by the length that each call found."""
    changes: list[tuple[int, tuple[int, int], int | None]] = []
    streams = list(model.streams)
    for at, position, _t, _thread in arrivals:
        name = streams[position]
        if model.streams[name].producer is None:
            changes += [(at, consumer, None) for consumer in model.streams[name].consumers]
    for call in calls:
        node = model.nodes[call[2]]
        left = (call[6],) if isinstance(call[6], int) else call[6]
        if call[3] not in STAGES:
            changes += [(call[0], (node.id, i), left[i]) for i in positions(call[5]) if i < len(left)]
        for output, _t in packets_sent(call):
            consumers = model.streams[node.outputs.names[output]].consumers
            changes += [(call[1], consumer, None) for consumer in consumers]
    changes.sort(key=itemgetter(0))
    lengths: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for at, consumer, seen in changes:
        known = lengths.setdefault(consumer, [])
        known.append((at - origin, seen if seen is not None else (known[-1][1] if known else 0) + 1))
    return [
        Queue(node, model.nodes[node].inputs.names[port], found)
        for (node, port), found in sorted(lengths.items())
    ]
