"""Small graphs to measure."""

from __future__ import annotations

from typing import Any

from mpgraph.errors import InvalidArgumentError
from mpgraph.framework import timestamp as ts
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.packet import make_packet
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.profiling.events import RAISED, Call
from mpgraph.profiling.timeline import Timeline, make_timeline


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
    """Raises for values above 2."""

    number = Input("", int)

    def process(self, cc: CalculatorContext) -> None:
        if cc[self.number] > 2:
            raise InvalidArgumentError("too much")


def chain(calculators: list[str], settings: str = "") -> CalculatorGraph:
    """A chain of nodes from `in` to `out`; `settings` adds fields of the graph."""
    names = ["in", *(f"s{i}" for i in range(1, len(calculators))), "out"]
    nodes = " ".join(
        f'node {{ calculator: "{calculator}" input_stream: "{names[i]}" output_stream: "{names[i + 1]}" }}'
        for i, calculator in enumerate(calculators)
    )
    return CalculatorGraph(graph_config=f'input_stream: "in" output_stream: "out" {settings} {nodes}')


def feed(graph: CalculatorGraph, count: int, first: int = 0) -> None:
    """Send ints 0, 1, ... at the times 0, 1000, ... into `in` and wait until they are processed."""
    for i in range(first, first + count):
        graph.add_packet_to_input_stream("in", make_packet(i, 1000 * i))
    graph.wait_until_idle()


MAIN, POOL = 11, 22
CALLS: list[Call] = [
    (1000, 2000, 0, ts.UNSTARTED, MAIN, 0, 0, 0),
    (5000, 6000, 0, 7, MAIN, 1, 1, 1),
    (7000, 9000, 1, 7, POOL, 1, 0, ((0, 7), (0, 8))),
    (9000, 9500, 0, 8, MAIN, 1, 0, RAISED),
]


def example() -> Timeline:
    """Two nodes on two threads: the first forwards 7 and fails at 8, the second emits two packets for it."""
    return make_timeline(
        chain(["PassThroughCalculator", "PrDouble"]).model,
        CALLS,
        arrivals=[(4000, 0, 7, MAIN), (4500, 0, 8, MAIN)],
        throttlings=[(4600, 0, 0, True), (5000, 0, 0, False)],
        drops=[(9600, 0, "in", 9, "too late")],
        gaps=[(9700, 9900)],
        thread_names={MAIN: "MainThread", POOL: "pool"},
        wall_ns=50_000,
    )
