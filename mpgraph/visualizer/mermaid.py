"""Graphs as Mermaid flowcharts, which GitHub and GitLab render in READMEs."""

from __future__ import annotations

from collections.abc import Iterator

from mpgraph.visualizer.model import DrawnGraph
from mpgraph.visualizer.structure import structure_of
from mpgraph.visualizer.visible import Expand, Line, expanded_ids, visible

_CLASSES = (
    "classDef calculator fill:#ffffff,stroke:#8896ab,color:#18212f",
    "classDef subgraph_ fill:#f3eefe,stroke:#9378dd,color:#18212f",
    "classDef unknown fill:#f7f7f8,stroke:#9aa1ac,color:#18212f,stroke-dasharray:4 3",
    "classDef generator fill:#fff6e5,stroke:#d5a040,color:#18212f",
    "classDef input fill:#e7f5ec,stroke:#4f9d67,color:#18212f",
    "classDef output fill:#e8f1fd,stroke:#4f86cf,color:#18212f",
    "classDef packet fill:#fdf3e0,stroke:#c78f2d,color:#18212f",
)
_PORT_CLASSES = {"in": "input", "out": "output", "side_in": "packet", "side_out": "packet"}


def to_mermaid(source: object, *, expand: Expand = "none") -> str:
    """Return a graph as a Mermaid flowchart, for READMEs.

    Side packets are thick lines, back edges dotted lines. Every name is quoted and escaped.
    Arguments and errors as of `mpgraph.visualizer.svg.to_svg`.
    """
    structure = structure_of(source)
    expanded = expanded_ids(structure.graph, expand)
    shown = visible(structure, expanded)
    ids = shown.short_ids()
    lines = ["flowchart TB"]
    for end, kind, port in shown.ports:
        shape = '(["{}"])' if kind in ("in", "out") else '[/"{}"/]'
        lines.append(f"  {ids[end]}{shape.format(_text(port.entry))}:::{_PORT_CLASSES[kind]}")
    lines += _nodes(structure.graph, {name: f"g{i}" for i, name in enumerate(expanded)}, ids, "  ")
    lines += [f"  {_edge(line, ids)}" for line in shown.lines]
    lines += [f"  {line}" for line in _CLASSES]
    return "\n".join([*lines, ""])


def _nodes(graph: DrawnGraph, groups: dict[str, str], ids: dict[str, str], indent: str) -> Iterator[str]:
    for node in graph.nodes:
        if node.graph is not None and node.id in groups:
            yield f'{indent}subgraph {groups[node.id]}["{_text(node.calculator)}"]'
            yield from _nodes(node.graph, groups, ids, indent + "  ")
            yield f"{indent}end"
            continue
        label = _text(node.calculator)
        if node.is_named:
            label += f"<br/>{_text(node.name)}"
        kind = "subgraph_" if node.kind == "subgraph" else node.kind
        brackets = '[["{}"]]' if node.kind == "subgraph" else '["{}"]'
        yield f"{indent}{ids[node.id]}{brackets.format(label)}:::{kind}"


def _edge(line: Line, ids: dict[str, str]) -> str:
    arrow = "-.->" if line.back_edge else "-->" if line.kind == "stream" else "==>"
    tag = line.target.port.tag
    label = f"{tag}:{line.name}" if tag else line.name
    return f'{ids[line.source.id]} {arrow}|"{_text(label)}"| {ids[line.target.id]}'


def _text(text: str) -> str:
    """Text for use between quotes; special characters are written as numeric entities."""
    return "".join(c if c.isalnum() or c in " _.-:/,()" else f"#{ord(c)};" for c in text) or " "
