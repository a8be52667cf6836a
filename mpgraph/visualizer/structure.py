"""From a graph as its author wrote it, valid or not, to the model that is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from mpgraph.config.expansion.subgraphs import SubgraphNames
from mpgraph.config.source import (
    GraphSource,
    WrittenGraph,
    is_path,
    load_graph,
    parse_graph_text,
    readable_text,
)
from mpgraph.config.text.printing import message_to_text
from mpgraph.config.validation.diagnostics import Diagnostic, analyse
from mpgraph.errors import ConfigError
from mpgraph.visualizer.connections import with_types
from mpgraph.visualizer.model import (
    MAX_NODES,
    DrawnDiagnostic,
    DrawnGraph,
    DrawnNode,
    SourceRange,
    Structure,
)
from mpgraph.visualizer.nesting import Nesting


def structure_of(
    source: object, *, subgraphs: Mapping[str, object] | Sequence[object] = (), file: str = ""
) -> Structure:
    """Return the model of a graph, ready to be drawn.

    source: a path, graph text, the bytes of a binary graph, a CalculatorGraphConfig message, a GraphBuilder,
        a ValidatedGraphConfig, a CalculatorGraph, or a Structure, which is returned as it is.
    subgraphs: graphs that nodes may name, by name, or by the `type` in them.
    file: the file name for locations in graph text; subgraphs are looked up beside it.

    Errors in the graph are listed in `diagnostics`. Subgraphs that would take it over MAX_NODES nodes stay
    closed. Raises ConfigError only for text that cannot be parsed at all and for more than MAX_NODES nodes
    in the outermost graph, and ResourceNotFoundError if there is no such file.
    """
    if isinstance(source, Structure):
        return source
    graph, text = read_graph(source, file)
    count = len(graph.config.node)
    if count > MAX_NODES:
        raise ConfigError(f"{count} nodes are too many to draw; the maximum is {MAX_NODES}.")
    names = SubgraphNames(subgraphs or getattr(source, "subgraphs", ()), lenient=True)
    analysis = analyse(graph, names)
    nesting = Nesting(analysis)
    outermost = with_types(nesting.outermost())
    files = {graph.file: text}
    for name in nesting.files:
        if name not in files:
            files[name] = nesting.texts.get(name) or readable_text(name)
    diagnostics = tuple(drawn(diagnostic, outermost) for diagnostic in analysis.diagnostics)
    return Structure(_with_diagnostics(outermost, diagnostics), files, diagnostics)


def without_diagnostics(structure: Structure) -> Structure:
    """Return the structure alone, as of a graph that another program runs, without errors and warnings."""
    return replace(structure, graph=_attached(structure.graph, {}), diagnostics=())


def read_graph(source: object, file: str = "") -> tuple[GraphSource, str]:
    """Return a graph, as far as it can be parsed, and its text.

    A graph that has no text is printed, so that every node has lines to show.
    """
    if isinstance(source, WrittenGraph):
        source = source.graph_source()
        if not is_path(source.file):
            # Its text is lost, or it never had any: the locations of a GraphBuilder are lines of a program.
            source = message_to_text(source.config, source.unknown)
    text = source if isinstance(source, str) and not is_path(source) else ""
    graph = load_graph(source, file or "<string>", lenient=True)
    if graph.tree is None:
        text = message_to_text(graph.config, graph.unknown)
        graph = replace(parse_graph_text(text, graph.file), file=graph.file)
    elif Path(graph.file).is_file() and not (file and text):
        text = readable_text(graph.file)
    elif not text:
        text = message_to_text(graph.config, graph.unknown)
    return graph, text


def drawn(diagnostic: Diagnostic, graph: DrawnGraph | None = None) -> DrawnDiagnostic:
    """Return a diagnostic with its range, and with the first node of the graph that it is about."""
    line = diagnostic.line
    location = SourceRange(diagnostic.file, line, diagnostic.column, line) if line else None
    node = next(_nodes_at(graph, location), None) if graph and location else None
    node_id = node.id if node else ""
    severity, code = diagnostic.severity, diagnostic.code
    return DrawnDiagnostic(severity, diagnostic.message, location, node_id, code, diagnostic.suggestion)


def _with_diagnostics(graph: DrawnGraph, diagnostics: Sequence[DrawnDiagnostic]) -> DrawnGraph:
    """The graph with each diagnostic at its nodes, several if its file is used several times."""
    if not diagnostics:
        return graph
    by_node: dict[str, list[DrawnDiagnostic]] = {}
    for diagnostic in diagnostics:
        if diagnostic.location:
            for node in _nodes_at(graph, diagnostic.location):
                by_node.setdefault(node.id, []).append(replace(diagnostic, node=node.id))
    return _attached(graph, by_node)


def _attached(graph: DrawnGraph, by_node: Mapping[str, Sequence[DrawnDiagnostic]]) -> DrawnGraph:
    nodes = tuple(
        replace(
            node,
            diagnostics=tuple(by_node.get(node.id, ())),
            graph=_attached(node.graph, by_node) if node.graph else None,
        )
        for node in graph.nodes
    )
    return replace(graph, nodes=nodes)


def _nodes_at(graph: DrawnGraph, location: SourceRange) -> Iterator[DrawnNode]:
    """Yield the innermost nodes whose lines contain a position."""
    for node in graph.nodes:
        inner = list(_nodes_at(node.graph, location)) if node.graph else []
        if inner:
            yield from inner
        elif node.location and _contains(node.location, location):
            yield node


def _contains(outer: SourceRange, inner: SourceRange) -> bool:
    return outer.file == inner.file and outer.line <= inner.line <= outer.end_line
