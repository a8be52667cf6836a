"""The names of nodes in logs of a profiler."""

from __future__ import annotations

from typing import Any


def node_names(profile: Any) -> dict[int, str]:
    """Return the names of a GraphProfile's nodes by their numbers."""
    return {i: as_text(name) for trace in profile.graph_trace for i, name in enumerate(trace.calculator_name)}


def as_text(name: str | bytes) -> str:
    """Return a name; protobuf gives bytes for one in a damaged file that is not UTF-8."""
    return name if isinstance(name, str) else name.decode("utf-8", "backslashreplace")
