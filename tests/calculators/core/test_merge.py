from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InvalidArgumentError
from mpgraph.graph.calculator_graph import CalculatorGraph

TEXT = """
input_stream: "a"
input_stream: "b"
output_stream: "out"
node { calculator: "MergeCalculator" input_stream: "a" input_stream: "b" output_stream: "out" }
"""


def test_the_first_input_wins(run: Any) -> None:
    events = [("a", 1, "a1"), ("b", 1, 10), ("b", 2, 20), ("a", 3, "a3")]
    assert run(TEXT, events)["out"] == [(1, "a1"), (2, 20), (3, "a3")]


def test_without_inputs_there_is_nothing_to_merge() -> None:
    with pytest.raises(InvalidArgumentError, match="untagged index 0 is a required input stream"):
        CalculatorGraph(graph_config='node { calculator: "MergeCalculator" output_stream: "out" }')
