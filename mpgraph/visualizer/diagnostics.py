"""What is wrong with a graph, each mistake at the innermost node in whose lines it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mpgraph.config.validation import diagnostics as config
from mpgraph.visualizer.model import DrawnDiagnostic, DrawnNode, Graph, Place


def placed(found: Sequence[config.Diagnostic], graph: Graph) -> tuple[DrawnDiagnostic, ...]:
    """Return what validation found with the nodes it is about."""
    result = []
    for known in found:
        place = Place(known.file, known.line, known.column, known.line) if known.line else None
        node = next(_nodes_at(graph, place), None) if place else None
        own = node.id if node else ""
        result.append(
            DrawnDiagnostic(known.severity, known.message, place, own, known.code, known.suggestion)
        )
    return tuple(result)


def attached(graph: Graph, diagnostics: Sequence[DrawnDiagnostic]) -> Graph:
    """Return the graph with each diagnostic at its nodes; a file that is used twice shows it twice."""
    if not diagnostics:
        return graph
    own: dict[str, list[DrawnDiagnostic]] = {}
    for diagnostic in diagnostics:
        if diagnostic.place:
            for node in _nodes_at(graph, diagnostic.place):
                own.setdefault(node.id, []).append(replace(diagnostic, node=node.id))
    return _attached(graph, own)


def _attached(graph: Graph, own: dict[str, list[DrawnDiagnostic]]) -> Graph:
    nodes = tuple(
        replace(
            node,
            diagnostics=tuple(own.get(node.id, ())),
            graph=_attached(node.graph, own) if node.graph else None,
        )
        for node in graph.nodes
    )
    return replace(graph, nodes=nodes)


def _nodes_at(graph: Graph, place: Place) -> Iterator[DrawnNode]:
    for node in graph.nodes:
        inner = list(_nodes_at(node.graph, place)) if node.graph else []
        if inner:
            yield from inner
        elif node.place and node.place.file == place.file and _covers(node.place, place.line):
            yield node


def _covers(place: Place, line: int) -> bool:
    return place.line <= line <= place.end_line
