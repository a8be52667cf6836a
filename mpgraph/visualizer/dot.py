"""Graphs in DOT, the language of Graphviz: a cluster for each open subgraph, a cell for each port."""

from __future__ import annotations

import html
from collections.abc import Iterator

from mpgraph.visualizer.model import DrawnGraph, DrawnNode, DrawnPort
from mpgraph.visualizer.structure import structure_of
from mpgraph.visualizer.visible import Expand, Line, LineEnd, expanded_ids, visible

_COLOURS = {"calculator": "#ffffff", "subgraph": "#f3eefe", "unknown": "#f7f7f8", "generator": "#fff6e5"}
_PORT_STYLES = {
    "in": 'shape=oval, style=filled, fillcolor="#e7f5ec"',
    "out": 'shape=oval, style=filled, fillcolor="#e8f1fd"',
    "side_in": 'shape=box, style=filled, fillcolor="#fdf3e0"',
    "side_out": 'shape=box, style=filled, fillcolor="#fdf3e0"',
}


def to_dot(source: object, *, expand: Expand = "none") -> str:
    """Return a graph as DOT, the language of Graphviz, with a cluster for each open subgraph.

    Arguments and errors as of `mpgraph.visualizer.svg.to_svg`.
    """
    structure = structure_of(source)
    expanded = expanded_ids(structure.graph, expand)
    shown = visible(structure, expanded)
    ids = shown.short_ids()
    lines = [
        "digraph mpgraph {",
        "  rankdir=TB; compound=true;",
        '  node [fontname="Helvetica", fontsize=11];',
        '  edge [fontname="Helvetica", fontsize=9];',
    ]
    for end, kind, port in shown.ports:
        lines.append(f"  {ids[end]} [label={_quoted(port.entry)}, {_PORT_STYLES[kind]}];")
    lines += _nodes(structure.graph, set(expanded), ids, "  ")
    lines += [f"  {_edge(line, ids)};" for line in shown.lines]
    return "\n".join([*lines, "}", ""])


def _nodes(graph: DrawnGraph, expanded: set[str], ids: dict[str, str], indent: str) -> Iterator[str]:
    for node in graph.nodes:
        if node.graph is not None and node.id in expanded:
            yield f"{indent}subgraph {_quoted(f'cluster {node.id}')} {{"
            yield f'{indent}  label={_quoted(node.calculator)}; style=rounded; bgcolor="#f4f6fb";'
            yield from _nodes(node.graph, expanded, ids, indent + "  ")
            yield f"{indent}}}"
        else:
            yield f"{indent}{ids[node.id]} [shape=plain, label=<{_table(node)}>];"


def _table(node: DrawnNode) -> str:
    """A node as a table: inputs above, outputs below, side packets at the sides."""
    title = f"<b>{_text(node.calculator)}</b>"
    if node.is_named:
        title += f"<br/>{_text(node.name)}"
    middle = _column("si", node.side_inputs) + f'<td cellpadding="6">{title}</td>'
    middle += _column("so", node.side_outputs)
    rows = [_row("i", node.inputs), f"<tr><td>{_wrapped(middle)}</td></tr>", _row("o", node.outputs)]
    style = f'border="1" cellborder="0" cellspacing="0" bgcolor="{_COLOURS[node.kind]}"'
    return f"<table {style}>{''.join(rows)}</table>"


def _row(prefix: str, ports: tuple[DrawnPort, ...]) -> str:
    cells = "".join(_cells(prefix, ports))
    return f"<tr><td>{_wrapped(cells)}</td></tr>" if cells else ""


def _column(prefix: str, ports: tuple[DrawnPort, ...]) -> str:
    rows = "".join(f"<tr>{cell}</tr>" for cell in _cells(prefix, ports))
    return f'<td><table border="0" cellborder="0" cellspacing="0">{rows}</table></td>' if rows else ""


def _cells(prefix: str, ports: tuple[DrawnPort, ...]) -> Iterator[str]:
    for position, port in enumerate(ports):
        yield f'<td port="{prefix}{position}"><font point-size="9">{_text(port.entry)}</font></td>'


def _wrapped(cells: str) -> str:
    return f'<table border="0" cellborder="0" cellspacing="2"><tr>{cells}</tr></table>'


def _edge(line: Line, ids: dict[str, str]) -> str:
    attributes = [f"tooltip={_quoted(' '.join(filter(None, (line.name, line.type))))}"]
    if line.back_edge:
        attributes.append("style=dashed, constraint=false")
    if line.kind != "stream":
        attributes.append('color="#b57a1a"')
    source = _end(line.source, ids, "o:{}:s" if line.kind == "stream" else "so:{}:e")
    target = _end(line.target, ids, "i:{}:n" if line.kind == "stream" else "si:{}:w")
    return f"{source} -> {target} [{', '.join(attributes)}]"


def _end(tip: LineEnd, ids: dict[str, str], port: str) -> str:
    """A node with the cell of its port and the side of it where lines end."""
    name = ids[tip.id]
    if name.startswith("e"):
        return name
    cell, _, compass = port.partition(":{}:")
    return f"{name}:{cell}{tip.index}:{compass}"


def _quoted(text: str) -> str:
    escaped = _printable(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _text(text: str) -> str:
    return html.escape(_printable(text)) or " "


def _printable(text: str) -> str:
    """Without what XML cannot hold: Graphviz reads labels with an XML parser."""
    return "".join("\ufffd" if _unfit(character) else character for character in text)


def _unfit(c: str) -> bool:
    return c < " " or "\ud800" <= c <= "\udfff" or c in "\ufffe\uffff"
