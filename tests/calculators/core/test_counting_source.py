from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InternalError, NotFoundError
from mpgraph.graph.calculator_graph import CalculatorGraph


def graph(*tags: str) -> str:
    side = " ".join(f'input_side_packet: "{tag}:{tag.lower()}"' for tag in tags)
    return f"""
    output_stream: "out"
    node {{ calculator: "CountingSourceCalculator" {side} output_stream: "out" }}
    """


def count(run: Any, **side: int | bool) -> list[tuple[int, int]]:
    seen: dict[str, list[tuple[int, int]]] = run(graph(*map(str.upper, side)), side=side)
    return seen["out"]


def test_numbers_come_at_their_own_time(run: Any) -> None:
    assert count(run, max_count=3) == [(0, 0), (1, 1), (2, 2)]
    assert count(run, max_count=0) == []


def test_start_step_and_batches_can_be_set(run: Any) -> None:
    expected = [(t, t) for t in (5, 15, 25, 35)]
    assert count(run, max_count=2, batch_size=2, initial_value=5, increment=10) == expected


def test_errors_can_be_ordered(run: Any) -> None:
    with pytest.raises(InternalError, match="expected error"):
        count(run, error_count=2)
    with pytest.raises(NotFoundError, match="expected error"):
        count(run, max_count=2, error_on_open=True)


@pytest.mark.parametrize("side", [{"max_count": -1}, {"max_count": 1, "increment": 0}])
def test_wrong_numbers_are_refused(run: Any, side: dict[str, int]) -> None:
    with pytest.raises(InternalError, match="less than"):
        count(run, **side)


def test_the_source_must_end() -> None:
    with pytest.raises(InternalError, match="MAX_COUNT or ERROR_COUNT"):
        CalculatorGraph(graph_config=graph())
