from __future__ import annotations

from collections.abc import Callable

import pytest
from profiling_graphs import feed

from mpgraph.graph.calculator_graph import CalculatorGraph


@pytest.fixture
def run() -> Callable[..., None]:
    """Run a graph from start to end with a number of packets."""

    def from_start_to_end(graph: CalculatorGraph, count: int = 5) -> None:
        with graph:
            graph.start_run()
            feed(graph, count)

    return from_start_to_end
