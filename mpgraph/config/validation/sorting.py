"""MediaPipe's topological order: of the nodes that are ready, the first in text order comes next."""

from __future__ import annotations

import heapq
from collections.abc import Iterable


class Cycle(Exception):
    """Raised if there is no order. nodes: one cycle, in which each feeds the next and the last the first."""

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
        path = [start]
        ahead = [iter(sorted(set(followers[start])))]
        while path:
            after = next(ahead[-1], None)
            if after is None:
                finished.add(path.pop())
                ahead.pop()
            elif after in path:
                return path[path.index(after) :]
            elif after in left and after not in finished:
                path.append(after)
                ahead.append(iter(sorted(set(followers[after]))))
    raise AssertionError("Nodes that wait for each other form a cycle.")
