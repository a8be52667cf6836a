"""Packet: an immutable payload with a timestamp, or an empty packet that only announces a time."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, SupportsIndex
from weakref import WeakKeyDictionary

from mpgraph.errors import NotFoundError, a_type
from mpgraph.framework import packet_type
from mpgraph.framework import timestamp as ts
from mpgraph.framework.compact_payload import CompactPayload
from mpgraph.framework.packet_type import PayloadType
from mpgraph.framework.timestamp import Timestamp


class Packet:
    """A payload shared by reference, its payload type, and a timestamp (UNSET by default).

    A packet with no type is empty: it carries no payload and its timestamp, if set, announces
    that nothing more comes up to that time. Payloads must not change once they are in a packet.
    """

    # The framework reads these on its hottest path; other code uses the properties.
    __slots__ = ("_payload", "_t", "_type")

    def __init__(self, packet: Any = None) -> None:
        """Create an empty packet, or a copy of `packet` that shares its payload."""
        if packet is not None and not isinstance(packet, Packet):
            raise TypeError(f"Packet() copies a packet; make_packet() creates one from {a_type(packet)}.")
        self._payload: Any = packet._payload if packet is not None else None
        self._type: PayloadType | None = packet._type if packet is not None else None
        self._t: int = packet._t if packet is not None else ts.UNSET

    @property
    def timestamp(self) -> Timestamp:
        """The time of the payload; assignable, as in MediaPipe's binding."""
        return Timestamp._wrap(self._t)

    @timestamp.setter
    def timestamp(self, value: SupportsIndex) -> None:
        self._t = Timestamp(value)._value

    @property
    def payload(self) -> Any:
        """The value, None for an empty packet."""
        payload = self._payload
        return payload.expanded() if isinstance(payload, CompactPayload) else payload

    @property
    def compact(self) -> Any:
        """The value as its producer sent it, which may be a CompactPayload; None for an empty packet."""
        return self._payload

    @property
    def type(self) -> PayloadType | None:
        """The payload type, None for an empty packet."""
        return self._type

    def is_empty(self) -> bool:
        """Whether there is no payload."""
        return self._type is None

    def at(self, timestamp: SupportsIndex) -> Packet:
        """A packet with the same payload at another time.

        Raises:
            TypeError: `timestamp` is neither a 64-bit int nor a Timestamp.
            InvalidArgumentError: it is the number of a special value; name it, as in Timestamp.PRESTREAM.
        """
        if type(timestamp) is not int or not ts.MIN < timestamp < ts.MAX:
            timestamp = Timestamp(timestamp)._value
        return make(self._payload, self._type, timestamp)

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self.payload, self._type, self._t)

    def __repr__(self) -> str:
        # MediaPipe's own text: programs written for it compare it.
        content = f"C++ type: {self._type.name}" if self._type else "no data"
        return f"<mediapipe.Packet with timestamp: {ts.name(self._t)} and {content}>"


def make(payload: Any, kind: PayloadType | None, t: int = ts.UNSET) -> Packet:
    """Create a packet without any checks: the fast path, for the framework and calculators."""
    packet: Packet = Packet.__new__(Packet)
    packet._payload = payload
    packet._type = kind
    packet._t = t
    return packet


def _restored(payload: Any, kind: PayloadType | None, t: int) -> Packet:
    freeze(payload)  # Pickle creates writable arrays.
    return make(payload, kind, t)


def empty(t: int = ts.UNSET) -> Packet:
    """An empty packet that announces time `t`."""
    return make(None, None, t)


def make_packet(value: Any, timestamp: SupportsIndex = Timestamp.UNSET) -> Packet:
    """Wrap any Python value; its payload type follows from its class.

    A numpy array is set read-only, since the payload is shared from here on; a protocol message
    that mpgraph knows is copied. `None` gives an empty packet.
    """
    t = Timestamp(timestamp)._value
    if value is None:
        return empty(t)
    if hasattr(type(value), "DESCRIPTOR"):
        from mpgraph.protos import copy_message, is_message  # Protobuf is slow to load.

        if is_message(value):
            with suppress(NotFoundError):
                value = copy_message(value)
    freeze(value)  # The caller keeps the array, and may otherwise change it while nodes read it.
    return make(value, packet_type.of_class(type(value)), t)


def freeze(value: Any) -> None:
    """Make a numpy array read-only, so that a write fails where it happens; leave other values as they are.

    A payload is shared by all its readers, on several threads if nodes are offloaded; copying each frame of a
    video for each of them would cost more than most calculators.
    """
    # A numpy scalar has flags too, but they cannot be set.
    if has_flags(type(value)) and getattr(value.flags, "writeable", False):
        value.flags.writeable = False


def has_flags(cls: type) -> bool:
    """Whether values of a class may be arrays, which are made read-only in packets."""
    known = _has_flags.get(cls)
    if known is None:
        # Kept: to find that an attribute is missing takes long, longest where instances compute theirs.
        known = _has_flags[cls] = hasattr(cls, "flags")
    return known


_has_flags: WeakKeyDictionary[type, bool] = WeakKeyDictionary()  # Classes may be loaded again.


PACKET = packet_type.define("::mediapipe::Packet", Packet)
PACKETS = packet_type.vector(PACKET)
"""A list of packets."""
PACKET_MAP = packet_type.define("::std::map<std::string,::mediapipe::Packet>", dict)
"""Packets by name: dict[str, Packet]."""
