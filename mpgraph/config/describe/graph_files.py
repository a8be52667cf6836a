"""Descriptions of subgraphs in files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path

from mpgraph.config.describe.description import SUBGRAPH, Description, PortDescription
from mpgraph.config.model import Edge, GraphModel
from mpgraph.config.port_lists import INPUT, OUTPUT, PORT_LISTS
from mpgraph.config.source import TEXT_SUFFIXES, GraphSource
from mpgraph.config.validation.pipeline import validate
from mpgraph.errors import Location, MpgraphError
from mpgraph.framework.resources import shipped_graphs
from mpgraph.framework.tags import TagMap


def describe_graph(name: str, source: GraphSource) -> Description:
    """Describe the graph that nodes use under `name`.

    The types of its ports are those of its streams, or unknown if the graph is not valid. Their
    documentation is the comments above them.
    Raises MpgraphError if its ports do not parse.
    """
    file = Path(source.file)
    ports, is_valid = ports_of(source)
    return Description(
        name,
        SUBGRAPH,
        _origin(file),
        _comment_on_top(_lines(file)),
        ports,
        "" if is_valid else "The graph has errors: mpgraph check lists them.",
        location=Location(source.file, 1, 1),
    )


def ports_of(source: GraphSource) -> tuple[tuple[PortDescription, ...], bool]:
    """Return the ports of a graph that is used as a node, and whether the graph is valid."""
    try:
        model = validate(source)
    except MpgraphError:
        model = None
    lines = _lines(Path(source.file)) if source.tree is not None else []
    ports = tuple(port for port_list in PORT_LISTS for port in _ports(source, port_list, model, lines))
    return ports, model is not None


def _ports(
    source: GraphSource, port_list: str, model: GraphModel | None, lines: Sequence[str]
) -> Iterator[PortDescription]:
    edges: dict[str, Edge] = {}
    if model is not None:
        edges = model.streams if port_list in (INPUT, OUTPUT) else model.side_packets
    tags = TagMap(getattr(source.config, port_list))
    for (port, stream), position in zip(tags, tags.positions, strict=True):
        location = source.field_location(port_list, position)
        doc = _comment_above(lines, location.line - 1) if location else ""
        types = _types(edges.get(stream))
        yield PortDescription(port_list, stream, port.tag, port.index, types, doc=doc)


def _types(edge: Edge | None) -> tuple[str, ...]:
    return tuple(sorted(kind.name for kind in edge.types)) if edge is not None and edge.types else ()


def _origin(file: Path) -> str:
    absolute = file.resolve()
    if absolute.is_relative_to(shipped_graphs().resolve()):
        return "mpgraph, graphs"
    return f"folder {file.parent}"


def _lines(file: Path) -> list[str]:
    """The lines of a text file; none for other files."""
    try:
        return file.read_text("utf-8").splitlines() if file.suffix in TEXT_SUFFIXES else []
    except (OSError, UnicodeDecodeError):
        return []


def _comment_above(lines: Sequence[str], index: int) -> str:
    """The comment that ends in the line before `index`, joined to one line."""
    block = takewhile(_is_comment, reversed(lines[: max(index, 0)]))
    return " ".join(reversed([_words(line) for line in block]))


def _comment_on_top(lines: Sequence[str]) -> str:
    """The first comment of the file that is not a license."""
    start = 0
    while start < len(lines) and (_is_comment(lines[start]) or not lines[start].strip()):
        block = list(takewhile(_is_comment, lines[start:]))
        if block and not _words(block[0]).lower().startswith(("copyright", "licensed")):
            return "\n".join(map(_words, block)).strip()
        start += len(block) or 1
    return ""


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _words(line: str) -> str:
    """A comment without its `#`; further indentation, as of code, is kept."""
    return line.lstrip().removeprefix("#").removeprefix(" ").rstrip()
