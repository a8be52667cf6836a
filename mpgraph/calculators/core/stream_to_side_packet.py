"""StreamToSidePacketCalculator: turn the packet of a stream into a side packet."""

from __future__ import annotations

from mpgraph.calculators.core.forwarding import restamp
from mpgraph.framework import timestamp as ts
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.override import override
from mpgraph.framework.ports import Input, SideOutput
from mpgraph.framework.registry import register


@register
class StreamToSidePacketCalculator(Calculator):
    """Sets its output side packet to the only packet of its input; a second packet is an error."""

    data = Input("", optional=True)
    out = SideOutput("", same_as=data)
    timestamp_offset = 0

    @override
    def process(self, cc: CalculatorContext) -> None:
        cc.forward(self.out, restamp(cc.packet(self.data), ts.UNSET))
