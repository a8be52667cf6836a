"""Connections between nodes: the producer and the consumers of each stream and side packet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from mpgraph.config.flat import FlatNode, name_of
from mpgraph.config.model import Edge, SubgraphUse
from mpgraph.config.port_lists import INPUT, OUTPUT, SIDE_OUTPUT
from mpgraph.config.source import GraphSource
from mpgraph.config.validation.node_contracts import CheckedNode
from mpgraph.errors import MOST_SUGGESTIONS, InternalError, Location, MpgraphError, UnknownError, did_you_mean
from mpgraph.framework.tags import TagMap


@dataclass
class Edges:
    """The connections of nodes, whose ids are their positions in a given order."""

    streams: dict[str, Edge] = field(default_factory=dict)
    side_packets: dict[str, Edge] = field(default_factory=dict)
    errors: list[MpgraphError] = field(default_factory=list)


def connect(
    nodes: Sequence[CheckedNode], graph_inputs: TagMap, source: GraphSource, lost: Iterable[str] = ()
) -> Edges:
    """Find the producer and the consumers of every name; `errors` reports names with two producers.

    lost: streams and side packets whose producers failed earlier; they are not reported as missing.
    """
    edges = Edges()
    for name in lost:
        edges.streams[name] = Edge(name, None, -1)
        edges.side_packets[name] = Edge(name, None, -1)
    locations: dict[tuple[str, str], Location] = {}

    def add(kind: str, edge: Edge, location: Location | None) -> None:
        known = edges.streams if kind == "Output Stream" else edges.side_packets
        first = known.get(edge.name)
        if first is None or first.position < 0:
            known[edge.name] = edge
            if location:
                locations[kind, edge.name] = location
            return
        before = locations.get((kind, edge.name))
        other = f" The other producer is at {before}." if before else ""
        text = f'{kind} "{edge.name}" defined twice.{other}'
        hint = "A name may have only one producer; rename one of the two."
        edges.errors.append(UnknownError(text, location=location, hint=hint, rule="two-producers"))

    for position, name in enumerate(graph_inputs.names):
        location = source.field_location(INPUT, graph_inputs.positions[position])
        add("Output Stream", Edge(name, None, position), location)
    for index, node in enumerate(nodes):
        for position, name in enumerate(node.side_outputs.names):
            location = node.connection(SIDE_OUTPUT, position).location
            add("Output Side Packet", Edge(name, index, position), location)
        for position, name in enumerate(node.outputs.names):
            location = node.connection(OUTPUT, position).location
            add("Output Stream", Edge(name, index, position), location)
    for index, node in enumerate(nodes):
        for position, name in enumerate(node.inputs.names):
            if name in edges.streams:
                edges.streams[name].consumers.append((index, position))
        for position, name in enumerate(node.side_inputs.names):
            edge = edges.side_packets.setdefault(name, Edge(name, None, 0))
            edge.consumers.append((index, position))
    return edges


def names_of_lost(lost: Iterable[FlatNode]) -> Iterator[str]:
    """Yield the names that lost nodes would have produced, so that they are not reported as missing."""
    for flat in lost:
        for entry in (*flat.config.output_stream, *flat.config.output_side_packet):
            yield name_of(entry)


def missing_producers(nodes: Sequence[CheckedNode], edges: Edges, config: Any) -> list[MpgraphError]:
    """Return an error for each input stream without a producer. Side packets may come from outside.

    A stream that enters a subgraph has one error, at the node that the author connected to it.
    config: the graph's CalculatorGraphConfig.
    """
    errors: list[MpgraphError] = []
    side_packets = {*edges.side_packets, *map(name_of, config.input_side_packet)}
    entering: set[tuple[int, str]] = set()
    for index, node in enumerate(nodes):
        for position, name in enumerate(node.inputs.names):
            if name in edges.streams:
                continue
            source = node.connection(INPUT, position)
            outer = source.node
            if outer is not node.flat:
                if (id(outer), name) in entering:
                    continue
                entering.add((id(outer), name))
            written = name.removeprefix(outer.prefix)
            shown = name if outer is node.flat else written
            hint = ""
            if len(errors) < MOST_SUGGESTIONS:
                hint = did_you_mean(written, [*_names_around(outer, nodes, edges), *outer.inputs_around])
            text = (
                f'Input Stream "{shown}" for node with sorted index {index} name '
                f"{source.label} does not have a corresponding output stream."
            )
            if node.back_edges[position]:
                text = f'Unable to find upstream edge for back edge "{shown}" of node "{source.label}".'
            elif name in side_packets:
                hint = f'"{shown}" is a side packet: write input_side_packet instead of input_stream.'
            elif not hint:
                hint = "No node produces it, and the graph has no such input."
            error_class = InternalError if node.back_edges[position] else UnknownError
            errors.append(error_class(text, location=source.location, hint=hint, rule="no-producer"))
    return errors


def _names_around(outer: FlatNode, nodes: Sequence[CheckedNode], edges: Edges) -> Iterator[str]:
    """Yield the streams of the graph that contains a node, as its text names them."""
    for name, edge in edges.streams.items():
        around: Sequence[SubgraphUse] = ()
        if edge.producer is not None:
            around = nodes[edge.producer].connection(OUTPUT, edge.position).node.path
        if around == outer.path:
            yield name.removeprefix(outer.prefix)
