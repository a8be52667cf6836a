"""Chrome's JSON trace format, which Perfetto, chrome://tracing and Speedscope open.

(Format: "Trace Event Format", its events of the phases X, s, t, f, C, i and M. Times are microseconds.)
"""

from __future__ import annotations

import json
from typing import Any

from mpgraph.profiling.timeline import Slice, Timeline

_PROCESS = 1


def to_chrome(timeline: Timeline, name: str = "mpgraph") -> str:
    """Return a trace as JSON: a track per thread, a flow per packet timestamp, a counter per queue."""
    events: list[dict[str, Any]] = [_meta("process_name", 0, name)]
    for thread, thread_name in enumerate(timeline.threads):
        events.append(_meta("thread_name", thread, thread_name))
        events.append(_meta("thread_sort_index", thread, thread, key="sort_index"))
    events += [_complete(piece, timeline) for piece in timeline.slices]
    for t, pieces in timeline.flows().items():
        last = len(pieces) - 1
        for i, piece in enumerate(pieces):
            phase = "s" if i == 0 else "f" if i == last else "t"
            flow = {
                "ph": phase,
                "name": "packet",
                "cat": "packet",
                "id": str(t),
                **_at(piece.start, piece.thread),
            }
            events.append({**flow, "bp": "e"} if phase == "f" else flow)
    for queue in timeline.queues:
        counter = f"queue {queue.stream} \u2192 {timeline.nodes[queue.node]}"
        events += [
            {"ph": "C", "name": counter, "args": {"packets": length}, **_at(at, 0)}
            for at, length in queue.lengths
        ]
    for mark in timeline.marks:
        args = {"stream": mark.stream, "timestamp": mark.t, "reason": mark.text}
        if mark.node is not None:
            args["node"] = timeline.nodes[mark.node]
        events.append(
            {"ph": "i", "s": "p", "name": mark.kind, "cat": "mark", "args": args, **_at(mark.at, 0)}
        )
    document = {
        "traceEvents": events,
        "displayTimeUnit": "ms",
        "otherData": {
            "startedUnixNs": str(timeline.origin_ns),
            "gapsUs": [[a / 1e3, b / 1e3] for a, b in timeline.gaps],
        },
    }
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def _complete(piece: Slice, timeline: Timeline) -> dict[str, Any]:
    node = timeline.nodes[piece.node]
    return {
        "ph": "X",
        "name": node if piece.stage == "process" else f"{node} ({piece.stage})",
        "cat": piece.stage,
        "dur": (piece.end - piece.start) / 1e3,
        "args": {
            "node": node,
            "timestamp": piece.t,
            "sent": piece.sent,
            **({"failed": True} if piece.failed else {}),
        },
        **_at(piece.start, piece.thread),
    }


def _at(ns: int, thread: int) -> dict[str, Any]:
    return {"ts": ns / 1e3, "pid": _PROCESS, "tid": thread}


def _meta(kind: str, thread: int, value: object, key: str = "name") -> dict[str, Any]:
    return {"ph": "M", "name": kind, "pid": _PROCESS, "tid": thread, "args": {key: value}}
