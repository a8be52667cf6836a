"""Connections between nodes: the producer and consumers of each stream, and the order of nodes they imply.

The order is MediaPipe's: of the nodes whose producers are all placed, the first in text order comes next.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from mpgraph.config.flat import FlatNode, name_of
from mpgraph.config.model import Edge
from mpgraph.config.port_lists import INPUT, OUTPUT, SIDE_OUTPUT
from mpgraph.config.source import GraphSource
from mpgraph.config.validation.node_contracts import CheckedNode
from mpgraph.errors import MOST_SUGGESTIONS, InternalError, Location, MpgraphError, UnknownError, did_you_mean
from mpgraph.framework.tags import TagMap

MOST_CYCLES = 100
"""How many cycles of one graph are reported."""


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
            location = node.location_of(SIDE_OUTPUT, position)
            add("Output Side Packet", Edge(name, index, position), location)
        for position, name in enumerate(node.outputs.names):
            location = node.location_of(OUTPUT, position)
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


class Cycle(Exception):
    """Raised if there is no order. nodes: one cycle: each node feeds the next, and the last the first."""

    def __init__(self, nodes: list[int]) -> None:
        super().__init__(nodes)
        self.nodes = nodes


def sorted_order(count: int, edges: Iterable[tuple[int, int]]) -> list[int]:
    """Return 0..count-1 so that each edge (before, after) points forward.

    Raises Cycle if there is no such order.
    """
    followers: list[list[int]] = [[] for _ in range(count)]
    waiting = [0] * count
    for before, after in edges:
        followers[before].append(after)
        waiting[after] += 1
    ready = [node for node in range(count) if not waiting[node]]
    order = []
    while ready:
        node = heapq.heappop(ready)
        order.append(node)
        for after in followers[node]:
            waiting[after] -= 1
            if not waiting[after]:
                heapq.heappush(ready, after)
    if len(order) < count:
        raise Cycle(_cycle(followers, {node for node in range(count) if waiting[node]}))
    return order


def _cycle(followers: list[list[int]], left: set[int]) -> list[int]:
    """Return a cycle among the nodes that are left, which always contain one."""
    finished: set[int] = set()
    for start in sorted(left):
        path = {start: 0}  # The nodes with their positions, in order.
        ahead = [iter(sorted(set(followers[start])))]
        while path:
            after = next(ahead[-1], None)
            if after is None:
                finished.add(path.popitem()[0])
                ahead.pop()
            elif after in path:
                return list(path)[path[after] :]
            elif after in left and after not in finished:
                path[after] = len(path)
                ahead.append(iter(sorted(set(followers[after]))))
    raise AssertionError("Nodes that wait for each other form a cycle.")


def all_cycles(nodes: Sequence[CheckedNode], edges: Edges) -> Iterator[UnknownError]:
    """Yield an error for each cycle; a reported cycle counts as fixed in the search for the next.

    At most MOST_CYCLES are searched for, since each search takes the time of the whole graph.
    """
    arrows = list(_arrows(nodes, edges))
    for _ in range(MOST_CYCLES):
        try:
            sorted_order(len(nodes), arrows)
            return
        except Cycle as cycle:
            # A cycle through a wrong InputStreamInfo only follows from that error.
            if not any(nodes[index].is_misinformed for index in cycle.nodes):
                yield _cycle_error(nodes, edges, cycle.nodes)
            last = min(cycle.nodes)
            closing = cycle.nodes[cycle.nodes.index(last) - 1], last
            arrows = [arrow for arrow in arrows if arrow != closing]


def order_of(nodes: Sequence[CheckedNode], edges: Edges) -> list[int]:
    """Return the order in which every producer precedes its consumers, ignoring back edges.

    Nodes that are in such an order already keep theirs. Raises UnknownError if the nodes form a cycle.
    """
    arrows = list(_arrows(nodes, edges))
    if all(before < after for before, after in arrows):
        return list(range(len(nodes)))
    try:
        return sorted_order(len(nodes), arrows)
    except Cycle as cycle:
        raise _cycle_error(nodes, edges, cycle.nodes) from None


def _arrows(nodes: Sequence[CheckedNode], edges: Edges) -> Iterator[tuple[int, int]]:
    for edge in edges.streams.values():
        if edge.producer is not None:
            for consumer, position in edge.consumers:
                if not nodes[consumer].back_edges[position]:
                    yield edge.producer, consumer
    for edge in edges.side_packets.values():
        if edge.producer is not None:
            for consumer, _ in edge.consumers:
                yield edge.producer, consumer


def _cycle_error(nodes: Sequence[CheckedNode], edges: Edges, cycle: list[int]) -> UnknownError:
    names = ", ".join(nodes[index].name for index in cycle)
    text = f"Generator side packet cycle or calculator stream cycle detected in graph: [{names}]."
    # The loop is most likely meant to close where it goes backwards in the text, at its first node.
    first = min(cycle)
    before = cycle[cycle.index(first) - 1]
    node = nodes[first]
    for edge in edges.streams.values():
        if edge.producer != before:
            continue
        for consumer, position in edge.consumers:
            if consumer == first and not node.back_edges[position]:
                port = node.inputs.ports[position]
                hint = (
                    f'If "{edge.name}" is meant to go back to node "{node.name}", mark it there as a back '
                    f'edge: input_stream_info {{ tag_index: "{port}" back_edge: true }}'
                )
                location = node.location_of(INPUT, position)
                return UnknownError(text, location=location, hint=hint, rule="cycle")
    hint = "Side packets cannot form a cycle; remove one of the connections."
    return UnknownError(text, location=node.flat.location, hint=hint, rule="cycle")


def _as_written(node: CheckedNode, name: str, known: Iterable[str]) -> tuple[str, list[str]]:
    """A name and the candidates for it, without the prefixes that the text of the node's subgraph lacks."""
    prefix = node.flat.prefix
    inside = [other.removeprefix(prefix) for other in known if other.startswith(prefix)]
    return name.removeprefix(prefix), [*inside, *node.flat.inputs_around]


def missing_producers(nodes: Sequence[CheckedNode], edges: Edges, config: Any) -> list[MpgraphError]:
    """Return an error for each input stream without a producer. Side packets may come from outside.

    config: the graph's CalculatorGraphConfig.
    """
    errors: list[MpgraphError] = []
    side_packets = {*edges.side_packets, *map(name_of, config.input_side_packet)}
    for index, node in enumerate(nodes):
        for position, name in enumerate(node.inputs.names):
            if name in edges.streams:
                continue
            location = node.location_of(INPUT, position)
            hint = ""
            if len(errors) < MOST_SUGGESTIONS:
                hint = did_you_mean(*_as_written(node, name, edges.streams))
            text = (
                f'Input Stream "{name}" for node with sorted index {index} name {node.name} does not have a '
                "corresponding output stream."
            )
            if node.back_edges[position]:
                text = f'Unable to find upstream edge for back edge "{name}" of node "{node.name}".'
            elif name in side_packets:
                hint = f'"{name}" is a side packet: write input_side_packet instead of input_stream.'
            elif not hint:
                hint = "No node produces it, and the graph has no such input."
            error_class = InternalError if node.back_edges[position] else UnknownError
            errors.append(error_class(text, location=location, hint=hint, rule="no-producer"))
    return errors
