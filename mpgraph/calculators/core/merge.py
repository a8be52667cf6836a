"""MergeCalculator: merge streams, the first one first."""

from __future__ import annotations

from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.override import override
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register


@register
class MergeCalculator(Calculator):
    """Forwards, at each time, the packet of the first input that has one; the others are dropped.

    The inputs may have different types.
    """

    data = Input("", repeated=True)
    out = Output("")
    timestamp_offset = 0

    @override
    def process(self, cc: CalculatorContext) -> None:
        for packet in cc.packets:
            if not packet.is_empty():
                cc.forward(self.out, packet)
                return
