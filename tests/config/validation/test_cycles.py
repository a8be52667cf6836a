"""The order of nodes, and what is said about cycles."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpgraph.config.validation.cycles import Cycle, sorted_order
from mpgraph.config.validation.diagnostics import diagnose


def test_unknown_calculator_closes_no_cycle() -> None:
    """It may be a subgraph with the back edge inside, as MediaPipe's tracking graphs are."""
    found = diagnose(
        'input_stream: "a"\noutput_stream: "b"\n'
        'node { calculator: "MyTracking" input_stream: "A:a" input_stream: "B:b" output_stream: "C:c" }\n'
        'node { calculator: "CfgPass" input_stream: "c" output_stream: "b" }'
    )
    assert [one.code for one in found] == ["unknown-calculator"]


@pytest.mark.parametrize(
    ("loop", "tag"),
    [
        (
            '"FlowLimiterCalculator" input_stream: "i" input_stream: "FINISHED:o" output_stream: "f"',
            "FINISHED",
        ),
        (
            '"PreviousLoopbackCalculator" input_stream: "MAIN:i" input_stream: "LOOP:o" '
            'output_stream: "PREV_LOOP:f"',
            "LOOP",
        ),
    ],
)
def test_hint_prefers_the_input_made_for_a_loop(loop: str, tag: str) -> None:
    """Not the gate, although it comes first in the text."""
    found = diagnose(
        'input_stream: "i"\noutput_stream: "o"\n'
        'node { calculator: "GateCalculator" input_stream: "f" input_side_packet: "ALLOW:s" '
        'output_stream: "gated" }\n'
        f"node {{ calculator: {loop} }}\n"
        'node { calculator: "PassThroughCalculator" input_stream: "gated" output_stream: "o" }'
    )
    cycles = [one for one in found if one.code == "cycle"]
    assert [one.line for one in cycles] == [4]
    assert f'tag_index: "{tag}" back_edge: true' in cycles[0].suggestion


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
