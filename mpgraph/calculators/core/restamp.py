"""The same packet at another time."""

from __future__ import annotations

from mpgraph.framework import packet as packets
from mpgraph.framework.packet import Packet


def restamp(packet: Packet, t: int) -> Packet:
    """Return `packet` at `t`, which may be any special time, unlike with `Packet.at`."""
    return packets.make(packet._payload, packet._type, t)
