"""Reading saved traces of any format, for the visualizer's page."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

from mpgraph.errors import InvalidArgumentError
from mpgraph.io.files import read_whole
from mpgraph.profiling.node_names import node_names
from mpgraph.protos import calculator_profile_pb2

_FIRST_OF_PERFETTO = b"\x0a"


def load_trace(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return a trace for the page: Chrome's JSON, or `{"perfetto": base64}` for Perfetto's format.

    path: a file of `Trace.save`, or a log of a `profiler_config`, also of MediaPipe itself.

    Raises:
        FileNotFoundError: there is no such file.
        InvalidArgumentError: it is something else.
    """
    name, data = os.fspath(path), read_whole(path)
    if data.lstrip()[:1] in (b"{", b"["):
        return _json(name, data)
    from google.protobuf.message import DecodeError

    try:
        profile = calculator_profile_pb2.GraphProfile.FromString(data)
    except DecodeError:
        profile = calculator_profile_pb2.GraphProfile()
    if any(trace.calculator_trace for trace in profile.graph_trace):
        return chrome_events(profile)
    if data[:1] == _FIRST_OF_PERFETTO and Path(path).suffix.lower() in (".perfetto-trace", ".pftrace"):
        return {"perfetto": base64.b64encode(data).decode()}
    raise InvalidArgumentError(
        f"{name} is neither a trace, which `mpgraph run GRAPH --trace FILE` writes, nor a log of a "
        "profiler_config (a GraphProfile)."
    )


def _json(name: str, data: bytes) -> dict[str, Any]:
    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not a number")

    try:
        found = json.loads(data, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise InvalidArgumentError(f"{name} is not JSON: {error}.") from None
    document = found if isinstance(found, dict) else {"traceEvents": found}
    if not isinstance(document.get("traceEvents"), list):
        raise InvalidArgumentError(f'{name} is not a trace in Chrome\'s format: it has no "traceEvents".')
    return document


def chrome_events(profile: Any) -> dict[str, Any]:
    """Return the calls in a GraphProfile as Chrome's complete events, with times in microseconds."""
    types = calculator_profile_pb2.GraphTrace.EventType
    stages = {types.OPEN: "open", types.PROCESS: "process", types.CLOSE: "close"}
    names = node_names(profile)
    events: list[dict[str, Any]] = []
    for trace in profile.graph_trace:
        for call in trace.calculator_trace:
            stage = stages.get(call.event_type)
            if stage is None or call.node_id < 0 or not call.HasField("start_time"):
                continue
            node = names.get(call.node_id, f"node {call.node_id}")
            duration = call.finish_time - call.start_time if call.HasField("finish_time") else 0
            t = call.input_timestamp + trace.base_timestamp if call.HasField("input_timestamp") else None
            events.append(
                {
                    "ph": "X",
                    "name": node if stage == "process" else f"{node} ({stage})",
                    "cat": stage,
                    "ts": trace.base_time + call.start_time,
                    "dur": duration,
                    "pid": 1,
                    "tid": call.thread_id,
                    "args": {"node": node, "timestamp": t, "sent": len(call.output_trace)},
                }
            )
    return {"traceEvents": events, "displayTimeUnit": "ms"}
