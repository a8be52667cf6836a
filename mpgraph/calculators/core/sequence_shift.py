"""SequenceShiftCalculator: packets at the times of earlier or later ones."""

from __future__ import annotations

from collections import deque

from mpgraph.calculators.core.forwarding import restamp
from mpgraph.errors import UnimplementedError
from mpgraph.framework import packet as packets
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.options import ProtoOptions
from mpgraph.framework.override import override
from mpgraph.framework.packet import Packet
from mpgraph.framework.ports import Input, Output, SideInput
from mpgraph.framework.registry import register


@register
class SequenceShiftCalculator(Calculator):
    """Sends packet number i at the time of packet number i + offset.

    The offset is the side packet PACKET_OFFSET (int), or else the option `packet_offset`.

    Packets for which there is no packet number i + offset are dropped.
    """

    data = Input("")
    side_offset = SideInput("PACKET_OFFSET", int, optional=True)
    out = Output("", same_as=data)
    Options = ProtoOptions("SequenceShiftCalculatorOptions")

    @override
    def open(self, cc: CalculatorContext) -> None:
        given = cc.get(self.side_offset)
        self._offset: int = cc.options.packet_offset if given is None else given
        self._waiting: deque[Packet] = deque()
        if self._offset == 0:
            cc.set_offset(0)
        elif self._offset > 0 and cc.options.emit_empty_packets_before_first_packet:
            raise UnimplementedError(
                "SequenceShiftCalculator: emit_empty_packets_before_first_packet is not supported yet "
                "(MediaPipe does not support it either)."
            )

    @override
    def process(self, cc: CalculatorContext) -> None:
        packet = cc.packet(self.data)
        self._waiting.append(packet if self._offset > 0 else packets.empty(cc.t))
        if len(self._waiting) > abs(self._offset):
            other = self._waiting.popleft()
            if self._offset > 0:
                cc.forward(self.out, restamp(other, cc.t))
            else:
                cc.forward(self.out, restamp(packet, other._t))
