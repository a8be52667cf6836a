"""StreamToSidePacketCalculator: turn the packet of a stream into a side packet."""

from __future__ import annotations

from mpgraph.calculators.core.forwarding import restamp
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import timestamp as ts


@mp.register
class StreamToSidePacketCalculator(mp.Calculator):
    """Sets its output side packet to the only packet of its input; a second packet is an error."""

    data = mp.Input("", optional=True)
    out = mp.SideOutput("", same_as=data)
    timestamp_offset = 0

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        cc.forward(self.out, restamp(cc.packet(self.data), ts.UNSET))
