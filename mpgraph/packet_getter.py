"""MediaPipe's packet_getter: the content of packets as Python values.

Every function raises TypeError for an argument that is not a packet. Lists and messages are copies,
images and matrices are shared and read-only.
"""

from __future__ import annotations

from copy import deepcopy
from ctypes import c_float
from typing import Any

import numpy as np

from mpgraph.errors import InternalError, InvalidArgumentError
from mpgraph.formats.arrays import FLOATS_4, FLOATS_16
from mpgraph.formats.image import IMAGE, Image
from mpgraph.formats.image_frame import IMAGE_FRAME, ImageFrame
from mpgraph.formats.matrix import MATRIX
from mpgraph.framework import packet_type
from mpgraph.framework.packet import PACKET_MAP, PACKETS, Packet
from mpgraph.framework.packet_type import PayloadType, vector

_INT_TYPES = (packet_type.INT, packet_type.INT64, packet_type.INT8, packet_type.INT16)
_UINT_TYPES = (packet_type.UINT8, packet_type.UINT16, packet_type.UINT32, packet_type.UINT64)
_INT_LIST_TYPES = tuple(vector(kind) for kind in _INT_TYPES)
_FLOAT_LIST_TYPES = (vector(packet_type.FLOAT), FLOATS_16, FLOATS_4)
_BOOL_LIST = vector(packet_type.BOOL)
_STRING_LIST = vector(packet_type.STRING)
_IMAGE_LIST = vector(IMAGE)


def get_str(packet: Packet) -> str:
    """The text of a "string" packet. UnicodeDecodeError if its bytes are not UTF-8."""
    return _text(_content(packet, packet_type.STRING))


def get_bytes(packet: Packet) -> bytes:
    """The bytes of a "string" packet."""
    content: str | bytes = _content(packet, packet_type.STRING)
    return content.encode() if isinstance(content, str) else content


def get_bool(packet: Packet) -> bool:
    """The value of a "bool" packet."""
    value: bool = _content(packet, packet_type.BOOL)
    return value


def get_int(packet: Packet) -> int:
    """The value of a packet of signed ints, of 8 to 64 bits. ValueError for other packets."""
    value: int = _one_of(packet, _INT_TYPES, "int, int8, int16, int32, or int64 data")
    return value


def get_uint(packet: Packet) -> int:
    """The value of a packet of unsigned ints, of 8 to 64 bits. ValueError for other packets."""
    value: int = _one_of(packet, _UINT_TYPES, "uint8, uint16, uint32, or uint64 data")
    return value


def get_float(packet: Packet) -> float:
    """The value of a "float" or "double" packet as float32, as in MediaPipe. ValueError for other packets."""
    value = _one_of(packet, (packet_type.FLOAT, packet_type.DOUBLE), "float or double data")
    return c_float(value).value


def get_int_list(packet: Packet) -> list[int]:
    """The values of a vector of signed ints. ValueError for other packets."""
    return list(_one_of(packet, _INT_LIST_TYPES, "int, int8, int16, int32, or int64 containers"))


def get_bool_list(packet: Packet) -> list[bool]:
    """The values of a vector of bools."""
    return list(_content(packet, _BOOL_LIST))


def get_float_list(packet: Packet) -> list[float]:
    """The values of a vector of floats or an array of 4 or 16 floats. ValueError for other packets."""
    return list(
        _one_of(packet, _FLOAT_LIST_TYPES, "std::vector<float> or std::array<float, 4 / 16> containers")
    )


def get_str_list(packet: Packet) -> list[str]:
    """The texts of a vector of strings. UnicodeDecodeError if bytes are not UTF-8."""
    return [_text(element) for element in _content(packet, _STRING_LIST)]


def get_image_list(packet: Packet) -> list[Image]:
    """The images of a vector of images."""
    return list(_content(packet, _IMAGE_LIST))


def get_packet_list(packet: Packet) -> list[Packet]:
    """The packets of a vector of packets."""
    return [Packet(element) for element in _content(packet, PACKETS)]


def get_str_to_packet_dict(packet: Packet) -> dict[str, Packet]:
    """The packets of a map from names to packets, names sorted."""
    return {name: Packet(value) for name, value in sorted(_content(packet, PACKET_MAP).items())}


def get_image(packet: Packet) -> Image:
    """The image of a "::mediapipe::Image" packet, shared."""
    image: Image = _content(packet, IMAGE)
    return image


def get_image_frame(packet: Packet) -> ImageFrame:
    """The image of a "::mediapipe::ImageFrame" packet, shared."""
    frame: ImageFrame = _content(packet, IMAGE_FRAME)
    return frame


def get_matrix(packet: Packet) -> np.ndarray[Any, np.dtype[np.float32]]:
    """The values of a "::mediapipe::Matrix" packet: rows x columns, read-only, shared."""
    return np.asarray(_content(packet, MATRIX))


def get_proto(packet: Packet) -> Any:
    """A copy of the message in a packet, of the class in `mpgraph.protos`.

    Raises:
        TypeError: the payload is not a protocol message.
        InternalError: a RuntimeError; the packet is empty.
    """
    kind = _type_of(packet, "Packet is empty.")
    if not hasattr(packet.payload, "DESCRIPTOR"):
        raise TypeError(f'The Packet stores "{kind.name}", which is not a protocol message.')
    return deepcopy(packet.payload)


def get_proto_list(packet: Packet) -> list[Any]:
    """Copies of the messages in a vector of messages.

    Raises:
        InvalidArgumentError: a ValueError; the packet holds something else.
        InternalError: a RuntimeError; the packet is empty.
    """
    kind, content = _type_of(packet, "Packet is empty."), packet.payload
    if not isinstance(content, list) or not all(hasattr(element, "DESCRIPTOR") for element in content):
        raise InvalidArgumentError(
            f'The Packet stores "{kind.name}" which is not a list of protocol messages.'
        )
    return [deepcopy(element) for element in content]


def _need_packet(packet: Any) -> None:
    if not isinstance(packet, Packet):
        raise TypeError(f"A Packet is needed, not {type(packet).__name__}.")


def _type_of(packet: Packet, if_empty: str) -> PayloadType:
    """The type of a packet's payload. Raises InternalError with the text `if_empty` for an empty packet."""
    _need_packet(packet)
    if packet._type is None:
        raise InternalError(if_empty)
    return packet._type


def _content(packet: Packet, kind: PayloadType) -> Any:
    """The payload of a packet of this type.

    Raises:
        InvalidArgumentError: a ValueError; the packet is of another type.
        InternalError: a RuntimeError; the packet is empty.
    """
    found = _type_of(packet, f"Expected a Packet of type: {kind.name}, but received an empty Packet.")
    if found is not kind:
        raise InvalidArgumentError(f'The Packet stores "{found.name}", but "{kind.name}" was requested.')
    return packet.payload


def _one_of(packet: Packet, kinds: tuple[PayloadType, ...], words: str) -> Any:
    _need_packet(packet)
    if packet._type in kinds:
        return packet.payload
    found = f'it stores "{packet._type.name}"' if packet._type else "it is empty"
    raise InvalidArgumentError(f"Packet doesn't contain {words}; {found}.")


def _text(content: str | bytes) -> str:
    return content.decode() if isinstance(content, bytes) else content
