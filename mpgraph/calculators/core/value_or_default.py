"""ValueOrDefaultCalculator: fills the gaps of a stream."""

from __future__ import annotations

from mpgraph.calculators.core.forwarding import restamp
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.ports import Input, Output, SideInput
from mpgraph.framework.registry import register


@register
class ValueOrDefaultCalculator(Calculator):
    """Sends, for each packet of TICK, the packet of IN at that time, or else the side packet.

    FLAG is true at each time the side packet was used, and has no packet at the others.
    """

    value = Input("IN")
    tick = Input("TICK")
    default = SideInput("", same_as=value)
    out = Output("OUT", same_as=value)
    used_default = Output("FLAG", bool)
    timestamp_offset = 0

    def open(self, cc: CalculatorContext) -> None:
        """Pass the header on."""
        header, shard = cc.header(self.value), cc.output(self.out)
        if shard is not None and not header.is_empty():
            shard.set_header(header)

    def process(self, cc: CalculatorContext) -> None:
        """At a tick, send the value or the default."""
        if not cc.has(self.tick):
            return
        if cc.has(self.value):
            cc.forward(self.out, cc.packet(self.value))
        else:
            cc.forward(self.out, restamp(cc.packet(self.default), cc.t))
            cc.emit(self.used_default, True)
