"""Convert graphs to networkx, for its graph algorithms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mpgraph.visualizer.structure import structure_of
from mpgraph.visualizer.visible import Expand, expanded_ids, visible

if TYPE_CHECKING:
    import networkx


def to_networkx(
    source: object,
    *,
    expand: Expand = "all",
    subgraphs: Mapping[str, object] | Sequence[object] = (),
) -> networkx.MultiDiGraph[str]:
    """Return a graph as a networkx.MultiDiGraph: a node for each calculator, an edge for each connection.

    source: a graph as `structure_of` accepts it.
    expand: the subgraphs that are replaced by their nodes; a closed subgraph is a node.

    Nodes have their ids as keys, such as "segmentation/inference", and the attributes `kind` ("calculator",
    "subgraph", "unknown", "generator"; "input", "output", "side_input", "side_output" for the graph's own),
    `name`, `calculator`, `path` (the names of the subgraphs around it, outermost first), `options` (those
    that are set, by name, as text), `executor`, `handler`, `max_in_flight`, `file`, `line`. Edges have the
    name of the stream at the consumer, as key and as `name`, and `kind` ("stream" or "side"), `type` ("" if
    unknown), `back_edge`, `source_port` and `target_port` as in the text. Without its back edges a valid
    graph is acyclic.

    Raises as `structure_of`, and InvalidArgumentError for a name in `expand` that no subgraph has.
    """
    import networkx

    structure = structure_of(source, subgraphs=subgraphs)
    seen = visible(structure, expanded_ids(structure.graph, expand))
    result: networkx.MultiDiGraph[str] = networkx.MultiDiGraph(
        name=structure.graph.name, file=structure.graph.file
    )
    kinds = {"in": "input", "out": "output", "side_in": "side_input", "side_out": "side_output"}
    for identifier, kind, port in seen.ports:
        result.add_node(identifier, kind=kinds[kind], name=port.name, calculator="", path=(), type=port.type)
    for node, path in seen.nodes:
        result.add_node(
            node.id,
            kind=node.kind,
            name=node.name,
            calculator=node.calculator,
            path=tuple(outer.name for outer in path),
            options={row.name: row.value for row in node.options if not row.default},
            executor=node.executor,
            handler=node.handler,
            max_in_flight=node.max_in_flight,
            file=node.location.file if node.location else "",
            line=node.location.line if node.location else 0,
        )
    for line in seen.lines:
        result.add_edge(
            line.source.id,
            line.target.id,
            key=_free_key(result, line.source.id, line.target.id, line.name),
            name=line.name,
            kind=line.kind,
            type=line.type,
            back_edge=line.back_edge,
            source_port=line.source.port.entry,
            target_port=line.target.port.entry,
        )
    return result


def _free_key(graph: networkx.MultiDiGraph[str], source: str, target: str, name: str) -> str:
    """The stream's name, with a number if a node reads the stream several times."""
    key, number = name, 2
    while graph.has_edge(source, target, key=key):
        key, number = f"{name} ({number})", number + 1
    return key
