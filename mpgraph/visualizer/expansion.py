"""Select the subgraphs to open, by any of their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from mpgraph.errors import InvalidArgumentError, did_you_mean
from mpgraph.visualizer.model import DrawnGraph, DrawnNode

Expand: TypeAlias = "str | Sequence[str]"
"""The subgraphs to open: "all", "none", or names; see `expanded_ids`."""


def expanded_ids(graph: DrawnGraph, expand: Expand) -> list[str]:
    """Return the ids of the subgraphs to open, outer ones first.

    expand: "all", "none", or names of subgraphs: ids ("segmentation/inference"), names of nodes, or names
        of subgraphs ("SelfieSegmentationCpu"). The subgraphs around an open subgraph are open too.
    Raises InvalidArgumentError for a name that no subgraph in the graph has.
    """
    wanted = [expand] if isinstance(expand, str) else list(expand)
    known = list(_openable(graph))
    if "all" in wanted:
        return [node.id for node in known]
    opened: set[str] = set()
    for name in wanted:
        if name == "none":
            continue
        matches = [node for node in known if name in (node.id, node.name, node.calculator)]
        if not matches:
            names = sorted({each for node in known for each in (node.name, node.calculator)})
            hint = did_you_mean(name, names)
            there = f" There are: {', '.join(names)}." if names and not hint else hint
            raise InvalidArgumentError(
                f'There is no subgraph "{name}" that could be expanded.{there or " The graph has none."}'
            )
        for node in matches:
            steps = node.id.split("/")
            opened.update("/".join(steps[: end + 1]) for end in range(len(steps)))
    return [node.id for node in known if node.id in opened]


def _openable(graph: DrawnGraph) -> Iterator[DrawnNode]:
    for node in graph.nodes:
        if node.graph is not None:
            yield node
            yield from _openable(node.graph)
