from __future__ import annotations

from typing import Any

import pytest

from mpgraph import packet_creator
from mpgraph.errors import InternalError, InvalidArgumentError
from mpgraph.graph.calculator_graph import CalculatorGraph

FLOATS = packet_creator.create_float_vector([0.0, 1.0, 2.0, 3.0])


def graph(options: str, outputs: int = 2, name: str = "SplitFloatVectorCalculator") -> str:
    streams = " ".join(f'output_stream: "out{i}"' for i in range(outputs))
    return f"""
    input_stream: "in"
    {streams}
    node {{
      calculator: "{name}"
      input_stream: "in"
      {streams}
      options {{ [mediapipe.SplitVectorCalculatorOptions.ext] {{ {options} }} }}
    }}
    """


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        ("ranges { begin: 0 end: 1 } ranges { begin: 1 end: 4 }", ([0.0], [1.0, 2.0, 3.0])),
        ("ranges { begin: 0 end: 3 } ranges { begin: 2 end: 3 }", ([0.0, 1.0, 2.0], [2.0])),
        ("ranges { begin: 3 end: 4 } ranges { begin: 0 end: 1 } element_only: true", (3.0, 0.0)),
    ],
)
def test_each_range_goes_to_its_output(run: Any, options: str, parts: tuple[Any, Any]) -> None:
    assert run(graph(options), [("in", 1, FLOATS)]) == {"out0": [(1, parts[0])], "out1": [(1, parts[1])]}


def test_ranges_may_be_joined(run: Any) -> None:
    options = "ranges { begin: 2 end: 4 } ranges { begin: 0 end: 1 } combine_outputs: true"
    assert run(graph(options, outputs=1), [("in", 1, FLOATS)])["out0"] == [(1, [2.0, 3.0, 0.0])]


def test_a_list_that_is_too_short_is_an_error(run: Any) -> None:
    with pytest.raises(InternalError, match="the list has 4 elements, the ranges go up to 5"):
        run(graph("ranges { begin: 0 end: 5 }", outputs=1), [("in", 1, FLOATS)])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("ranges { begin: 0 end: 1 }", "number of output streams should match"),
        ("ranges { begin: 0 end: 1 } ranges { begin: 2 end: 2 }", "begin index should be less"),
        ("ranges { begin: 0 end: 1 } ranges { begin: -1 end: 2 }", "Indices should be non-negative"),
        ("element_only: true ranges { begin: 0 end: 1 } ranges { begin: 0 end: 2 }", "should be of size 1"),
    ],
)
def test_wrong_ranges_are_refused(options: str, message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        CalculatorGraph(graph_config=graph(options))


@pytest.mark.parametrize(
    ("options", "outputs", "name"),
    [("combine_outputs: true", 1, "SplitFloatVectorCalculator"), ("", 2, "SplitTensorVectorCalculator")],
)
def test_elements_that_would_go_to_two_places_are_refused(options: str, outputs: int, name: str) -> None:
    ranges = "ranges { begin: 0 end: 2 } ranges { begin: 1 end: 3 }"
    with pytest.raises(InternalError, match="non-overlapping"):
        CalculatorGraph(graph_config=graph(f"{ranges} {options}", outputs, name))
