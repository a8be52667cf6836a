"""What calculators that forward packets share: packets at another time, and stream headers."""

from __future__ import annotations

from mpgraph.framework import packet as packets
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.packet import Packet


def restamp(packet: Packet, t: int) -> Packet:
    """Return `packet` at `t`, which may be any special time, unlike in `Packet.at`."""
    return packets.make(packet._payload, packet._type, t)


def copy_headers(cc: CalculatorContext) -> None:
    """Give each output the header of the input with the same tag and index."""
    for (port, _), header in zip(cc.input_tags, cc.headers, strict=True):
        position = cc.output_tags.id(port.tag, port.index)
        if position is not None and not header.is_empty():
            cc.outputs[position].set_header(header)
