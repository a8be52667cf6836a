"""Topological order of random small graphs."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpgraph.config.validation.sorting import Cycle, sorted_order


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]]]:
    count = draw(st.integers(1, 7))
    node = st.integers(0, count - 1)
    return count, draw(st.lists(st.tuples(node, node), max_size=12))


def fits(order: list[int], edges: list[tuple[int, int]]) -> bool:
    place = {node: position for position, node in enumerate(order)}
    return all(place[before] < place[after] for before, after in edges)


@given(graphs())
def test_result_is_the_least_order_or_a_cycle(graph: tuple[int, list[tuple[int, int]]]) -> None:
    count, edges = graph
    # Permutations come in lexical order, so the first valid one has the least node at each position.
    orders = (list(order) for order in itertools.permutations(range(count)) if fits(list(order), edges))
    least = next(orders, None)
    if least is not None:
        assert sorted_order(count, edges) == least
        return
    with pytest.raises(Cycle) as raised:
        sorted_order(count, edges)
    cycle = raised.value.nodes
    assert set(zip(cycle, [*cycle[1:], cycle[0]], strict=True)) <= set(edges)
    assert len(set(cycle)) == len(cycle)


def test_long_chain_does_not_recurse() -> None:
    count = 5000
    assert sorted_order(count, [(node + 1, node) for node in range(count - 1)]) == list(range(count))[::-1]
    with pytest.raises(Cycle):
        sorted_order(count, [(node, (node + 1) % count) for node in range(count)])
