"""PacketPresenceCalculator: says whether there is a packet."""

from __future__ import annotations

from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register


@register
class PacketPresenceCalculator(Calculator):
    """Sends true for every packet of PACKET, and false for every settled time without one."""

    packet = Input("PACKET")
    presence = Output("PRESENCE", bool)
    timestamp_offset = 0
    process_timestamp_bounds = True

    def process(self, cc: CalculatorContext) -> None:
        """Say what is there."""
        cc.emit(self.presence, cc.has(self.packet))
