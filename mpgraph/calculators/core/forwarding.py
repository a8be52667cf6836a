"""What calculators that forward packets share: packets at another time, and stream headers."""

from __future__ import annotations

from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet as packets


def restamp(packet: mp.Packet, t: int) -> mp.Packet:
    """Return `packet` at `t`, which may be any special time, unlike in `Packet.at`."""
    return packets.make(packet._payload, packet._type, t)


def copy_header(cc: mp.CalculatorContext, source: mp.Input, target: mp.Output) -> None:
    """Give the output `target` the header of the input `source`, if there is one."""
    header, shard = cc.header(source), cc.output(target)
    if shard is not None and not header.is_empty():
        shard.set_header(header)


def copy_headers(cc: mp.CalculatorContext) -> None:
    """Give each output the header of the input with the same tag and index."""
    for (port, _), header in zip(cc.input_tags, cc.headers, strict=True):
        position = cc.output_tags.id(port.tag, port.index)
        if position is not None and not header.is_empty():
            cc.outputs[position].set_header(header)
