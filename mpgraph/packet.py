"""Packet: an immutable payload with a timestamp, or an empty one that only tells a time."""

from __future__ import annotations

from typing import Any

from mpgraph import packet_type
from mpgraph import timestamp as ts
from mpgraph.packet_type import PayloadType
from mpgraph.timestamp import Timestamp, as_int


class Packet:
    """A payload shared by reference, its payload type, and a timestamp (UNSET by default).

    A packet with no type is empty: it carries no payload and its timestamp, if set, announces
    that nothing more comes up to that time. Payloads must not change once they are in a packet.
    """

    # The framework reads these on its hottest path; everybody else uses the properties.
    __slots__ = ("_payload", "_t", "_type")

    def __init__(self, packet: Packet | None = None) -> None:
        """Make an empty packet, or a copy of `packet` that shares its payload."""
        self._payload: Any = packet._payload if packet is not None else None
        self._type: PayloadType | None = packet._type if packet is not None else None
        self._t: int = packet._t if packet is not None else ts.UNSET

    @property
    def timestamp(self) -> Timestamp:
        """When the packet belongs to; assignable, as in MediaPipe's binding."""
        return Timestamp._wrap(self._t)

    @timestamp.setter
    def timestamp(self, value: int | Timestamp) -> None:
        self._t = as_int(value)

    @property
    def payload(self) -> Any:
        """The value carried, None for an empty packet."""
        return self._payload

    @property
    def type(self) -> PayloadType | None:
        """The payload type, None for an empty packet."""
        return self._type

    def is_empty(self) -> bool:
        """Whether there is no payload."""
        return self._type is None

    def at(self, timestamp: int | Timestamp) -> Packet:
        """A packet with the same payload at another time."""
        return make(self._payload, self._type, as_int(timestamp))

    def __repr__(self) -> str:
        content = f"C++ type: {self._type.name}" if self._type else "no data"
        return f"<mpgraph.Packet with timestamp: {ts.name(self._t)} and {content}>"


def make(payload: Any, kind: PayloadType | None, t: int = ts.UNSET) -> Packet:
    """Build a packet from its parts, without any check. The fast way, for framework and calculators."""
    packet: Packet = Packet.__new__(Packet)
    packet._payload = payload
    packet._type = kind
    packet._t = t
    return packet


def empty(t: int = ts.UNSET) -> Packet:
    """An empty packet that announces time `t`."""
    return make(None, None, t)


def make_packet(value: Any, timestamp: int | Timestamp = ts.UNSET) -> Packet:
    """Wrap any Python value; its payload type follows from its class.

    A numpy array inside is set read-only, since the payload is shared from here on. `None` makes
    an empty packet.
    """
    if value is None:
        return empty(as_int(timestamp))
    freeze(value)
    return make(value, packet_type.of_class(type(value)), as_int(timestamp))


def freeze(value: Any) -> None:
    """Set a numpy array read-only; leave any other value as it is."""
    flags = getattr(value, "flags", None)
    if flags is not None and hasattr(flags, "writeable"):
        flags.writeable = False
