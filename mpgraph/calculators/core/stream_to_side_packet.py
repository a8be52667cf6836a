"""StreamToSidePacketCalculator: the packet of a stream becomes a side packet."""

from __future__ import annotations

from mpgraph import timestamp as ts
from mpgraph.calculator_base import Calculator
from mpgraph.calculators.core.restamp import restamp
from mpgraph.context import CalculatorContext
from mpgraph.ports import Input, SideOutput
from mpgraph.registry import register


@register
class StreamToSidePacketCalculator(Calculator):
    """Sets its side packet to the packet of its input, which must be the only one in the stream."""

    data = Input("", optional=True)
    out = SideOutput("", same_as=data)
    timestamp_offset = 0

    def process(self, cc: CalculatorContext) -> None:
        """Set the side packet; a second time is an error."""
        cc.forward(self.out, restamp(cc.packet(self.data), ts.UNSET))
