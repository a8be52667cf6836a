"""The critical path: the nodes in which the time from a packet's entry to the last result is spent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mpgraph.config.model import GraphModel
from mpgraph.framework import timestamp as ts
from mpgraph.profiling.events import Call, packets_sent, positions

_TIMES = 50


@dataclass(frozen=True)
class PathStep:
    """One node of the path: how long it computed and how long its packet waited before, mean microseconds."""

    node: str
    time: float
    wait: float


def critical_path(model: GraphModel, calls: Sequence[Call]) -> tuple[PathStep, ...]:
    """Return the path on which the latest packet timestamps spent most of their time.

    For each timestamp: from the call that sent the graph's last result (or else ended last), back to whatever
    made its latest input, and so on.
    """
    by_time: dict[int, list[Call]] = {}
    for call in calls:
        if ts.is_range(call[3]):
            by_time.setdefault(call[3], []).append(call)
    results = {model.streams[name].producer for name in model.observable_outputs}
    finished = {
        t: [call for call in found if call[2] in results and packets_sent(call)]
        for t, found in by_time.items()
    }
    if not any(finished.values()):
        finished = by_time
    latest = [t for t in sorted(finished) if finished[t]][-_TIMES:]
    paths: dict[tuple[int, ...], list[list[Call]]] = {}
    for t in latest:
        path = _path(model, by_time[t], max(finished[t], key=_end))
        paths.setdefault(tuple(call[2] for call in path), []).append(path)
    if not paths:
        return ()
    nodes, same = max(paths.items(), key=lambda group: sum(path[-1][1] - path[0][0] for path in group[1]))
    steps = []
    for i, node in enumerate(nodes):
        time = sum(path[i][1] - path[i][0] for path in same) / len(same) / 1e3
        wait = sum(max(path[i][0] - path[i - 1][1], 0) for path in same) / len(same) / 1e3 if i else 0.0
        steps.append(PathStep(model.nodes[node].name, time, wait))
    return tuple(steps)


def _end(call: Call) -> int:
    return call[1]


def _path(model: GraphModel, calls: Sequence[Call], last: Call) -> list[Call]:
    """Return the calls of one timestamp that led to `last`, in order."""
    at: Call | None = last
    path: list[Call] = []
    while at is not None:
        path.append(at)
        node = model.nodes[at[2]]
        makers = {
            model.streams[node.inputs.names[i]].producer for i in positions(at[5]) if not node.back_edges[i]
        }
        before = [
            call for call in calls if call[2] in makers and call[1] <= at[0] and call[7] and call not in path
        ]
        at = max(before, key=_end, default=None)
    return path[::-1]
