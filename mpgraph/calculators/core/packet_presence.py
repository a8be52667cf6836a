"""PacketPresenceCalculator: report whether there is a packet."""

from __future__ import annotations

from mpgraph.framework import calculator_framework as mp


@mp.register
class PacketPresenceCalculator(mp.Calculator):
    """Sends to PRESENCE (bool) true at each packet of PACKET, and false at settled times without one."""

    packet = mp.Input("PACKET")
    presence = mp.Output("PRESENCE", bool)
    timestamp_offset = 0
    process_timestamp_bounds = True

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        cc.emit(self.presence, cc.has(self.packet))
