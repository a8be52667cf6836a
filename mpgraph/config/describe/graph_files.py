"""Descriptions of subgraphs in files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from mpgraph.config.describe.description import SUBGRAPH, Description, PortDescription
from mpgraph.config.model import Edge, GraphModel
from mpgraph.config.port_lists import INPUT, OUTPUT, PORT_LISTS
from mpgraph.config.source import GraphSource
from mpgraph.config.text.pbtxt import TextComment, TextMessage
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
    ports, is_valid = ports_of(source)
    return Description(
        name,
        SUBGRAPH,
        _origin(Path(source.file)),
        _comment_on_top(source.tree),
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
    ports = tuple(port for port_list in PORT_LISTS for port in _ports(source, port_list, model))
    return ports, model is not None


def _ports(source: GraphSource, port_list: str, model: GraphModel | None) -> Iterator[PortDescription]:
    edges: dict[str, Edge] = {}
    if model is not None:
        edges = model.streams if port_list in (INPUT, OUTPUT) else model.side_packets
    tags = TagMap(getattr(source.config, port_list))
    docs = _comments_above(source.tree, port_list)
    for (port, stream), position in zip(tags, tags.positions, strict=True):
        edge = edges.get(stream)
        types = tuple(sorted(kind.name for kind in edge.types or ())) if edge else ()
        doc = docs[position] if docs else ""
        yield PortDescription(port_list, stream, port.tag, port.index, types, doc=doc)


def _origin(file: Path) -> str:
    absolute = file.resolve()
    if absolute.is_relative_to(shipped_graphs().resolve()):
        return "mpgraph, graphs"
    return f"folder {file.parent}"


def _comment_on_top(tree: TextMessage | None) -> str:
    """The first comment of the file that is not a license."""
    comments = (tree.fields[0].comments if tree.fields else tree.end_comments) if tree else ()
    for block in _blocks(comments):
        if not block[0].lower().startswith(("copyright", "licensed")):
            return "\n".join(block).strip()
    return ""


def _comments_above(tree: TextMessage | None, name: str) -> list[str]:
    """For each value of a field, the comment in the lines above it, joined into one line."""
    docs = []
    for field in tree.fields if tree else ():
        for single in field.singles() if field.name == name else ():
            blocks = _blocks(single.comments or field.comments)
            is_apart = single.after_blank if single.comments else field.after_blank
            docs.append(" ".join(blocks[-1]) if blocks and not is_apart else "")
    return docs


def _blocks(comments: Sequence[TextComment]) -> list[list[str]]:
    """Comments by their paragraphs, without the `#`; further indentation, as of code, is kept."""
    blocks: list[list[str]] = []
    for comment in comments:
        if comment.after_blank or not blocks:
            blocks.append([])
        blocks[-1].append(comment.text.removeprefix("#").removeprefix(" "))
    return blocks
