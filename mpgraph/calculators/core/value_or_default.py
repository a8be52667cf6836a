"""ValueOrDefaultCalculator: fill the gaps of a stream."""

from __future__ import annotations

from mpgraph.calculators.core.forwarding import restamp
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.override import override
from mpgraph.framework.ports import Input, Output, SideInput
from mpgraph.framework.registry import register


@register
class ValueOrDefaultCalculator(Calculator):
    """Sends, at each packet of TICK, the packet that IN has at that time, or else the side packet.

    OUT is that packet. FLAG is true at each time when the side packet is sent, and has no packet otherwise.
    Packets of IN between ticks are dropped.
    """

    value = Input("IN")
    tick = Input("TICK")
    default = SideInput("", same_as=value)
    out = Output("OUT", same_as=value)
    used_default = Output("FLAG", bool)
    timestamp_offset = 0

    @override
    def open(self, cc: CalculatorContext) -> None:
        header, shard = cc.header(self.value), cc.output(self.out)
        if shard is not None and not header.is_empty():
            shard.set_header(header)

    @override
    def process(self, cc: CalculatorContext) -> None:
        if not cc.has(self.tick):
            return
        if cc.has(self.value):
            cc.forward(self.out, cc.packet(self.value))
        else:
            cc.forward(self.out, restamp(cc.packet(self.default), cc.t))
            cc.emit(self.used_default, True)
