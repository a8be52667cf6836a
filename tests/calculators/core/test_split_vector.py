from __future__ import annotations

from typing import Any

import pytest

from mpgraph import packet_creator
from mpgraph.errors import InternalError, InvalidArgumentError
from mpgraph.testing import CalculatorRunner, run, t

FLOATS = packet_creator.create_float_vector([0.0, 1.0, 2.0, 3.0])


def split(options: str, last_output: int = 1, name: str = "SplitFloatVectorCalculator") -> CalculatorRunner:
    return run(name, options, inputs=[""], outputs=[f":{last_output}"])


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        ("ranges { begin: 0 end: 1 } ranges { begin: 1 end: 4 }", ([0.0], [1.0, 2.0, 3.0])),
        ("ranges { begin: 0 end: 3 } ranges { begin: 2 end: 3 }", ([0.0, 1.0, 2.0], [2.0])),
        ("ranges { begin: 3 end: 4 } ranges { begin: 0 end: 1 } element_only: true", (3.0, 0.0)),
    ],
)
def test_each_range_goes_to_its_output(options: str, parts: tuple[Any, Any]) -> None:
    split(options).send("", FLOATS @ t(1)).expect("", parts[0] @ t(1)).expect(":1", parts[1] @ t(1))


def test_ranges_may_be_joined() -> None:
    options = "ranges { begin: 2 end: 4 } ranges { begin: 0 end: 1 } combine_outputs: true"
    split(options, last_output=0).send("", FLOATS @ t(1)).expect("", [2.0, 3.0, 0.0] @ t(1))


def test_list_that_is_too_short_is_an_error() -> None:
    runner = split("ranges { begin: 0 end: 5 }", last_output=0).send("", FLOATS @ t(1))
    runner.expect_error("the list has 4 elements, the ranges go up to 5", InternalError)


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
        split(options)


@pytest.mark.parametrize(
    ("options", "last_output", "name"),
    [("combine_outputs: true", 0, "SplitFloatVectorCalculator"), ("", 1, "SplitTensorVectorCalculator")],
)
def test_ranges_may_not_overlap_where_elements_move(options: str, last_output: int, name: str) -> None:
    ranges = "ranges { begin: 0 end: 2 } ranges { begin: 1 end: 3 }"
    with pytest.raises(InternalError, match="non-overlapping"):
        split(f"{ranges} {options}", last_output, name)
