from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InternalError
from mpgraph.graph.calculator_graph import CalculatorGraph

TEXT = """
input_stream: "a"
input_stream: "b"
output_stream: "out"
node { calculator: "MakePairCalculator" input_stream: "a" input_stream: "b" output_stream: "out" }
"""


def test_the_packets_of_one_time_are_paired(run: Any) -> None:
    pairs = run(TEXT, [("a", 1, "x"), ("b", 1, 5), ("b", 2, 6)])["out"]
    assert [(t, first.payload, second.payload) for t, (first, second) in pairs] == [(1, "x", 5), (2, None, 6)]


def test_a_pair_takes_two() -> None:
    with pytest.raises(InternalError, match="a pair takes 2 input streams, not 1"):
        CalculatorGraph(graph_config=TEXT.replace('input_stream: "a" input', "input"))
