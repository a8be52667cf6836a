"""StreamToSidePacketCalculator: the packet of a stream becomes a side packet."""

from __future__ import annotations

from mpgraph.calculators.core.forwarding import restamp
from mpgraph.framework import timestamp as ts
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.ports import Input, SideOutput
from mpgraph.framework.registry import register


@register
class StreamToSidePacketCalculator(Calculator):
    """Sets its side packet to the packet of its input, which must be the only one in the stream."""

    data = Input("", optional=True)
    out = SideOutput("", same_as=data)
    timestamp_offset = 0

    def process(self, cc: CalculatorContext) -> None:
        """Set the side packet; a second time is an error."""
        cc.forward(self.out, restamp(cc.packet(self.data), ts.UNSET))
