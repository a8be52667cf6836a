"""MergeCalculator: several streams become one."""

from __future__ import annotations

from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register


@register
class MergeCalculator(Calculator):
    """Passes on the packet of the first input that has one; those of later inputs at that time are dropped.

    The inputs may carry different types.
    """

    data = Input("", repeated=True)
    out = Output("")
    timestamp_offset = 0

    def process(self, cc: CalculatorContext) -> None:
        """Pass on the first packet there is."""
        for packet in cc.packets:
            if not packet.is_empty():
                cc.forward(self.out, packet)
                return
