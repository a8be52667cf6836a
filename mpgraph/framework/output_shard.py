"""What a calculator writes to: a shard for each output stream, a slot for each output side packet."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from mpgraph.errors import AlreadyExistsError, FailedPreconditionError, InvalidArgumentError
from mpgraph.framework import packet as packets
from mpgraph.framework import packet_type
from mpgraph.framework import timestamp as ts
from mpgraph.framework.compact_payload import CompactPayload
from mpgraph.framework.packet import Packet
from mpgraph.framework.packet_type import PayloadType
from mpgraph.framework.timestamp import POSTSTREAM, PRESTREAM

if TYPE_CHECKING:
    from mypy_extensions import i64  # An int that mypyc compiles to the processor's.

_GREATEST = int(sys.float_info.max)
"""The greatest float, as an int: compiled code would turn an int that is compared to a float into a float."""


def typed_packet(value: Any, t: int, types: frozenset[PayloadType] | None, where: str) -> Packet:
    """Wrap a value as a packet of the type that its producer declared.

    Where the declared type requires it, an int becomes a float, and a numpy scalar a plain number.

    Raises:
        InvalidArgumentError: the value is of another class, or already a packet.
    """
    if isinstance(value, Packet):
        raise InvalidArgumentError(
            f"{where}: emit() takes the payload, not a packet.",
            hint="Send a whole packet, with its own timestamp, with cc.forward(port, packet).",
            rule="payload",
        )
    if value is None:
        raise InvalidArgumentError(
            f"{where}: None cannot be a payload.",
            hint="Emit nothing instead; with a timestamp_offset of 0, that time is settled without a packet.",
            rule="payload",
        )
    cls = type(value)
    if isinstance(value, CompactPayload):
        value.freeze()
        own = value.payload_type
    else:
        packets.freeze(value)
        own = packet_type.of_class(cls)
    if types is None or own in types:
        return packets.make(value, own, t)
    for kind in types:
        # bool is an int for Python, not for a stream.
        if isinstance(value, kind.python) and (cls is not bool or kind.python is bool):
            return packets.make(value, kind, t)
    plain = _plain_number(value, types)
    if plain is not None:
        return typed_packet(plain, t, types, where)
    raise InvalidArgumentError(
        f"{where}: Packet type mismatch on calculator outputting to stream. The Packet stores "
        f'"{own.name}", but "{packet_type.names(types)}" was requested.',
        hint=_type_hint(cls, types),
        rule="payload-type",
    )


def _type_hint(cls: type, types: frozenset[PayloadType]) -> str:
    if cls.__name__ == "_Stop":
        return "STOP is not a payload: end process() with return mp.STOP."
    names = sorted({getattr(kind.python, "__name__", str(kind.python)) for kind in types})
    if cls.__name__ == "ndarray" and names[0] in ("Image", "ImageFrame"):
        return f"Make an image of the array: mp.{names[0]}.wrap(array)."
    expected = " or ".join(names)
    return f"Send a value of the Python type {expected}, or declare the port with the type {cls.__name__}."


def _plain_number(value: Any, types: frozenset[PayloadType]) -> int | float | bool | None:
    """Convert a number to the declared type as C++ would; None for other values and lossy conversions."""
    if type(value) is int:
        expects_float = any(kind.python is float for kind in types)
        return float(value) if expects_float and -_GREATEST <= value <= _GREATEST else None
    if (
        getattr(type(value), "__module__", "") == "numpy"
        and getattr(value, "shape", None) == ()
        and hasattr(value, "item")
    ):
        plain = value.item()
        return plain if isinstance(plain, (bool, int, float)) else None
    return None


class OutputStreamShard:
    """What an invocation adds to an output stream, until the runtime propagates it.

    `bound` is what the calculator set in this invocation (UNSET for nothing), `stream_bound` the bound
    of the stream before it; `offset` is the stream's promise (None for no promise), kept for the run.
    `packets` are those that it has added; `closed` is whether it has ended the stream; `header` is the
    stream's, which cannot change once `header_locked` is set. `name`, `label` and `types` are the stream's.
    """

    __slots__ = (
        "_accepted",
        "bound",
        "closed",
        "header",
        "header_locked",
        "label",
        "name",
        "offset",
        "packets",
        "stream_bound",
        "types",
    )

    def __init__(
        self, name: str, types: frozenset[PayloadType] | None, offset: int | None, port: str = ""
    ) -> None:
        """port: its tag and index, for messages."""
        self.name = name
        self._accepted: dict[type, PayloadType | None] = {}
        """The payload types of values that need neither a conversion nor to be frozen, by their class."""
        self.label = f'output stream "{name}"' + (f' (port "{port}")' if port else "")
        self.types = types
        self.offset = offset
        self.packets: list[Packet] = []
        self.bound: i64 = ts.UNSET
        self.stream_bound: i64 = ts.PRESTREAM
        self.closed = False
        self.header: Packet = packets.empty()
        self.header_locked = False

    def emit(self, value: Any, t: int) -> None:
        """Add a value as a packet at `t`, after checking its class against the declared type."""
        kind = self._accepted.get(type(value))
        if kind is not None and not self.closed and PRESTREAM <= t <= POSTSTREAM:
            self.packets.append(packets.make(value, kind, t))
            return
        packet = typed_packet(value, t, self.types, self.label)
        self.add_packet(packet)
        cls = type(value)
        if packet._payload is value and not (isinstance(value, CompactPayload) or packets.has_flags(cls)):
            self._accepted[cls] = packet._type

    def add_packet(self, packet: Packet) -> None:
        """Add a packet; an empty packet only moves the bound past its time.

        Raises:
            FailedPreconditionError: the stream is closed.
            InvalidArgumentError: the timestamp or the payload's type is not allowed here.
        """
        if self.closed:
            raise FailedPreconditionError(
                f'Packet sent to closed stream "{self.name}" (packet timestamp {ts.name(packet._t)}).',
                hint="Send it before the stream is closed: by close_output(), or when close() returns.",
                rule="closed-stream",
            )
        t = packet._t
        if packet._type is None:
            self.set_next_timestamp_bound(ts.next_allowed(t))
            return
        if not PRESTREAM <= t <= POSTSTREAM:
            raise InvalidArgumentError(
                f'In stream "{self.name}", timestamp not specified or set to illegal value: {ts.name(t)}.',
                hint=_time_hint(t),
                rule="timestamp",
            )
        if self.types is not None and packet._type not in self.types:
            raise InvalidArgumentError(
                f"Packet type mismatch on calculator outputting to stream "
                f'"{self.name}": The Packet stores "{packet._type.name}", but '
                f'"{packet_type.names(self.types)}" was requested.',
                hint="Forward another packet, or declare the port with this type.",
                rule="payload-type",
            )
        self.packets.append(packet)

    def set_next_timestamp_bound(self, bound: int) -> None:
        """Promise that nothing before `bound` follows.

        Raises:
            FailedPreconditionError: the stream is closed.
            InvalidArgumentError: `bound` cannot be a bound.
        """
        if not (ts.PRESTREAM <= bound <= ts.ONE_OVER_POSTSTREAM or bound == ts.DONE):
            raise InvalidArgumentError(
                f'In stream "{self.name}", timestamp bound set to illegal value: {ts.name(bound)}.',
                hint="Use the earliest time that the next packet can have.",
                rule="timestamp",
            )
        if self.closed:
            raise FailedPreconditionError(
                f'The bound of closed stream "{self.name}" cannot be set.',
                hint="Leave the call out: at a closed stream, all times are settled.",
                rule="closed-stream",
            )
        self.bound = bound

    def next_bound(self) -> int:
        """The bound of the stream after what this invocation has set and added so far."""
        last = ts.next_allowed(self.packets[-1]._t) if self.packets else ts.UNSET
        return max(self.stream_bound, self.bound, last)

    def close(self) -> None:
        """End the stream after the packets added so far."""
        self.closed = True
        self.bound = ts.DONE

    def set_header(self, header: Packet) -> None:
        """Set the stream's header.

        Raises:
            FailedPreconditionError: called after open.
            InvalidArgumentError: the header has a timestamp.
        """
        if self.header_locked:
            raise FailedPreconditionError(
                f'SetHeader of stream "{self.name}" must be called from Calculator::Open().',
                hint="Call cc.set_header() in open(): downstream nodes read the header when they open.",
                rule="late-header",
            )
        if header._t != ts.UNSET:
            raise InvalidArgumentError(
                f'The header of stream "{self.name}" must not have a timestamp.', rule="timestamp"
            )
        self.header = header


class SideOutputSlot:
    """The value of an output side packet, which can be set once per run.

    `name` and `types` are the side packet's; `packet` is empty until it is set.
    """

    __slots__ = ("name", "packet", "types")

    def __init__(self, name: str, types: frozenset[PayloadType] | None) -> None:
        self.name = name
        self.types = types
        self.packet: Packet = packets.empty()

    def emit(self, value: Any, t: int) -> None:
        """Set the side packet to a value; `t` is ignored, as side packets have no time."""
        del t
        self.add_packet(typed_packet(value, ts.UNSET, self.types, f'output side packet "{self.name}"'))

    def add_packet(self, packet: Packet) -> None:
        """Set the side packet.

        Raises:
            AlreadyExistsError: it was set before.
            InvalidArgumentError: the packet is empty, has a timestamp, or is of another type.
        """
        if not self.packet.is_empty():
            raise AlreadyExistsError(
                f'Output side packet "{self.name}" was already set.',
                hint="A side packet has one value in a run: set it once, most often in open().",
                rule="set-twice",
            )
        if packet._type is None:
            raise InvalidArgumentError(
                f'Output side packet "{self.name}" must not be empty.',
                hint="Give it a value.",
                rule="payload",
            )
        if packet._t != ts.UNSET:
            raise InvalidArgumentError(
                f'Output side packet "{self.name}" has a timestamp {ts.name(packet._t)}; it must have none.',
                hint="Emit the payload, or a packet made without a timestamp.",
                rule="timestamp",
            )
        if self.types is not None and packet._type not in self.types:
            raise InvalidArgumentError(
                f'Packet type mismatch on output side packet "{self.name}": The Packet stores '
                f'"{packet._type.name}", but "{packet_type.names(self.types)}" was requested.',
                hint="Send another packet, or declare the port with this type.",
                rule="payload-type",
            )
        self.packet = packet


def _time_hint(t: int) -> str:
    if t == ts.UNSTARTED:
        return "In open() there is no input time: give a timestamp, or emit in process()."
    if t == ts.DONE:
        return "In close() there is no input time: give a timestamp, such as that of the last input."
    return "Use a time between Timestamp.min() and Timestamp.max(), most often the input's."
