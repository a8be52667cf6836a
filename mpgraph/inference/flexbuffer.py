"""A reader of flexbuffers, in which TfLite's custom operators have their options. It trusts no offset.

Layout (https://flatbuffers.dev/internals): the last byte is the width of the root value, the byte before it
the root's packed type (type << 2 | log2 of the width of what it refers to), and before that is the value.
References are unsigned distances backwards. A map is a vector of values, then their packed types; before it
are the reference to the vector of keys, the width of that vector's elements, and the number of values.
"""

from __future__ import annotations

import struct

_INT, _UINT, _FLOAT = 1, 2, 3
_INDIRECT = {6: _INT, 7: _UINT, 8: _FLOAT}
_MAP = 9
_VECTORS = {11: _INT, 12: _UINT, 13: _FLOAT}

_FORMATS = {
    _INT: {1: "b", 2: "h", 4: "i", 8: "q"},
    _UINT: {1: "B", 2: "H", 4: "I", 8: "Q"},
    _FLOAT: {4: "f", 8: "d"},
}

Value = int | float | tuple[int | float, ...]


def read_map(data: bytes) -> dict[str, Value]:
    """Read a map whose values are numbers or vectors of numbers.

    Raises:
        ValueError: it is not such a map. The message begins with "has".
    """
    try:
        width, packed = data[-1], data[-2]
        root_at = len(data) - 2 - width
        if packed >> 2 != _MAP:
            raise _unreadable()
        values_at, width = _target(data, root_at, width), 1 << (packed & 3)
        count = int(_number(data, values_at - width, _UINT, width))
        keys_at = _target(data, values_at - 3 * width, width)
        key_width = int(_number(data, values_at - 2 * width, _UINT, width))
        types_at = values_at + count * width
        found: dict[str, Value] = {}
        for index in range(count):
            key_at = _target(data, keys_at + index * key_width, key_width)
            key = data[key_at : data.index(b"\0", key_at)].decode()
            found[key] = _value(data, values_at + index * width, width, data[types_at + index])
    except (IndexError, KeyError, struct.error, ValueError):
        raise _unreadable() from None
    return found


def _value(data: bytes, at: int, width: int, packed: int) -> Value:
    kind, inner_width = packed >> 2, 1 << (packed & 3)
    if kind in _INDIRECT:
        return _number(data, _target(data, at, width), _INDIRECT[kind], inner_width)
    if kind in _VECTORS:
        start = _target(data, at, width)
        count = int(_number(data, start - inner_width, _UINT, inner_width))
        return struct.unpack_from(f"<{count}{_FORMATS[_VECTORS[kind]][inner_width]}", data, start)
    return _number(data, at, kind, width)


def _number(data: bytes, at: int, kind: int, width: int) -> int | float:
    if at < 0:
        raise _unreadable()
    value: int | float = struct.unpack_from("<" + _FORMATS[kind][width], data, at)[0]
    return value


def _target(data: bytes, at: int, width: int) -> int:
    target = at - int(_number(data, at, _UINT, width))
    if target < 0:
        raise _unreadable()
    return target


def _unreadable() -> ValueError:
    return ValueError("has options that are not a flexbuffer map of numbers")
