"""Connections between the ports of one graph, and the types that they carry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeAlias

from mpgraph.visualizer.model import (
    PORT_FIELDS,
    DrawnEdge,
    DrawnGraph,
    DrawnNode,
    DrawnPort,
    Endpoint,
    ports_of,
)

Connection: TypeAlias = "tuple[str, str, str]"
"""A stream or side packet, as the id of its graph, its kind ("stream" or "side") and its name."""

MAX_NAME = 150
"""The number of characters of a stream's name in the ids of its edges; their targets make them unique."""


def with_implied_side_inputs(graph: DrawnGraph) -> DrawnGraph:
    """Add the side packets that nodes need but that are neither declared nor produced in the graph."""
    known = {port.name for port in graph.side_inputs}
    known.update(port.name for node in graph.nodes for port in node.side_outputs)
    implied: dict[str, DrawnPort] = {}
    for node in graph.nodes:
        for port in node.side_inputs:
            if port.name not in known:
                implied.setdefault(port.name, DrawnPort(port.name, "", 0, port.name, implied=True))
    untagged = sum(not port.tag for port in graph.side_inputs)
    added = (replace(port, index=untagged + index) for index, port in enumerate(implied.values()))
    return replace(graph, side_inputs=(*graph.side_inputs, *added))


def edges_of(graph: DrawnGraph) -> tuple[DrawnEdge, ...]:
    """Return an edge for each consumer of each stream and side packet of one graph, in text order."""
    return (*_edges(graph, "stream"), *_edges(graph, "side"))


def _edges(graph: DrawnGraph, kind: str) -> Iterator[DrawnEdge]:
    producers: dict[str, tuple[Endpoint, DrawnPort]] = {}
    for index, port in enumerate(ports_of(graph, kind, "inputs")):
        producers.setdefault(port.name, (Endpoint("", index), port))
    for node in graph.nodes:
        for index, port in enumerate(ports_of(node, kind, "outputs")):
            producers.setdefault(port.name, (Endpoint(node.id, index), port))
    prefix = f"{graph.id}/" if graph.id else ""

    def edge(port: DrawnPort, target: Endpoint) -> Iterator[DrawnEdge]:
        if port.name in producers:
            source, output = producers[port.name]
            to = target.node.rpartition("/")[2]
            identifier = f"{prefix}{kind}:{port.name[:MAX_NAME]}>{to}:{target.port}"
            carried = output.type or port.type
            yield DrawnEdge(identifier, kind, port.name, source, target, carried, port.back_edge)

    for node in graph.nodes:
        for index, port in enumerate(ports_of(node, kind, "inputs")):
            yield from edge(port, Endpoint(node.id, index))
    for index, port in enumerate(ports_of(graph, kind, "outputs")):
        yield from edge(port, Endpoint("", index))


def with_types(graph: DrawnGraph) -> DrawnGraph:
    """Give every port without a type the type of its stream, preferably that of the producer."""
    groups = _Groups()
    produced: list[tuple[Connection, str]] = []
    consumed: list[tuple[Connection, str]] = []
    _collect(graph, groups, produced, consumed)
    types: dict[Connection, str] = {}
    for connection, label in (*produced, *consumed):
        if label:
            types.setdefault(groups.of(connection), label)
    return _typed(graph, lambda connection: types.get(groups.of(connection), ""))


class _Groups:
    """A union-find of connections: a stream through the border of a subgraph has a name on either side."""

    def __init__(self) -> None:
        self._parent: dict[Connection, Connection] = {}

    def of(self, connection: Connection) -> Connection:
        while connection in self._parent:
            connection = self._parent[connection]
        return connection

    def join(self, left: Connection, right: Connection) -> None:
        left, right = self.of(left), self.of(right)
        if left != right:
            self._parent[right] = left


def border_pairs(node: DrawnNode) -> Iterator[tuple[str, DrawnPort, DrawnPort]]:
    """Yield (kind, port of the node, port of the graph inside) for each port that both have."""
    if node.graph is None:
        return
    for kind, name in PORT_FIELDS:
        inside = {(port.tag, port.index): port for port in getattr(node.graph, name) if not port.implied}
        for port in getattr(node, name):
            if (port.tag, port.index) in inside:
                yield kind, port, inside[port.tag, port.index]


def _collect(
    graph: DrawnGraph,
    groups: _Groups,
    produced: list[tuple[Connection, str]],
    consumed: list[tuple[Connection, str]],
) -> None:
    for node in graph.nodes:
        for kind, name in PORT_FIELDS:
            into = produced if name.endswith("outputs") else consumed
            into += [((graph.id, kind, port.name), port.type) for port in getattr(node, name)]
        if node.graph is not None:
            for kind, outer, inner in border_pairs(node):
                groups.join((graph.id, kind, outer.name), (node.graph.id, kind, inner.name))
            _collect(node.graph, groups, produced, consumed)


def _typed(graph: DrawnGraph, type_of: Callable[[Connection], str]) -> DrawnGraph:
    def ports(holder: DrawnGraph | DrawnNode) -> dict[str, Any]:
        return {
            name: tuple(
                port if port.type else replace(port, type=type_of((graph.id, kind, port.name)))
                for port in getattr(holder, name)
            )
            for kind, name in PORT_FIELDS
        }

    nodes = tuple(
        replace(node, **ports(node), graph=_typed(node.graph, type_of) if node.graph else None)
        for node in graph.nodes
    )
    typed = replace(graph, **ports(graph), nodes=nodes)
    return replace(typed, edges=edges_of(typed))
