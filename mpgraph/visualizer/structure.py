"""From a graph as its author wrote it, right or wrong, to the model of it that is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from mpgraph.config.expansion.subgraphs import SubgraphNames
from mpgraph.config.source import GraphSource, WrittenGraph, is_path, load_graph, parse_graph_text
from mpgraph.config.text.printing import graph_to_text
from mpgraph.config.validation.diagnostics import analyse
from mpgraph.errors import ConfigError
from mpgraph.visualizer.connections import with_types
from mpgraph.visualizer.diagnostics import attached, placed
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
    graph, text = read_graph(source, file)
    count = len(graph.config.node)
    if count > MAX_NODES:
        raise ConfigError(f"{count} nodes are too many to be drawn; the most are {MAX_NODES}.")
    names = SubgraphNames(subgraphs or getattr(source, "subgraphs", ()), lenient=True)
    analysis = analyse(graph, names)
    nesting = Nesting(analysis)
    outermost = with_types(nesting.outermost())
    files = {graph.file: text}
    for name in nesting.files:
        if name not in files:
            files[name] = nesting.texts.get(name) or _text_of(name)
    found = placed(analysis.diagnostics, outermost)
    return Structure(attached(outermost, found), files, found)


def read_graph(source: object, file: str = "") -> tuple[GraphSource, str]:
    """Return a graph, as far as it can be understood, and its text.

    A graph that never was text gets one, so that every node has its lines.
    """
    if isinstance(source, WrittenGraph):
        source = source.graph_source()
        if not is_path(source.file):
            # Its text is not at hand, or it has none: the places of a GraphBuilder are lines of a program.
            source = graph_to_text(source.config, source.unknown)
    text = source if isinstance(source, str) and not is_path(source) else ""
    graph = load_graph(source, file or "<string>", lenient=True)
    if graph.tree is None:
        text = graph_to_text(graph.config, graph.unknown)
        graph = replace(parse_graph_text(text, graph.file), file=graph.file)
    elif Path(graph.file).is_file() and not (file and text):
        text = _text_of(graph.file)
    elif not text:
        text = graph_to_text(graph.config, graph.unknown)
    return graph, text


def _text_of(name: str) -> str:
    """The text of a file, "" if it is none."""
    try:
        return Path(name).read_text(encoding="utf-8-sig", errors="replace")
    except (OSError, ValueError):
        return ""
