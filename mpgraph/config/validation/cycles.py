"""The order of the nodes that their connections imply, and the cycles that prevent it.

The order is MediaPipe's: of the nodes whose producers are all placed, the first in text order comes next.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mpgraph.config.flat import Connection
from mpgraph.config.model import Edge
from mpgraph.config.port_lists import INPUT
from mpgraph.config.validation.edges import Edges
from mpgraph.config.validation.node_contracts import CheckedNode
from mpgraph.errors import UnknownError

MOST_CYCLES = 100
"""How many cycles of one graph are reported."""

_LOOP_TAGS = {
    "PreviousLoopbackCalculator": "LOOP",
    "FlowLimiterCalculator": "FINISHED",
    "RealTimeFlowLimiterCalculator": "FINISHED",
}
"""The calculators with an input that is meant to be a back edge."""


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


def order_of(nodes: Sequence[CheckedNode], edges: Edges) -> list[int]:
    """Return the order in which every producer precedes its consumers, ignoring back edges.

    Nodes that are in such an order already keep theirs. Raises UnknownError if the nodes form a cycle.
    """
    arrows = list(_arrows(nodes, edges))
    if all(arrow.before < arrow.after for arrow in arrows):
        return list(range(len(nodes)))
    try:
        return sorted_order(len(nodes), _pairs(arrows))
    except Cycle as cycle:
        raise _CycleInGraph(nodes, arrows, cycle.nodes).error() from None


def all_cycles(nodes: Sequence[CheckedNode], edges: Edges) -> Iterator[UnknownError]:
    """Yield an error for each cycle; a reported cycle counts as fixed in the search for the next.

    A node of an unknown calculator closes no cycle: it may be a subgraph with the back edge inside.
    At most MOST_CYCLES are searched for, since each search takes the time of the whole graph.
    """
    arrows = [arrow for arrow in _arrows(nodes, edges) if nodes[arrow.after].calculator is not None]
    for _ in range(MOST_CYCLES):
        try:
            sorted_order(len(nodes), _pairs(arrows))
            return
        except Cycle as found:
            cycle = _CycleInGraph(nodes, arrows, found.nodes)
            # A cycle through a wrong InputStreamInfo only follows from that error.
            if not any(nodes[index].is_misinformed for index in found.nodes):
                yield cycle.error()
            arrows = [arrow for arrow in arrows if not cycle.is_closed_by(arrow)]


@dataclass(frozen=True)
class _Arrow:
    """Node `before` feeds node `after`. position: of its input stream; -1 for a side packet."""

    before: int
    after: int
    edge: Edge
    position: int = -1


def _pairs(arrows: Iterable[_Arrow]) -> Iterator[tuple[int, int]]:
    return ((arrow.before, arrow.after) for arrow in arrows)


def _arrows(nodes: Sequence[CheckedNode], edges: Edges) -> Iterator[_Arrow]:
    for edge in edges.streams.values():
        if edge.producer is not None:
            for consumer, position in edge.consumers:
                if not nodes[consumer].back_edges[position]:
                    yield _Arrow(edge.producer, consumer, edge, position)
    for edge in edges.side_packets.values():
        if edge.producer is not None:
            for consumer, _ in edge.consumers:
                yield _Arrow(edge.producer, consumer, edge)


class _CycleInGraph:
    """A cycle as the author of the graph sees it, who wrote a subgraph as one node.

    A cycle through several graphs belongs to the outermost one with a connection of the cycle.
    """

    def __init__(self, nodes: Sequence[CheckedNode], arrows: Iterable[_Arrow], cycle: Sequence[int]) -> None:
        """cycle: as `Cycle.nodes`; arrows: at least those between its nodes."""
        self._nodes = nodes
        self._cycle = cycle
        following = dict(zip(cycle, [*cycle[1:], cycle[0]], strict=True))
        self._arrows = [arrow for arrow in arrows if following.get(arrow.before) == arrow.after]
        self._depth = min(len(self._source(arrow).node.path) for arrow in self._arrows)
        self._closing = min(self._arrows, key=self._unlikeliness)

    def is_closed_by(self, arrow: _Arrow) -> bool:
        """Whether the cycle is gone without this arrow, or without all arrows like it."""
        closing = self._closing
        if (arrow.before, arrow.after) == (closing.before, closing.after):
            return True
        return arrow.edge is closing.edge and self._source(arrow).node is self._source(closing).node

    def error(self) -> UnknownError:
        """The error, with the connection that is most likely meant as a back edge."""
        labels = list(dict.fromkeys(map(self._label, self._cycle)))
        text = "Generator side packet cycle or calculator stream cycle detected in graph: "
        text += f"[{', '.join(labels)}]."
        arrow, source = self._closing, self._source(self._closing)
        node, location = self._nodes[arrow.after], source.location
        name = arrow.edge.name.removeprefix(source.node.prefix)
        if arrow.position < 0:
            hint = "Side packets cannot form a cycle; remove one of the connections."
        elif source.node is node.flat:
            port = node.inputs.ports[arrow.position]
            hint = (
                f'If "{name}" is meant to go back to node "{source.label}", mark it there as a back '
                f'edge: input_stream_info {{ tag_index: "{port}" back_edge: true }}'
            )
        else:
            hint = (
                f'If "{name}" is meant to go back to node "{source.label}", take it through a '
                "PreviousLoopbackCalculator: inputs of a subgraph cannot be marked as back edges."
            )
        return UnknownError(text, location=location, hint=hint, rule="cycle")

    def _source(self, arrow: _Arrow) -> Connection:
        node = self._nodes[arrow.after]
        if arrow.position < 0:
            return Connection(node.flat, node.name, node.flat.location)
        return node.connection(INPUT, arrow.position)

    def _unlikeliness(self, arrow: _Arrow) -> tuple[object, ...]:
        """The key that orders arrows, those that are most likely meant as back edges first.

        Streams of the outermost graph; of these an input made for loops, else the one that goes backwards
        in the text, at the first node of the cycle.
        """
        node, source = self._nodes[arrow.after], self._source(arrow)
        tag = node.inputs.ports[arrow.position].tag if arrow.position >= 0 else ""
        is_loop = bool(tag) and _LOOP_TAGS.get(node.config.calculator) == tag
        at = source.node.source.location
        line = (at.line, at.column) if at else (0, 0)
        is_outer = len(source.node.path) == self._depth
        return arrow.position < 0, not is_outer, not is_loop, line, arrow.after

    def _label(self, index: int) -> str:
        node = self._nodes[index]
        path = node.flat.path
        return path[self._depth].name if len(path) > self._depth else node.name
