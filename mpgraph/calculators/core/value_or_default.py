"""ValueOrDefaultCalculator: fill the gaps of a stream."""

from __future__ import annotations

from mpgraph.calculators.core.forwarding import copy_header, restamp
from mpgraph.framework import calculator_framework as mp


@mp.register
class ValueOrDefaultCalculator(mp.Calculator):
    """Sends, at each packet of TICK, the packet that IN has at that time, or else the side packet.

    OUT is that packet. FLAG is true at each time when the side packet is sent, and has no packet otherwise.
    Packets of IN between ticks are dropped.
    """

    value = mp.Input("IN")
    tick = mp.Input("TICK")
    default = mp.SideInput("", same_as=value)
    out = mp.Output("OUT", same_as=value)
    used_default = mp.Output("FLAG", bool)
    timestamp_offset = 0

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        copy_header(cc, self.value, self.out)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        if not cc.has(self.tick):
            return
        if cc.has(self.value):
            cc.forward(self.out, cc.packet(self.value))
        else:
            cc.forward(self.out, restamp(cc.packet(self.default), cc.t))
            cc.emit(self.used_default, True)
