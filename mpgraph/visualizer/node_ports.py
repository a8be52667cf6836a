"""The ports of nodes and graphs, with what they carry and their lines in the text."""

from __future__ import annotations

from typing import Any

from mpgraph.config.model import Types
from mpgraph.config.source import NodeSource
from mpgraph.config.validation.diagnostics import NodeInfo
from mpgraph.errors import InvalidArgumentError
from mpgraph.framework.tags import TagIndex, parse_entry
from mpgraph.visualizer.model import DrawnPort, SourceRange


def ports_of(
    config: Any, source: NodeSource, port_list: str, info: NodeInfo | None = None
) -> tuple[DrawnPort, ...]:
    """Return the ports of one list in text order, including those that do not parse.

    config: the message of a node, graph or packet generator. source: where it is in its text.
    port_list: "input_stream" and so on. info: the node's, for the types.
    """
    back_edges = _back_edges(config) if port_list == "input_stream" else set()
    ports: list[DrawnPort] = []
    untagged = 0
    for position, entry in enumerate(getattr(config, port_list)):
        location = source.field_location(port_list, position)
        line = location.line if location else 0
        try:
            parsed = parse_entry(entry)
        except InvalidArgumentError:
            ports.append(DrawnPort(entry, "", untagged, entry.rpartition(":")[2], line=line))
            untagged += 1
            continue
        index = untagged if parsed.index is None else parsed.index
        untagged += parsed.index is None
        label = type_label(info.types.get((port_list, TagIndex(parsed.tag, index)))) if info else ""
        is_back_edge = (parsed.tag, index) in back_edges
        ports.append(DrawnPort(entry, parsed.tag, index, parsed.name, label, line, is_back_edge))
    return tuple(ports)


def type_label(types: Types) -> str:
    """Return a short name of payload types, such as "ImageFrame" or "vector<Detection>"; "" for any type."""
    if types is None:
        return ""
    short = (
        each.name.replace("::mediapipe::", "").replace("::std::", "").replace("std::", "").removeprefix("::")
        for each in types
    )
    return " | ".join(sorted(set(short)))


def _back_edges(config: Any) -> set[tuple[str, int]]:
    found = set()
    for info in getattr(config, "input_stream_info", ()):
        if info.back_edge:
            tag, _, index = info.tag_index.partition(":")
            found.add((tag, int(index) if index.isdecimal() else 0))
    return found


def range_of(source: NodeSource) -> SourceRange | None:
    """Return the lines of a node, None if it has none."""
    if source.location is None:
        return None
    first = source.location
    return SourceRange(
        first.file, first.line, first.column, source.tree.end_line if source.tree else first.line
    )
