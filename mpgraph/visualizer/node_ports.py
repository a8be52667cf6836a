"""The ports of nodes and graphs, and their places in the text."""

from __future__ import annotations

from typing import Any

from mpgraph.config.flat import FlatNode
from mpgraph.config.source import NodeSource
from mpgraph.errors import InvalidArgumentError
from mpgraph.framework.tags import TagIndex, parse_entry
from mpgraph.visualizer.examination import NodeInfo
from mpgraph.visualizer.model import DrawnPort, Place


def ports_of(flat: FlatNode, port_list: str, finding: NodeInfo | None = None) -> tuple[DrawnPort, ...]:
    """The ports of one list in the order of the text, those included that do not parse."""
    back = _back_edges(flat.config) if port_list == "input_stream" else set()
    ports: list[DrawnPort] = []
    untagged = 0
    for position, entry in enumerate(getattr(flat.config, port_list)):
        location = flat.place(port_list, position)
        line = location.line if location else 0
        try:
            parsed = parse_entry(entry)
        except InvalidArgumentError:
            ports.append(DrawnPort(entry, "", untagged, entry.rpartition(":")[2], line=line))
            untagged += 1
            continue
        index = untagged if parsed.index is None else parsed.index
        untagged += parsed.index is None
        kind = finding.types.get((port_list, TagIndex(parsed.tag, index)), "") if finding else ""
        is_back = (parsed.tag, index) in back
        ports.append(DrawnPort(entry, parsed.tag, index, parsed.name, kind, line, is_back))
    return tuple(ports)


def _back_edges(config: Any) -> set[tuple[str, int]]:
    found = set()
    for info in getattr(config, "input_stream_info", ()):
        if info.back_edge:
            tag, _, index = info.tag_index.partition(":")
            found.add((tag, int(index) if index.isdecimal() else 0))
    return found


def location_of(source: NodeSource) -> Place | None:
    """The lines of a node, None if it has none."""
    if source.location is None:
        return None
    first = source.location
    return Place(first.file, first.line, first.column, source.tree.end_line if source.tree else first.line)
