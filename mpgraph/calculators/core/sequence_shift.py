"""SequenceShiftCalculator: send packets at the times of earlier or later packets."""

from __future__ import annotations

from collections import deque

from mpgraph.calculators.core.forwarding import restamp
from mpgraph.errors import UnimplementedError
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet as packets


@mp.register
class SequenceShiftCalculator(mp.Calculator):
    """Sends packet number i at the time of packet number i + offset.

    The offset is the side packet PACKET_OFFSET (int), or else the option `packet_offset`.

    Packets for which there is no packet number i + offset are dropped.
    """

    data = mp.Input("")
    side_offset = mp.SideInput("PACKET_OFFSET", int, optional=True)
    out = mp.Output("", same_as=data)
    Options = mp.ProtoOptions("SequenceShiftCalculatorOptions")

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        given = cc.get(self.side_offset)
        self._offset: int = cc.options.packet_offset if given is None else given
        self._waiting: deque[mp.Packet] = deque()
        if self._offset == 0:
            cc.set_offset(0)
        elif self._offset > 0 and cc.options.emit_empty_packets_before_first_packet:
            raise UnimplementedError(
                "SequenceShiftCalculator: emit_empty_packets_before_first_packet is not supported yet "
                "(MediaPipe does not support it either)."
            )

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        packet = cc.packet(self.data)
        self._waiting.append(packet if self._offset > 0 else packets.empty(cc.t))
        if len(self._waiting) > abs(self._offset):
            other = self._waiting.popleft()
            if self._offset > 0:
                cc.forward(self.out, restamp(other, cc.t))
            else:
                cc.forward(self.out, restamp(packet, other._t))
