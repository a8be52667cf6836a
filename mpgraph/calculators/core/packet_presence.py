"""PacketPresenceCalculator: report whether there is a packet."""

from __future__ import annotations

from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.override import override
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register


@register
class PacketPresenceCalculator(Calculator):
    """Sends to PRESENCE (bool) true at each packet of PACKET, and false at settled times without one."""

    packet = Input("PACKET")
    presence = Output("PRESENCE", bool)
    timestamp_offset = 0
    process_timestamp_bounds = True

    @override
    def process(self, cc: CalculatorContext) -> None:
        cc.emit(self.presence, cc.has(self.packet))
