"""Flatbuffers without a schema compiler: a reader that trusts no offset, and a small writer.

Layout (little-endian, https://flatbuffers.dev/internals): the file starts with the offset of its root table
and a file identifier of four letters. A table starts with the signed distance back to its vtable, which
holds two sizes and then, for each slot of the schema, the offset of its field in the table (0: absent).
References are unsigned distances *forwards*. So the writer starts at the front: new tables can then refer
into an old buffer that is appended unchanged.
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_VTABLE_HEADER = 4
_TABLE_ALIGNMENT = 8
_TAIL_ALIGNMENT = 64


class FlatbufferError(ValueError):
    """The bytes are not a valid flatbuffer; the message names the offending part and offset."""


class Table:
    """A table of a buffer. Every read is checked against the end of the buffer."""

    __slots__ = ("_data", "_fields", "_size", "position")

    def __init__(self, data: bytes, position: int) -> None:
        (back,) = _unpack(data, "<i", position)
        start = position - back
        vtable_size, self._size = _unpack(data, "<HH", start)
        if vtable_size < _VTABLE_HEADER or vtable_size % 2 or self._size < 4:
            raise FlatbufferError(f"the table at byte {position} has an invalid vtable")
        _require(data, position, self._size)
        self._fields = _unpack(data, f"<{vtable_size // 2 - 2}H", start + _VTABLE_HEADER)
        self._data = data
        self.position = position

    def scalar(self, slot: int, kind: str, default: int = 0) -> int:
        """The integer in `slot`; `kind` is its format character in the struct module."""
        at = self._field(slot, struct.calcsize(kind))
        return default if at is None else int(_unpack(self._data, "<" + kind, at)[0])

    def real(self, slot: int, default: float = 0.0) -> float:
        """The float32 in `slot`, or `default` if the field is absent."""
        at = self._field(slot, 4)
        return default if at is None else float(_unpack(self._data, "<f", at)[0])

    def table(self, slot: int) -> Table | None:
        """The table that `slot` refers to, None if the field is absent."""
        at = self.target(slot)
        return None if at is None else Table(self._data, at)

    def tables(self, slot: int) -> list[Table]:
        """The vector of tables that `slot` refers to, empty if the field is absent."""
        return [Table(self._data, at) for at in self.targets(slot)]

    def targets(self, slot: int) -> list[int]:
        """The positions of the elements of the vector of references in `slot`."""
        vector = self.target(slot)
        if vector is None:
            return []
        offsets = self._vector(vector, "I")
        return [vector + 4 + 4 * index + offset for index, offset in enumerate(offsets)]

    def vector(self, slot: int, kind: str) -> tuple[int | float, ...] | None:
        """The vector of numbers in `slot`; `kind` is the elements' format character in the struct module."""
        at = self.target(slot)
        return None if at is None else self._vector(at, kind)

    def integers(self, slot: int) -> tuple[int, ...] | None:
        """The vector of int32 in `slot`, None if the field is absent."""
        at = self.target(slot)
        return None if at is None else self._vector(at, "i")

    def length(self, slot: int) -> int:
        """The length of the byte vector in `slot`, without copying it; 0 if the field is absent."""
        at = self.target(slot)
        if at is None:
            return 0
        (count,) = _unpack(self._data, "<I", at)
        _require(self._data, at + 4, count)
        return int(count)

    def raw(self, slot: int) -> bytes:
        """The byte vector in `slot`, empty if the field is absent."""
        at = self.target(slot)
        return b"" if at is None else self._data[at + 4 : at + 4 + self.length(slot)]

    def text(self, slot: int) -> str:
        """The string in `slot`; bytes that are not UTF-8 are escaped."""
        return self.raw(slot).decode("utf-8", errors="backslashreplace")

    def target(self, slot: int) -> int | None:
        """The position of the object that `slot` refers to, None if the field is absent."""
        at = self._field(slot, 4)
        return None if at is None else at + int(_unpack(self._data, "<I", at)[0])

    def _field(self, slot: int, size: int) -> int | None:
        offset = self._fields[slot] if slot < len(self._fields) else 0
        if not offset:
            return None
        if offset < 4 or offset + size > self._size:
            raise FlatbufferError(f"field {slot} of the table at byte {self.position} is outside the table")
        return self.position + int(offset)

    def _vector(self, at: int, kind: str) -> tuple[int, ...]:
        (count,) = _unpack(self._data, "<I", at)
        _require(self._data, at + 4, count * struct.calcsize(kind))
        return _unpack(self._data, f"<{count}{kind}", at + 4)


def root(data: bytes, identifier: bytes) -> Table:
    """The root table of a buffer with the file identifier `identifier` (four letters)."""
    if len(data) < 8:
        raise FlatbufferError(f"it has only {len(data)} bytes")
    if data[4:8] != identifier:
        raise FlatbufferError(
            f"its bytes 4 to 8 are {data[4:8]!r}, but files of this type have {identifier!r} there"
        )
    (position,) = _unpack(data, "<I", 0)
    return Table(data, position)


def _unpack(data: bytes, layout: str, position: int) -> tuple[int, ...]:
    if position < 0:
        raise FlatbufferError(f"an offset points {-position} bytes before its beginning")
    try:
        return struct.unpack_from(layout, data, position)
    except struct.error:
        raise _past_the_end(data, position, struct.calcsize(layout)) from None


def _require(data: bytes, position: int, size: int) -> None:
    if position < 0 or position + size > len(data):
        raise _past_the_end(data, position, size)


def _past_the_end(data: bytes, position: int, size: int) -> FlatbufferError:
    return FlatbufferError(f"bytes {position} to {position + size} are needed, but it ends after {len(data)}")


@dataclass(frozen=True)
class Number:
    """A scalar field; `kind` is its format character in the struct module."""

    kind: str
    value: int


@dataclass(frozen=True)
class Numbers:
    """A vector of numbers; `kind` is their format character in the struct module."""

    kind: str
    values: Sequence[int | float]


@dataclass(frozen=True)
class Bytes:
    """A vector of bytes, or a string; aligned to 16 bytes, as TfLite requires for constants."""

    data: bytes


@dataclass(frozen=True)
class Kept:
    """A reference to an object at `position` in the old buffer."""

    position: int


@dataclass(frozen=True)
class NewTable:
    """A new table: slot -> field."""

    fields: Mapping[int, Field]


@dataclass(frozen=True)
class References:
    """A vector of references to other objects."""

    items: Sequence[Reference]


Reference = Numbers | Bytes | Kept | NewTable | References
Field = Number | Reference


def kept(table: Table, slot: int) -> list[Reference]:
    """References to the old objects in the vector of `slot`."""
    return [Kept(position) for position in table.targets(slot)]


def kept_fields(table: Table, slots: Iterable[int]) -> dict[int, Field]:
    """References to the old fields in those `slots` that `table` has; all must be references."""
    return {slot: Kept(at) for slot in slots if (at := table.target(slot)) is not None}


def write(top: NewTable, identifier: bytes, old: bytes = b"") -> bytes:
    """Return a buffer with `top` as its root; its `Kept` references point into `old`, which is appended."""
    out = bytearray(4) + identifier
    kept: list[tuple[int, int]] = []
    waiting: deque[tuple[int, Reference]] = deque([(0, top)])
    while waiting:
        slot, item = waiting.popleft()
        if isinstance(item, Kept):
            kept.append((slot, item.position))
            continue
        position = _append(out, item, waiting)
        struct.pack_into("<I", out, slot, position - slot)
    if old:
        _pad(out, _TAIL_ALIGNMENT)
    start = len(out)
    for slot, position in kept:
        struct.pack_into("<I", out, slot, start + position - slot)
    return bytes(out) + old


def _append(
    out: bytearray, item: NewTable | References | Numbers | Bytes, waiting: deque[tuple[int, Reference]]
) -> int:
    """Append `item` to `out`, queue the objects that it refers to, and return its position."""
    if isinstance(item, NewTable):
        return _append_table(out, item, waiting)
    if isinstance(item, References):
        position = _start_vector(out, len(item.items), 4)
        waiting.extend((position + 4 + 4 * index, reference) for index, reference in enumerate(item.items))
        out += bytes(4 * len(item.items))
        return position
    if isinstance(item, Numbers):
        position = _start_vector(out, len(item.values), struct.calcsize(item.kind))
        out += struct.pack(f"<{len(item.values)}{item.kind}", *item.values)
        return position
    position = _start_vector(out, len(item.data), 16)
    out += item.data + b"\0"
    return position


def _append_table(out: bytearray, table: NewTable, waiting: deque[tuple[int, Reference]]) -> int:
    offsets = [0] * (max(table.fields, default=-1) + 1)
    body = bytearray(4)
    inner: list[tuple[int, Reference]] = []
    for slot, field in table.fields.items():
        kind = field.kind if isinstance(field, Number) else "I"
        _pad(body, struct.calcsize(kind))
        offsets[slot] = len(body)
        if isinstance(field, Number):
            body += struct.pack("<" + kind, field.value)
        else:
            inner.append((len(body), field))
            body += bytes(4)
    _pad(out, 2)
    vtable = len(out)
    out += struct.pack(f"<HH{len(offsets)}H", _VTABLE_HEADER + 2 * len(offsets), len(body), *offsets)
    _pad(out, _TABLE_ALIGNMENT)
    position = len(out)
    struct.pack_into("<i", body, 0, position - vtable)
    out += body
    waiting.extend((position + offset, reference) for offset, reference in inner)
    return position


def _start_vector(out: bytearray, count: int, alignment: int) -> int:
    """Append a vector's length, so that its first element is aligned; return the position of the length."""
    _pad(out, 4)
    while (len(out) + 4) % alignment:
        out += bytes(4)
    out += struct.pack("<I", count)
    return len(out) - 4


def _pad(out: bytearray, alignment: int) -> None:
    out += bytes(-len(out) % alignment)
