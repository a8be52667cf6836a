"""Flatbuffers without a schema compiler: a reader that trusts no offset, and a small writer.

Layout (all little-endian, https://flatbuffers.dev/internals): the file starts with the offset of its
root table and four letters that name its kind. A table starts with the signed distance back to its
vtable, which holds two sizes and then, for each slot of the schema, where in the table its field is (0:
absent). References are unsigned distances *forwards*, which is why the writer goes from the front:
new tables may then refer into an old buffer that is put, unchanged, behind them.
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_VTABLE_HEADER = 4
_TABLE_ALIGNMENT = 8
_TAIL_ALIGNMENT = 64


class FlatbufferError(ValueError):
    """The bytes are not a sound flatbuffer; the message says what points where."""


class Table:
    """One table of a buffer. Every read is checked against the buffer's end."""

    __slots__ = ("_data", "_fields", "_size", "position")

    def __init__(self, data: bytes, position: int) -> None:
        (back,) = _unpack(data, "<i", position)
        start = position - back
        vtable_size, self._size = _unpack(data, "<HH", start)
        if vtable_size < _VTABLE_HEADER or vtable_size % 2 or self._size < 4:
            raise FlatbufferError(f"the table at byte {position} has a vtable that makes no sense")
        _require(data, position, self._size)
        self._fields = _unpack(data, f"<{vtable_size // 2 - 2}H", start + _VTABLE_HEADER)
        self._data = data
        self.position = position

    def scalar(self, slot: int, kind: str, default: int = 0) -> int:
        """The integer in `slot`; `kind` is its letter in the struct module."""
        at = self._field(slot, struct.calcsize(kind))
        return default if at is None else int(_unpack(self._data, "<" + kind, at)[0])

    def real(self, slot: int, default: float = 0.0) -> float:
        """The float32 in `slot`."""
        at = self._field(slot, 4)
        return default if at is None else float(_unpack(self._data, "<f", at)[0])

    def table(self, slot: int) -> Table | None:
        """The table that `slot` refers to."""
        at = self.target(slot)
        return None if at is None else Table(self._data, at)

    def tables(self, slot: int) -> list[Table]:
        """The vector of tables that `slot` refers to; an absent one is empty."""
        return [Table(self._data, at) for at in self.targets(slot)]

    def targets(self, slot: int) -> list[int]:
        """Where the elements of the vector of references in `slot` are."""
        vector = self.target(slot)
        if vector is None:
            return []
        offsets = self._vector(vector, "I")
        return [vector + 4 + 4 * index + offset for index, offset in enumerate(offsets)]

    def vector(self, slot: int, kind: str) -> tuple[int | float, ...] | None:
        """The vector of numbers in `slot`; `kind` is the element's letter in the struct module."""
        at = self.target(slot)
        return None if at is None else self._vector(at, kind)

    def integers(self, slot: int) -> tuple[int, ...] | None:
        """The vector of int32 in `slot`."""
        at = self.target(slot)
        return None if at is None else self._vector(at, "i")

    def length(self, slot: int) -> int:
        """How many bytes the byte vector in `slot` has, without copying it; 0 if it is absent."""
        at = self.target(slot)
        if at is None:
            return 0
        (count,) = _unpack(self._data, "<I", at)
        _require(self._data, at + 4, count)
        return int(count)

    def raw(self, slot: int) -> bytes:
        """The byte vector in `slot`."""
        at = self.target(slot)
        return b"" if at is None else self._data[at + 4 : at + 4 + self.length(slot)]

    def text(self, slot: int) -> str:
        """The string in `slot`; bytes that are not UTF-8 are shown escaped."""
        return self.raw(slot).decode("utf-8", errors="backslashreplace")

    def target(self, slot: int) -> int | None:
        """Where the thing that `slot` refers to is."""
        at = self._field(slot, 4)
        return None if at is None else at + int(_unpack(self._data, "<I", at)[0])

    def _field(self, slot: int, size: int) -> int | None:
        offset = self._fields[slot] if slot < len(self._fields) else 0
        if not offset:
            return None
        if offset < 4 or offset + size > self._size:
            raise FlatbufferError(f"field {slot} of the table at byte {self.position} lies outside it")
        return self.position + int(offset)

    def _vector(self, at: int, kind: str) -> tuple[int, ...]:
        (count,) = _unpack(self._data, "<I", at)
        _require(self._data, at + 4, count * struct.calcsize(kind))
        return _unpack(self._data, f"<{count}{kind}", at + 4)


def root(data: bytes, identifier: bytes) -> Table:
    """The root table of a buffer of the kind `identifier` (four letters)."""
    if len(data) < 8:
        raise FlatbufferError(f"it has only {len(data)} bytes")
    if data[4:8] != identifier:
        raise FlatbufferError(
            f"its bytes 4 to 8 are {data[4:8]!r}, but {identifier!r} marks a file of this kind"
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
    """A scalar field; `kind` is its letter in the struct module."""

    kind: str
    value: int


@dataclass(frozen=True)
class Numbers:
    """A vector of numbers."""

    kind: str
    values: Sequence[int | float]


@dataclass(frozen=True)
class Bytes:
    """A vector of bytes, 16-byte aligned as TfLite wants its constants; also serves for strings."""

    data: bytes


@dataclass(frozen=True)
class Kept:
    """Something at `position` of the old buffer."""

    position: int


@dataclass(frozen=True)
class NewTable:
    """A table: slot -> field."""

    fields: Mapping[int, Field]


@dataclass(frozen=True)
class References:
    """A vector of references."""

    items: Sequence[Reference]


Reference = Numbers | Bytes | Kept | NewTable | References
Field = Number | Reference


def write(top: NewTable, identifier: bytes, old: bytes = b"") -> bytes:
    """Return a buffer with `top` as its root; `Kept` references in it lead into `old`."""
    out = bytearray(4) + identifier
    kept: list[tuple[int, int]] = []
    waiting: deque[tuple[int, Reference]] = deque([(0, top)])
    while waiting:
        slot, thing = waiting.popleft()
        if isinstance(thing, Kept):
            kept.append((slot, thing.position))
            continue
        position = _append(out, thing, waiting)
        struct.pack_into("<I", out, slot, position - slot)
    if old:
        _pad(out, _TAIL_ALIGNMENT)
    start = len(out)
    for slot, position in kept:
        struct.pack_into("<I", out, slot, start + position - slot)
    return bytes(out) + old


def _append(
    out: bytearray, thing: NewTable | References | Numbers | Bytes, waiting: deque[tuple[int, Reference]]
) -> int:
    """Write `thing` at the end of `out`, queue what it refers to, return where it is."""
    if isinstance(thing, NewTable):
        return _append_table(out, thing, waiting)
    if isinstance(thing, References):
        position = _start_vector(out, len(thing.items), 4)
        waiting.extend((position + 4 + 4 * index, item) for index, item in enumerate(thing.items))
        out += bytes(4 * len(thing.items))
        return position
    if isinstance(thing, Numbers):
        position = _start_vector(out, len(thing.values), struct.calcsize(thing.kind))
        out += struct.pack(f"<{len(thing.values)}{thing.kind}", *thing.values)
        return position
    position = _start_vector(out, len(thing.data), 16)
    out += thing.data + b"\0"
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
    """Write the vector's length so that its first element is aligned; return where the length is."""
    _pad(out, 4)
    while (len(out) + 4) % alignment:
        out += bytes(4)
    out += struct.pack("<I", count)
    return len(out) - 4


def _pad(out: bytearray, alignment: int) -> None:
    out += bytes(-len(out) % alignment)
