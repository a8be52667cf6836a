"""Small graphs to measure."""

from __future__ import annotations

from typing import Any

from mpgraph.calculator_base import Calculator
from mpgraph.context import CalculatorContext
from mpgraph.errors import InvalidArgumentError
from mpgraph.packet import make_packet
from mpgraph.ports import Input, Output
from mpgraph.registry import register
from mpgraph.runtime.graph import CalculatorGraph


@register
class PrEveryOther(Calculator):
    """Passes on even numbers."""

    number = Input("", int)
    out = Output("", int)

    def process(self, cc: CalculatorContext) -> None:
        if cc[self.number] % 2 == 0:
            cc.emit(self.out, cc[self.number])


@register
class PrDouble(Calculator):
    """Returns its result, on an executor's thread."""

    number = Input("", int)
    out = Output("", int)
    blocking = True

    def process(self, cc: CalculatorContext) -> Any:
        return 2 * cc[self.number]


@register
class PrRefuse(Calculator):
    """Takes nothing above 2."""

    number = Input("", int)

    def process(self, cc: CalculatorContext) -> None:
        if cc[self.number] > 2:
            raise InvalidArgumentError("too much")


def chain(calculators: list[str], settings: str = "") -> CalculatorGraph:
    """A graph from `in` to `out` through nodes in a row, with more fields of the graph in `settings`."""
    names = ["in", *(f"s{i}" for i in range(1, len(calculators))), "out"]
    nodes = " ".join(
        f'node {{ calculator: "{calculator}" input_stream: "{names[i]}" output_stream: "{names[i + 1]}" }}'
        for i, calculator in enumerate(calculators)
    )
    return CalculatorGraph(graph_config=f'input_stream: "in" output_stream: "out" {settings} {nodes}')


def feed(graph: CalculatorGraph, count: int, first: int = 0) -> None:
    """Send ints 0, 1, ... at the times 0, 1000, ... into `in` and wait until they are through."""
    for i in range(first, first + count):
        graph.add_packet_to_input_stream("in", make_packet(i, 1000 * i))
    graph.wait_until_idle()
