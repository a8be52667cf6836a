"""Encode payloads as bytes and back, for recordings. Reading one never executes or imports anything.

A value is a tag of one byte, the length of its body as a varint, and the body. Other classes need a codec
of their own: `register_codec(Point)` for a dataclass, else with two functions.
"""

from __future__ import annotations

import dataclasses
import struct
import zlib
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, NamedTuple

import numpy as np

from mpgraph import protos
from mpgraph.errors import AlreadyExistsError, GpuError, InvalidArgumentError
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.matrix import Matrix
from mpgraph.formats.pixels import Pixels
from mpgraph.formats.tensor import Quantization, Tensor
from mpgraph.formats.video_header import VideoHeader
from mpgraph.framework import packet as packets
from mpgraph.framework import packet_type
from mpgraph.framework.packet import Packet
from mpgraph.framework.packet_type import PayloadType
from mpgraph.framework.timestamp import Timestamp, from_raw

MAX_DEPTH = 30
"""How deep values may be nested."""

_LARGEST_ARRAY = 1 << 28
"""In bytes: compressed, a thousandth of that in a file would take all memory."""

FREE_BYTES, BYTES_A_BYTE = 1 << 29, 100
"""What arrays in a recording of a stranger may take: so much, and so much for each byte of the file."""

_DTYPE_KINDS = "biufc"
_Array = np.ndarray[Any, np.dtype[Any]]


class Allowance:
    """How many bytes the arrays of a recording may still take; those of images compress to a third."""

    def __init__(self) -> None:
        self._left = FREE_BYTES

    def add(self, read: int) -> None:
        """Allow for so many bytes of the file."""
        self._left += BYTES_A_BYTE * read

    def take(self, size: int) -> None:
        """Use some of it; raises InvalidArgumentError if there is not so much."""
        self._left -= size
        if self._left < 0:
            most = f"{FREE_BYTES >> 20} MB and {BYTES_A_BYTE} times the size of the file"
            raise InvalidArgumentError(
                f"the arrays in the recording take more than {most}",
                hint="If you trust who made it: mpgraph replay --trust.",
            )


_allowance: ContextVar[Allowance | None] = ContextVar("allowance", default=None)


class _Codec(NamedTuple):
    tag: bytes
    cls: type
    encode: Callable[[Any, int], bytes]
    decode: Callable[[bytes, int], Any]


class _UserCodec(NamedTuple):
    cls: type
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]


_users: dict[str, _UserCodec] = {}


def register_codec(
    cls: type,
    encode: Callable[[Any], bytes] | None = None,
    decode: Callable[[bytes], Any] | None = None,
) -> None:
    """Let recordings hold payloads of a class; a program that replays one must register it too.

    encode, decode: to bytes and back; not needed for a dataclass whose fields can be recorded.

    Raises:
        InvalidArgumentError: only one of them is given, or neither and `cls` is no dataclass.
        AlreadyExistsError: another class of this name has a codec.
    """
    name = f"{cls.__module__}.{cls.__qualname__}"
    if (encode is None) != (decode is None):
        raise InvalidArgumentError(f"A codec of {name} needs both, encode and decode.")
    if encode is None or decode is None:
        if not dataclasses.is_dataclass(cls):
            raise InvalidArgumentError(f"{name} is no dataclass: give its codec as two functions.")
        encode, decode = _fields_of, lambda data: cls(**to_value(data))
    known = _users.get(name)
    if known is not None and (known.cls.__module__, known.cls.__qualname__) != (
        cls.__module__,
        cls.__qualname__,
    ):
        raise AlreadyExistsError(f'A codec for "{name}" is registered already.')
    _users[name] = _UserCodec(cls, encode, decode)


def _fields_of(value: Any) -> bytes:
    return to_bytes({field.name: getattr(value, field.name) for field in dataclasses.fields(value)})


def to_bytes(value: Any, depth: int = 0) -> bytes:
    """Encode a value.

    Raises:
        InvalidArgumentError: its class, or that of a value in it, has no codec.
    """
    if depth > MAX_DEPTH:
        raise InvalidArgumentError("the value is too deeply nested")
    codec = _by_class.get(type(value))
    if codec is not None:
        return _framed(codec.tag, codec.encode(value, depth + 1))
    if hasattr(type(value), "DESCRIPTOR"):
        name = str(value.DESCRIPTOR.full_name)
        return _framed(b"o", to_bytes(name) + bytes(value.SerializePartialToString()))
    if isinstance(value, np.generic) and value.dtype.kind in _DTYPE_KINDS:
        return _framed(b"g", _pack(np.asarray(value)))
    cls = type(value)
    name = f"{cls.__module__}.{cls.__qualname__}"
    user = _users.get(name)
    if user is None or user.cls is not cls:
        raise InvalidArgumentError(
            f'values of the class "{name}" need a codec: mpgraph.testing.register_codec({cls.__name__}), '
            "with two functions unless it is a dataclass."
        )
    return _framed(b"x", to_bytes(name) + user.encode(value))


def to_value(data: bytes, allowance: Allowance | None = None) -> Any:
    """Decode the result of `to_bytes`.

    allowance: what its arrays may take, together with those of other values.

    Raises:
        InvalidArgumentError: it is damaged, or has a value of a class without a registered codec.
    """
    if allowance is not None:
        token = _allowance.set(allowance)
        try:
            return to_value(data)
        finally:
            _allowance.reset(token)
    value, end = read_value(data, 0)
    if end != len(data):
        raise InvalidArgumentError("there are bytes after the value")
    return value


def read_value(data: bytes, start: int, depth: int = 0) -> tuple[Any, int]:
    """Decode the value at `start`; return it and the position of its end. Errors as in `to_value`."""
    if depth > MAX_DEPTH:
        raise InvalidArgumentError("the value is too deeply nested")
    tag = data[start : start + 1]
    try:
        size, begin = _length(data, start + 1)
        end = begin + size
        if end > len(data):
            raise ValueError("the value is cut off")
        return _decoded(tag, data[begin:end], depth + 1), end
    except (InvalidArgumentError, GpuError):
        raise
    except Exception as error:  # Of protobuf, numpy, zlib or a user's codec, for damaged bytes.
        raise InvalidArgumentError(f"a value is damaged: {error}") from error


def _decoded(tag: bytes, body: bytes, depth: int) -> Any:
    codec = _by_tag.get(tag)
    if codec is not None:
        return codec.decode(body, depth)
    if tag == b"g":
        return _unpack(body)[()]
    if tag not in (b"o", b"x"):
        raise ValueError(f"unknown tag {tag!r}")
    name, end = read_value(body, 0, depth)
    if tag == b"o":
        return protos.message_class(name).FromString(body[end:])
    user = _users.get(name)
    if user is None:
        raise InvalidArgumentError(
            f'the recording holds a value of the class "{name}", for which no codec is registered: import '
            "the module that calls register_codec for it (on the command line: --module)."
        )
    return user.decode(body[end:])


# The frame of a value


def _framed(tag: bytes, body: bytes) -> bytes:
    size = len(body)
    length = bytearray()
    while size > 0x7F:
        length.append(0x80 | size & 0x7F)
        size >>= 7
    length.append(size)
    return tag + bytes(length) + body


def _length(data: bytes, start: int) -> tuple[int, int]:
    size = shift = 0
    for position in range(start, start + 5):
        byte = data[position]
        size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return size, position + 1
    raise ValueError("a length is too long")


# Numbers and containers


def _int_bytes(value: int, _: int) -> bytes:
    return value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)


def _items(values: Any, depth: int) -> bytes:
    return b"".join([to_bytes(value, depth) for value in values])


def _list(data: bytes, depth: int) -> list[Any]:
    values = []
    position = 0
    while position < len(data):
        value, position = read_value(data, position, depth)
        values.append(value)
    return values


def _pairs(value: dict[Any, Any], depth: int) -> bytes:
    return _items([part for pair in value.items() for part in pair], depth)


def _dict(data: bytes, depth: int) -> dict[Any, Any]:
    parts = iter(_list(data, depth))
    return dict(zip(parts, parts, strict=True))


# Arrays


def _pack(array: _Array, is_image: bool = False) -> bytes:
    """Encode dtype, shape and values; compressed if that helps, images as differences to the left pixel."""
    if array.dtype.kind not in _DTYPE_KINDS:
        raise InvalidArgumentError(f"an array of {array.dtype} has no codec.")
    array = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"), copy=False)).reshape(array.shape)
    differs = is_image and array.dtype.kind == "u" and array.ndim >= 2
    raw = array
    if differs:
        raw = array.copy()
        raw[:, 1:] -= array[:, :-1]
    values = raw.tobytes()
    packed = zlib.compress(values, 1)
    storage = b"r" if len(packed) >= len(values) else b"d" if differs else b"z"
    head = array.dtype.str.encode("ascii")
    shape = struct.pack(f"<B{array.ndim}I", array.ndim, *array.shape)
    stored = (array.tobytes() if differs else values) if storage == b"r" else packed
    return struct.pack("<B", len(head)) + head + shape + storage + stored


def _unpack(data: bytes) -> _Array:
    size = data[0]
    dtype = np.dtype(data[1 : 1 + size].decode("ascii"))
    if dtype.kind not in _DTYPE_KINDS:
        raise ValueError(f"an array of {dtype}")
    ndim = data[1 + size]
    start = 2 + size + 4 * ndim
    shape = struct.unpack(f"<{ndim}I", data[2 + size : start])
    storage, stored = data[start : start + 1], data[start + 1 :]
    count = dtype.itemsize
    for extent in shape:
        count *= extent
    if count > _LARGEST_ARRAY:
        raise ValueError(f"an array of {count} bytes")
    if (allowance := _allowance.get()) is not None:
        allowance.take(count)
    if storage in (b"z", b"d"):
        # Limits the memory that a damaged or hostile file can demand.
        stored = zlib.decompressobj().decompress(stored, count + 1)
    if len(stored) != count:
        raise ValueError(f"an array of {count} bytes has {len(stored)}")
    array = np.frombuffer(stored, dtype).reshape(shape)
    if storage == b"d":
        array = np.add.accumulate(array, axis=1, dtype=dtype)
    return array.astype(dtype.newbyteorder("="))


def _image_bytes(value: Pixels, _: int) -> bytes:
    return struct.pack("<B", value.image_format) + _pack(value.pixels, is_image=True)


def _pixels(cls: type[Pixels]) -> Callable[[bytes, int], Any]:
    return lambda data, _: cls.wrap(_unpack(data[1:]), ImageFormat(data[0]))


def _from_gpu(value: GpuBuffer, depth: int) -> bytes:
    return _image_bytes(value.to_frame(), depth)


def _to_gpu(data: bytes, depth: int) -> GpuBuffer:
    from mpgraph.gpu import upload  # Opens the GPU.

    return upload(_pixels(ImageFrame)(data, depth))


def _tensor_bytes(value: Tensor, depth: int) -> bytes:
    quantization = list(value.quantization) if value.quantization is not None else []
    return to_bytes([value.name, quantization, value.array], depth)


def _tensor(data: bytes, _: int) -> Tensor:
    name, quantization, array = to_value(data)
    return Tensor(array, name=name, quantization=Quantization(*quantization) if quantization else None)


def _header_bytes(value: VideoHeader, depth: int) -> bytes:
    return to_bytes([int(value.format), value.width, value.height, value.frame_rate, value.duration], depth)


def _header(data: bytes, _: int) -> VideoHeader:
    image_format, *rest = to_value(data)
    return VideoHeader(ImageFormat(image_format), *rest)


# Packets


def _packet_bytes(value: Packet, depth: int) -> bytes:
    head = struct.pack("<q", value._t)
    if value.type is None:
        return head
    return head + to_bytes(value.type.name, depth) + to_bytes(value.payload, depth)


def _packet(data: bytes, depth: int) -> Packet:
    (time,) = struct.unpack("<q", data[:8])
    if len(data) == 8:
        return packets.empty(time)
    name, end = read_value(data, 8, depth)
    value, _ = read_value(data, end, depth)
    packets.freeze(value)
    return packets.make(value, _type_of(name, value), time)


def _type_of(name: str, value: Any) -> PayloadType:
    found = packet_type.by_name(name)
    if found is None and name.startswith("::std::vector<") and name.endswith(">"):
        element = packet_type.by_name(name[len("::std::vector<") : -1].replace("std::string", "string"))
        found = packet_type.vector(element) if element is not None else None
    return found or packet_type.of_class(type(value))


_CODECS = (
    _Codec(b"n", type(None), lambda value, _: b"", lambda data, _: None),
    _Codec(b"b", bool, lambda value, _: b"\1" if value else b"\0", lambda data, _: data == b"\1"),
    _Codec(b"i", int, _int_bytes, lambda data, _: int.from_bytes(data, "little", signed=True)),
    _Codec(
        b"f", float, lambda value, _: struct.pack("<d", value), lambda data, _: struct.unpack("<d", data)[0]
    ),
    _Codec(
        b"s",
        str,
        lambda value, _: value.encode("utf-8", "surrogatepass"),
        lambda data, _: data.decode("utf-8", "surrogatepass"),
    ),
    _Codec(b"y", bytes, lambda value, _: value, lambda data, _: data),
    _Codec(
        b"t",
        Timestamp,
        lambda value, _: struct.pack("<q", value.value),
        lambda data, _: from_raw(struct.unpack("<q", data)[0]),
    ),
    _Codec(b"l", list, _items, _list),
    _Codec(b"u", tuple, _items, lambda data, depth: tuple(_list(data, depth))),
    _Codec(b"d", dict, _pairs, _dict),
    _Codec(b"a", np.ndarray, lambda value, _: _pack(value), lambda data, _: _unpack(data)),
    _Codec(b"m", Matrix, lambda value, _: _pack(np.asarray(value)), lambda data, _: Matrix(_unpack(data))),
    _Codec(b"F", ImageFrame, _image_bytes, _pixels(ImageFrame)),
    _Codec(b"I", Image, _image_bytes, _pixels(Image)),
    _Codec(b"G", GpuBuffer, _from_gpu, _to_gpu),
    _Codec(b"T", Tensor, _tensor_bytes, _tensor),
    _Codec(b"v", VideoHeader, _header_bytes, _header),
    _Codec(b"p", Packet, _packet_bytes, _packet),
)
_by_class = {codec.cls: codec for codec in _CODECS}
_by_tag = {codec.tag: codec for codec in _CODECS}
