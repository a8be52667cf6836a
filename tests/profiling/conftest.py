"""Makes profiling_graphs importable, and runs its graphs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mpgraph.graph.calculator_graph import CalculatorGraph

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def run() -> Callable[..., None]:
    """Run a graph from start to end with a number of packets."""
    from profiling_graphs import feed

    def from_start_to_end(graph: CalculatorGraph, count: int = 5) -> None:
        with graph:
            graph.start_run()
            feed(graph, count)

    return from_start_to_end
