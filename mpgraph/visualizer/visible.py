"""The visible part of a graph with some subgraphs open: closed nodes, and the lines between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from mpgraph.errors import InvalidArgumentError, did_you_mean
from mpgraph.visualizer.model import (
    DrawnEdge,
    DrawnGraph,
    DrawnNode,
    DrawnPort,
    Endpoint,
    Structure,
    ports_of,
)

Expand: TypeAlias = "str | Sequence[str]"
"""The subgraphs to open: "all", "none", or names; see `expanded_ids`."""

_PORT_LISTS = (("in", "inputs"), ("side_in", "side_inputs"), ("out", "outputs"), ("side_out", "side_outputs"))


@dataclass(frozen=True)
class LineEnd:
    """One end of a line: a node's id, or "in:", "out:", "side_in:" or "side_out:" and an entry of the graph.

    index: the position of the port in its list.
    """

    id: str
    port: DrawnPort
    index: int


@dataclass(frozen=True)
class Line:
    """A stream or side packet between two closed nodes, across the borders of open subgraphs."""

    kind: str
    name: str
    type: str
    back_edge: bool
    source: LineEnd
    target: LineEnd


@dataclass(frozen=True)
class Visible:
    """The visible part of a graph.

    ports: (id, kind as in LineEnd, port) of the outermost graph's own streams and side packets.
    nodes: the closed nodes, each with the open subgraphs around it, outermost first.
    """

    ports: tuple[tuple[str, str, DrawnPort], ...]
    nodes: tuple[tuple[DrawnNode, tuple[DrawnNode, ...]], ...]
    lines: tuple[Line, ...]

    def short_ids(self) -> dict[str, str]:
        """Return an identifier for each id of a port ("e0" ...) and of a node ("n0" ...)."""
        ids = {end: f"e{index}" for index, (end, _, _) in enumerate(self.ports)}
        return ids | {node.id: f"n{index}" for index, (node, _) in enumerate(self.nodes)}


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


def visible(structure: Structure, expanded: Sequence[str]) -> Visible:
    """Return the visible part of a graph. expanded: the ids of the open subgraphs."""
    graph = structure.graph
    opened = set(expanded)
    ports = tuple(
        (f"{kind}:{port.entry}", kind, port) for kind, name in _PORT_LISTS for port in getattr(graph, name)
    )
    nodes: list[tuple[DrawnNode, tuple[DrawnNode, ...]]] = []
    lines: list[Line] = []
    _walk(_Level(graph, None, None, opened), (), nodes, lines)
    return Visible(ports, tuple(nodes), tuple(lines))


class _Level:
    """One graph, and the level and node around it."""

    def __init__(
        self, graph: DrawnGraph, node: DrawnNode | None, outer: _Level | None, opened: set[str]
    ) -> None:
        self.graph = graph
        self.node = node
        self.outer = outer
        self.opened = opened
        self.nodes = {node.id: node for node in graph.nodes}
        self.incoming = {(edge.kind, edge.target): edge for edge in graph.edges}
        self._inside: dict[str, _Level] = {}

    def is_open(self, node: DrawnNode) -> bool:
        return node.graph is not None and node.id in self.opened

    def inside(self, node: DrawnNode) -> _Level:
        if node.id not in self._inside:
            assert node.graph is not None
            self._inside[node.id] = _Level(node.graph, node, self, self.opened)
        return self._inside[node.id]

    def source(self, kind: str, end: Endpoint) -> LineEnd | None:
        """The closed node or graph input from which the edge at `end` of this graph really comes."""
        if end.node:
            node = self.nodes[end.node]
            port = ports_of(node, kind, "outputs")[end.port]
            if not self.is_open(node):
                return LineEnd(node.id, port, end.port)
            inner = self.inside(node)
            position = _position(ports_of(inner.graph, kind, "outputs"), port)
            edge = inner.incoming.get((kind, Endpoint("", position)))
            return inner.source(kind, edge.source) if edge else None
        port = ports_of(self.graph, kind, "inputs")[end.port]
        if self.outer is None or self.node is None:
            return LineEnd(f"{'in' if kind == 'stream' else 'side_in'}:{port.entry}", port, end.port)
        position = _position(ports_of(self.node, kind, "inputs"), port)
        edge = self.outer.incoming.get((kind, Endpoint(self.node.id, position)))
        return self.outer.source(kind, edge.source) if edge else None


def _walk(
    level: _Level,
    path: tuple[DrawnNode, ...],
    nodes: list[tuple[DrawnNode, tuple[DrawnNode, ...]]],
    lines: list[Line],
) -> None:
    for node in level.graph.nodes:
        if not level.is_open(node):
            nodes.append((node, path))
    for edge in level.graph.edges:
        target = _target(level, edge)
        source = level.source(edge.kind, edge.source) if target else None
        if source and target:
            lines.append(Line(edge.kind, edge.name, edge.type, edge.back_edge, source, target))
    for node in level.graph.nodes:
        if level.is_open(node):
            _walk(level.inside(node), (*path, node), nodes, lines)


def _target(level: _Level, edge: DrawnEdge) -> LineEnd | None:
    """The end of an edge, if it is at a closed node or at an output of the outermost graph."""
    index = edge.target.port
    if edge.target.node:
        node = level.nodes[edge.target.node]
        port = ports_of(node, edge.kind, "inputs")[index]
        return None if level.is_open(node) else LineEnd(node.id, port, index)
    if level.outer is not None:
        return None
    port = ports_of(level.graph, edge.kind, "outputs")[index]
    return LineEnd(f"{'out' if edge.kind == 'stream' else 'side_out'}:{port.entry}", port, index)


def _position(ports: Sequence[DrawnPort], wanted: DrawnPort) -> int:
    """The position of the port with the same tag and index, -1 if there is none."""
    return next(
        (
            position
            for position, port in enumerate(ports)
            if (port.tag, port.index) == (wanted.tag, wanted.index) and not port.implied
        ),
        -1,
    )
