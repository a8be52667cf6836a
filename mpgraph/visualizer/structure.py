"""From a graph as its author wrote it, right or wrong, to the model of it that is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mpgraph.config.binding import ConfigErrors, bind
from mpgraph.config.pbtxt import parse_text
from mpgraph.config.printing import graph_to_text
from mpgraph.config.source import GraphSource, WrittenGraph, is_path, load_graph, parse_graph_text
from mpgraph.config.subgraphs import SubgraphNames
from mpgraph.errors import ConfigError, MpgraphError
from mpgraph.protos import calculator_pb2
from mpgraph.visualizer.connections import with_types
from mpgraph.visualizer.diagnostics import attached, diagnostics_of
from mpgraph.visualizer.examination import examine
from mpgraph.visualizer.model import MAX_NODES, Structure
from mpgraph.visualizer.nesting import Nesting


def structure_of(
    source: object, *, subgraphs: Mapping[str, object] | Sequence[object] = (), file: str = ""
) -> Structure:
    """Return the model of a graph, ready to be drawn.

    source: a path, graph text, the bytes of a binary graph, a CalculatorGraphConfig message, a GraphBuilder,
        a ValidatedGraphConfig or a CalculatorGraph.
    subgraphs: graphs that nodes may name, by name, or by the `type` in them.
    file: what text is called in places; subgraphs are looked for beside it.

    What is wrong with the graph comes back in `diagnostics`. Raises ConfigError only for what cannot
    be read at all or has more than MAX_NODES nodes, and ResourceNotFoundError if there is no such file.
    Subgraphs with which it would have more stay closed.
    """
    graph, text, errors = read_graph(source, file)
    count = len(graph.config.node)
    if count > MAX_NODES:
        raise ConfigError(f"{count} nodes are too many to be drawn; the most are {MAX_NODES}.")
    names = SubgraphNames(subgraphs or getattr(source, "subgraphs", ()))
    examination = examine(graph, names)
    nesting = Nesting(names, examination)
    outermost = with_types(nesting.graph(graph))
    files = {graph.file: text}
    for name in nesting.files:
        if name not in files:
            files[name] = nesting.texts.get(name) or _text_of(name)
    found = diagnostics_of([*errors, *examination.errors], outermost)
    return Structure(attached(outermost, found), files, found)


def read_graph(source: object, file: str = "") -> tuple[GraphSource, str, list[MpgraphError]]:
    """Return a graph, its text and what of it could not be understood.

    A graph that never was text gets one, so that every node has its lines.
    """
    errors: list[MpgraphError] = []
    if isinstance(source, WrittenGraph):
        source = source.graph_source()
        if not is_path(source.file):
            # Its text is not at hand, or it has none: the places of a GraphBuilder are lines of a program.
            source = graph_to_text(source.config, source.unknown)
    text = source if isinstance(source, str) else ""
    try:
        graph = load_graph(source, file or "<string>")
    except ConfigErrors as error:
        errors += error.errors
        name = error.errors[0].location.file if error.errors[0].location else file
        if name and not name.startswith("<") and name != file:
            text = _text_of(name)
        graph = _understood(text, name)
    if graph.tree is None:
        text = graph_to_text(graph.config, graph.unknown)
        graph = replace(parse_graph_text(text, graph.file), file=graph.file)
    elif Path(graph.file).is_file() and not (file and text):
        text = _text_of(graph.file)
    elif not text:
        text = graph_to_text(graph.config, graph.unknown)
    return graph, text, errors


def _understood(text: str, file: str) -> GraphSource:
    """As much of a text as has a meaning; the mistakes in it are known already."""
    tree = parse_text(text, file)
    config: Any = calculator_pb2.CalculatorGraphConfig()
    try:
        unknown = bind(tree, config)
    except ConfigErrors:
        unknown = ()
    # Nodes stand in the text as often as in the message, or else their places are not known.
    return GraphSource(config, tree if len(tree.all("node")) == len(config.node) else None, file, unknown)


def _text_of(name: str) -> str:
    """The text of a file, "" if it is none."""
    try:
        return Path(name).read_text(encoding="utf-8-sig", errors="replace")
    except (OSError, ValueError):
        return ""
