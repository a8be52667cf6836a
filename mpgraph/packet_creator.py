"""MediaPipe's packet_creator: packets of a given type from Python values.

Integers are checked against the range of their C++ type, floats are rounded to float32 where the type
is, and mutable arguments are copied unless a function documents otherwise.
"""

from __future__ import annotations

import operator
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from ctypes import c_float
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.arrays import FLOAT_ARRAY, INT_ARRAY
from mpgraph.formats.image import IMAGE, Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import IMAGE_FRAME, ImageFrame
from mpgraph.formats.matrix import MATRIX, Matrix
from mpgraph.formats.pixels import Pixels
from mpgraph.framework import packet_type
from mpgraph.framework.packet import PACKET_MAP, PACKETS, Packet, make

_INTS = packet_type.vector(packet_type.INT)
_BOOLS = packet_type.vector(packet_type.BOOL)
_FLOATS = packet_type.vector(packet_type.FLOAT)
_STRINGS = packet_type.vector(packet_type.STRING)
_IMAGES = packet_type.vector(IMAGE)

T = TypeVar("T")
P = TypeVar("P", bound=Pixels)

# Numbers


def create_bool(data: bool) -> Packet:
    """Create a "bool" packet. TypeError for anything but a bool or numpy bool."""
    return make(_to_bool("create_bool", data), packet_type.BOOL)


def create_int(data: int) -> Packet:
    """Create an "int" packet, 32 bits. OverflowError outside of 32 bits, TypeError for other types."""
    return make(_to_int("create_int", data, -(2**31), 2**31 - 1), packet_type.INT)


def create_int8(data: int) -> Packet:
    """Create an 8-bit int packet. OverflowError outside of -128..127, TypeError for other types."""
    return make(_to_int("create_int8", data, -(2**7), 2**7 - 1), packet_type.INT8)


def create_int16(data: int) -> Packet:
    """Create a 16-bit int packet. OverflowError outside of its range, TypeError for other types."""
    return make(_to_int("create_int16", data, -(2**15), 2**15 - 1), packet_type.INT16)


def create_int32(data: int) -> Packet:
    """Create an "int" packet, the same as `create_int`."""
    return make(_to_int("create_int32", data, -(2**31), 2**31 - 1), packet_type.INT32)


def create_int64(data: int) -> Packet:
    """Create an "int64_t" packet. TypeError for other types, and for ints of more than 64 bits."""
    return make(_to_int("create_int64", data, -(2**63), 2**63 - 1), packet_type.INT64)


def create_uint8(data: int) -> Packet:
    """Create an 8-bit unsigned packet. OverflowError outside of 0..255, TypeError for other types."""
    return make(_to_int("create_uint8", data, 0, 2**8 - 1), packet_type.UINT8)


def create_uint16(data: int) -> Packet:
    """Create a 16-bit unsigned packet. OverflowError outside of 0..65535, TypeError for other types."""
    return make(_to_int("create_uint16", data, 0, 2**16 - 1), packet_type.UINT16)


def create_uint32(data: int) -> Packet:
    """Create a 32-bit unsigned packet. OverflowError outside of its range, TypeError for other types."""
    return make(_to_int("create_uint32", data, 0, 2**32 - 1), packet_type.UINT32)


def create_uint64(data: int) -> Packet:
    """Create a "uint64_t" packet. TypeError for other types, negative ints, and ints of more than 64 bits."""
    return make(_to_int("create_uint64", data, 0, 2**64 - 1), packet_type.UINT64)


def create_float(data: float) -> Packet:
    """Create a "float" packet, the value rounded to float32. TypeError for other types."""
    return make(c_float(_to_float("create_float", data)).value, packet_type.FLOAT)


def create_double(data: float) -> Packet:
    """Create a "double" packet. TypeError for other types."""
    return make(_to_float("create_double", data), packet_type.DOUBLE)


# Strings


def create_string(data: str | bytes) -> Packet:
    """Create a "string" packet of text or any bytes. TypeError for text that UTF-8 cannot encode."""
    return make(_to_string("create_string", data), packet_type.STRING)


# Lists


def create_int_array(data: Sequence[int]) -> Packet:
    """Create an "int []" packet. TypeError unless `data` is a sequence of 32-bit ints."""
    return make(tuple(_to_ints("create_int_array", data)), INT_ARRAY)


def create_float_array(data: Sequence[float]) -> Packet:
    """Create a "float []" packet, rounded to float32. TypeError unless `data` is a sequence of floats."""
    return make(tuple(_to_floats("create_float_array", data)), FLOAT_ARRAY)


def create_int_vector(data: Sequence[int]) -> Packet:
    """Create a packet of a vector of ints. TypeError unless `data` is a sequence of 32-bit ints."""
    return make(_to_ints("create_int_vector", data), _INTS)


def create_bool_vector(data: Sequence[bool]) -> Packet:
    """Create a packet of a vector of bools. TypeError unless `data` is a sequence of bools."""
    return make(_all("create_bool_vector", data, _to_bool), _BOOLS)


def create_float_vector(data: Sequence[float]) -> Packet:
    """Create a packet of a vector of floats, as float32. TypeError for others, ints too, as in MediaPipe."""
    return make(_to_floats("create_float_vector", data), _FLOATS)


def create_string_vector(data: Sequence[str | bytes]) -> Packet:
    """Create a packet of a vector of strings. TypeError unless `data` is a sequence of str or bytes."""
    return make(_all("create_string_vector", data, _to_string), _STRINGS)


def create_image_vector(data: Sequence[Image]) -> Packet:
    """Create a packet of a vector of images, which are shared. TypeError unless all are `Image`."""
    return make(_all("create_image_vector", data, _to(Image)), _IMAGES)


def create_packet_vector(data: Sequence[Packet]) -> Packet:
    """Create a packet of a vector of packets. TypeError unless all are `Packet`."""
    return make([Packet(p) for p in _all("create_packet_vector", data, _to(Packet))], PACKETS)


def create_string_to_packet_map(data: Mapping[str, Packet]) -> Packet:
    """Create a packet of a map from names to packets. TypeError unless it is from str to `Packet`."""
    where = "create_string_to_packet_map"
    if not isinstance(data, Mapping):
        raise _wrong(where, "a dict from str to Packet", data)
    entries = {_to_text(where, key): Packet(_to(Packet)(where, value)) for key, value in data.items()}
    return make(dict(sorted(entries.items())), PACKET_MAP)


# Matrices and images


def create_matrix(matrix: ArrayLike, transpose: bool = False) -> Packet:
    """Create a "::mediapipe::Matrix" packet: a column-major float32 copy of a 2-D array of numbers.

    Raises:
        TypeError: `matrix` is not numeric, or has more than two dimensions (one gives a column).
    """
    return make(Matrix(np.transpose(np.asarray(matrix)) if transpose else matrix), MATRIX)


def create_image_frame(
    data: ImageFrame | np.ndarray[Any, Any],
    *,
    image_format: ImageFormat | None = None,
    copy: bool | None = None,
) -> Packet:
    """Create a "::mediapipe::ImageFrame" packet of an ImageFrame, or of an HxW or HxWxC array.

    Args:
        data: an array of the format's dtype and channels (or of a dtype that casts to it without loss).
        image_format: the format of an array; for an ImageFrame, its own or None.
        copy: by default a writable array is copied and a read-only array shared; True always copies,
            False always shares: the array must then not be written to any more.

    Raises:
        TypeError: `data` is neither, or its dtype cannot become the format's.
        InvalidArgumentError: a ValueError; no format is given, it does not match the data, or copy=False
            for a non-contiguous array or an ImageFrame.

    Warns:
        RuntimeWarning: a writable array is shared.
    """
    return make(_to_image(ImageFrame, data, image_format, copy), IMAGE_FRAME)


def create_image(
    data: Image | np.ndarray[Any, Any], *, image_format: ImageFormat | None = None, copy: bool | None = None
) -> Packet:
    """Create a "::mediapipe::Image" packet of an Image or an array, as `create_image_frame` does."""
    return make(_to_image(Image, data, image_format, copy), IMAGE)


# Protocol messages


def create_proto(message: Any) -> Packet:
    """Create a packet of a copy of a protocol message, of mpgraph or of the same name in another pool.

    Raises:
        TypeError: it is not a message.
        NotFoundError: a RuntimeError; mpgraph has no message of this name.
        google.protobuf.message.EncodeError: a required field is missing.
    """
    from mpgraph.protos import copy_message  # Protobuf is slow to load.

    copy = copy_message(message)
    return make(copy, packet_type.of_class(type(copy)))


def create_proto_vector(message_list: Sequence[Any]) -> Packet:
    """Create a packet of a vector of copies of messages, all of one type.

    Raises:
        InvalidArgumentError: the messages are of several types, or there are none.
        TypeError, NotFoundError, EncodeError: as `create_proto`.
    """
    from mpgraph.protos import copy_message

    copies = _all("create_proto_vector", message_list, lambda _, message: copy_message(message))
    types = {type(copy) for copy in copies}
    if len(types) != 1:
        found = ", ".join(sorted(cls.DESCRIPTOR.full_name for cls in types)) or "none"
        raise InvalidArgumentError(f"create_proto_vector() needs messages of one type; there are: {found}.")
    return make(copies, packet_type.vector(packet_type.of_class(types.pop())))


# Conversions; `where` is the name of the public function, for error messages.


def _wrong(where: str, expected: str, value: Any) -> TypeError:
    shown = repr(value)
    shown = shown if len(shown) <= 80 else shown[:77] + "..."
    return TypeError(f"{where}() takes {expected}, not {type(value).__name__}: {shown}")


def _to_bool(where: str, value: Any) -> bool:
    if not isinstance(value, (bool, np.bool_)):
        raise _wrong(where, "a bool", value)
    return bool(value)


def _to_int(where: str, value: Any, least: int, most: int) -> int:
    if type(value) is int and least <= value <= most:
        return value
    try:
        number = int(operator.index(value))
    except TypeError:
        raise _wrong(where, "an int", value) from None
    if least <= number <= most:
        return number
    if most.bit_length() > 62 or not -(2**63) <= number < 2**63:
        raise _wrong(where, f"an int from {least} to {most}", value)
    # MediaPipe's spelling, which programs may compare.
    if number > most:
        raise OverflowError(f"{number} execeeds the maximum value ({most}) the data type can have.")
    raise OverflowError(f"{number} goes below the minimum value ({least}) the data type can have.")


def _to_float(where: str, value: Any) -> float:
    if type(value) is float:
        return value
    if not hasattr(value, "__float__") and not hasattr(value, "__index__"):
        raise _wrong(where, "a float", value)
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise _wrong(where, "a float", value) from None


def _to_string(where: str, value: Any) -> str | bytes:
    if isinstance(value, str):
        return _to_text(where, value)
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    raise _wrong(where, "a str or bytes", value)


def _to_text(where: str, value: Any) -> str:
    try:
        if isinstance(value, str):
            if not value.isascii():
                value.encode()
            return str(value)
        if isinstance(value, bytes):
            return value.decode()
    except UnicodeError:
        raise _wrong(where, "text that UTF-8 can encode", value) from None
    raise _wrong(where, "a str", value)


def _to(cls: type[T]) -> Callable[[str, Any], T]:
    def check(where: str, value: Any) -> T:
        if not isinstance(value, cls):
            raise _wrong(where, cls.__name__, value)
        return value

    return check


def _elements(where: str, data: Any) -> Iterable[Any]:
    if isinstance(data, (str, bytes, bytearray)) or not isinstance(data, (Sequence, np.ndarray)):
        raise _wrong(where, "a list", data)
    return data.tolist() if isinstance(data, np.ndarray) else data


def _all(where: str, data: Any, convert: Callable[[str, Any], T]) -> list[T]:
    return [convert(where, element) for element in _elements(where, data)]


def _to_ints(where: str, data: Any) -> list[int]:
    try:
        return [_to_int(where, element, -(2**31), 2**31 - 1) for element in _elements(where, data)]
    except OverflowError:
        raise _wrong(where, "a list of 32-bit ints", data) from None


def _to_floats(where: str, data: Any) -> list[float]:
    numbers = []
    for element in _elements(where, data):
        if not isinstance(element, (float, np.floating)):
            raise _wrong(where, "a list of floats", data)
        numbers.append(c_float(float(element)).value)
    return numbers


def _to_image(cls: type[P], data: Any, image_format: ImageFormat | None, copy: bool | None) -> P:
    if isinstance(data, cls):
        return _from_image(cls, data, image_format, copy)
    if image_format is None:
        raise InvalidArgumentError("Please provide 'image_format' with 'data'.")
    if not isinstance(data, np.ndarray):
        raise TypeError(f"data must be a numpy array or {cls.__name__}, not {type(data).__name__}.")
    if not isinstance(image_format, ImageFormat):
        raise TypeError(f"image_format must be a member of ImageFormat, not {image_format!r}.")
    if data.dtype != image_format.dtype:
        if not np.can_cast(data.dtype, image_format.dtype, "safe"):
            raise TypeError(
                f"Cannot cast array data from {data.dtype!r} to {image_format.dtype!r} according to the rule "
                f"'safe'; {image_format.name} holds {image_format.dtype}."
            )
        return cls(image_format=image_format, data=data.astype(image_format.dtype))
    if copy is None:
        copy = data.flags.writeable
    if copy:
        return cls(image_format=image_format, data=data)
    if not data.flags.c_contiguous:
        raise InvalidArgumentError("Reference mode is unavailable if 'data' is not c_contiguous.")
    if data.flags.writeable:
        warnings.warn(
            "'data' is still writeable. Taking a reference of the data to create a packet is dangerous.",
            RuntimeWarning,
            stacklevel=3,
        )
        data = data.view()  # The caller's array stays writable.
    return cls.wrap(data, image_format)


def _from_image(cls: type[P], data: P, image_format: ImageFormat | None, copy: bool | None) -> P:
    if image_format is not None and image_format != data.image_format:
        raise InvalidArgumentError("The provided image_format doesn't match the one from the data arg.")
    if copy is not None and not copy:
        raise InvalidArgumentError(
            f"Creating {cls.__name__} packet by taking a reference of another {cls.__name__} object is not "
            "supported yet."
        )
    return data.realigned()
