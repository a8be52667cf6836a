from __future__ import annotations

from typing import Any

import pytest

from mpgraph import packet_creator
from mpgraph.errors import InternalError
from mpgraph.graph.calculator_graph import CalculatorGraph

TEXT = """
input_stream: "list"
input_stream: "extra"
output_stream: "item"
output_stream: "clone"
output_stream: "end"
node {
  calculator: "BeginLoopIntCalculator"
  input_stream: "ITERABLE:list"
  input_stream: "CLONE:extra"
  output_stream: "ITEM:item"
  output_stream: "CLONE:clone"
  output_stream: "BATCH_END:end"
}
"""


def ints(*values: int) -> Any:
    return packet_creator.create_int_vector(values)


def test_elements_come_one_by_one_at_times_of_their_own(run: Any) -> None:
    events = [("list", 10, ints(5, 6)), ("extra", 10, "e"), ("list", 20, ints(7)), ("extra", 20, None)]
    seen = run(TEXT, events, close=False)
    assert seen["item"] == [(0, 5), (1, 6), (2, 7)]
    assert seen["clone"] == [(0, "e"), (1, "e")]
    assert seen["end"] == [(1, 10), (2, 20)]


@pytest.mark.parametrize("nothing", [ints(), None])
def test_an_empty_list_or_none_uses_up_a_time(run: Any, nothing: Any) -> None:
    events = [("list", 10, nothing), ("extra", 10, "e"), ("list", 20, ints(7)), ("extra", 20, "f")]
    seen = run(TEXT, events, close=False)
    assert seen["item"][-1] == (seen["end"][-1][0], 7)
    assert (10 in [t for _, t in seen["end"]]) and seen["clone"][-1][1] == "f"


def test_clones_go_in_pairs() -> None:
    with pytest.raises(InternalError, match="1 CLONE inputs and 0 CLONE outputs"):
        CalculatorGraph(graph_config=TEXT.replace('output_stream: "CLONE:clone"', ""))
