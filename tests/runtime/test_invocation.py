"""Errors of calculators: reported with the node, its location in the graph, and the author's line."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest

from mpgraph.errors import GraphRunError, InvalidArgumentError, MpgraphError
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.packet import make_packet
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register
from mpgraph.graph.calculator_graph import CalculatorGraph


@register
class InvokedBadly(Calculator):
    """Raises or returns an invalid value, depending on its input."""

    value = Input("", int)
    a = Output("A", int, optional=True)
    b = Output("B", int, optional=True)

    def process(self, cc: Any) -> Any:
        value = cc[self.value]
        if value == 0:
            return [][value]
        if value == 1:
            int("one")
        if value == 2:
            raise InvalidArgumentError("no", hint="Try three.", rule="two")
        return value


def failure(value: int) -> MpgraphError:
    text = """
    input_stream: "i"
    node { calculator: "InvokedBadly" input_stream: "i" output_stream: "A:a" output_stream: "B:b" }
    """
    graph = CalculatorGraph(graph_config=text)
    graph.start_run()
    graph.add_packet_to_input_stream("i", make_packet(value, 0))
    with pytest.raises(MpgraphError) as raised:
        graph.close()
    (error,) = raised.value.causes
    assert isinstance(error, MpgraphError)
    return error


def line_of(text: str) -> int:
    lines, start = inspect.getsourcelines(InvokedBadly)
    return next(start + i for i, line in enumerate(lines) if text in line)


@pytest.mark.parametrize(
    ("value", "line", "kind"),
    [
        (0, "return [][value]", "IndexError"),
        (1, 'int("one")', "ValueError"),
        (2, "raise InvalidArgumentError", "InvalidArgumentError"),
        (3, "def process", "InvalidArgumentError"),
    ],
)
def test_error_names_the_authors_line(value: int, line: str, kind: str) -> None:
    error = failure(value)
    assert error.raised_at is not None and error.location is not None
    assert (Path(error.raised_at.file).name, error.raised_at.line) == (Path(__file__).name, line_of(line))
    assert str(error).startswith("<string>:3:5: Calculator::Process() for node")
    assert f"(at {error.raised_at})" in error.message
    assert type(error.__cause__).__name__ == kind


def test_hint_and_rule_are_kept() -> None:
    error = failure(2)
    assert (error.hint, error.rule) == ("Try three.", "two") and error.message.endswith("Try three.")
    assert failure(1).rule == "raised"


def test_error_in_a_calculator_of_mpgraph_names_no_line() -> None:
    ports = 'input_side_packet: "s" output_side_packet: "o"'
    graph = CalculatorGraph(graph_config=f'node {{ calculator: "StringToIntCalculator" {ports} }}')
    graph.start_run({"s": make_packet("twelve")})
    with pytest.raises(MpgraphError) as raised:
        graph.close()
    (error,) = raised.value.causes
    assert isinstance(error, MpgraphError) and error.raised_at is None


def test_constructor_with_arguments_is_refused() -> None:
    @register
    class InvokedWithArguments(Calculator):
        def __init__(self, size: int) -> None:
            self.size = size

    @register
    class InvokedWithMistake(Calculator):
        def __init__(self) -> None:
            len(5)  # type: ignore[arg-type]

    def reason(name: str) -> str:
        graph = CalculatorGraph(graph_config=f'node {{ calculator: "{name}" }}')
        with pytest.raises((InvalidArgumentError, GraphRunError)) as raised:
            graph.run()
        return str(raised.value)

    assert "created without arguments" in reason("InvokedWithArguments")
    assert "has no len()" in reason("InvokedWithMistake")
