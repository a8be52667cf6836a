"""PacketDataType: how plain Python data becomes packets of a stream's type, and back."""

from __future__ import annotations

import enum
from typing import Any

import numpy as np

from mpgraph import packet_creator, packet_getter
from mpgraph.formats.image_format import ImageFormat
from mpgraph.framework.packet import Packet


@enum.unique
class PacketDataType(enum.Enum):
    """The kinds of data a SolutionBase takes and gives. Values name the creator and getter functions."""

    STRING = "string"
    BOOL = "bool"
    BOOL_LIST = "bool_list"
    INT = "int"
    INT_LIST = "int_list"
    FLOAT = "float"
    FLOAT_LIST = "float_list"
    AUDIO = "matrix"
    IMAGE = "image"
    IMAGE_LIST = "image_list"
    IMAGE_FRAME = "image_frame"
    PROTO = "proto"
    PROTO_LIST = "proto_list"

    @staticmethod
    def from_registered_name(registered_name: str) -> PacketDataType:
        """The kind that fits a stream's registered type name, such as "::mediapipe::ImageFrame".

        A "OneOf<A, B>" is the kind of its first known member.

        Raises:
            KeyError: no kind fits.
        """
        names = [registered_name]
        if registered_name.startswith("OneOf<") and registered_name.endswith(">"):
            names = [name.strip() for name in registered_name[len("OneOf<") : -1].split(",")]
        for name in names:
            found = _kind_of(name)
            if found is not None:
                return found
        raise KeyError(registered_name)

    @property
    def is_image(self) -> bool:
        """Whether the data is a picture as a numpy array."""
        return self in (PacketDataType.IMAGE, PacketDataType.IMAGE_FRAME)


_VECTOR = "::std::vector<"
_PLAIN = {
    "string": PacketDataType.STRING,
    "bool": PacketDataType.BOOL,
    "int": PacketDataType.INT,
    "int64": PacketDataType.INT,
    "int64_t": PacketDataType.INT,
    "float": PacketDataType.FLOAT,
    "::mediapipe::Matrix": PacketDataType.AUDIO,
    "::mediapipe::Image": PacketDataType.IMAGE,
    "::mediapipe::ImageFrame": PacketDataType.IMAGE_FRAME,
}
_LISTS = {
    PacketDataType.BOOL: PacketDataType.BOOL_LIST,
    PacketDataType.INT: PacketDataType.INT_LIST,
    PacketDataType.FLOAT: PacketDataType.FLOAT_LIST,
    PacketDataType.IMAGE: PacketDataType.IMAGE_LIST,
    PacketDataType.PROTO: PacketDataType.PROTO_LIST,
}


def _kind_of(name: str) -> PacketDataType | None:
    if name.startswith(_VECTOR) and name.endswith(">"):
        element = _kind_of(name[len(_VECTOR) : -1])
        return _LISTS.get(element) if element is not None else None
    if name in _PLAIN:
        return _PLAIN[name]
    return PacketDataType.PROTO if _is_message(name) else None


def _is_message(name: str) -> bool:
    from mpgraph import protos

    try:
        protos.message_class(name.removeprefix("::").replace("::", "."))
    except (KeyError, RuntimeError):
        return False
    return True


def make_packet(kind: PacketDataType, data: Any) -> Packet:
    """A packet of `kind` with the data given; pictures are RGB arrays, HxWx3 uint8."""
    if kind.is_image:
        create = (
            packet_creator.create_image if kind is PacketDataType.IMAGE else packet_creator.create_image_frame
        )
        return create(_contiguous(data), image_format=ImageFormat.SRGB)
    name = kind.value.replace("_list", "_vector")
    return getattr(packet_creator, f"create_{name}")(data)  # type: ignore[no-any-return]


def _contiguous(data: Any) -> Any:
    """Pixels in one run: a packet shares read-only memory, but not that of a flipped or strided view."""
    if not isinstance(data, np.ndarray) or data.flags.c_contiguous:
        return data
    copy = np.ascontiguousarray(data)
    copy.flags.writeable = False  # Nobody else has it, so it need not be copied again.
    return copy


def packet_content(kind: PacketDataType, packet: Packet) -> Any:
    """The data of a packet, None for an empty one; pictures come as read-only arrays."""
    if packet.is_empty():
        return None
    if kind is PacketDataType.STRING:
        return packet_getter.get_str(packet)
    content = getattr(packet_getter, f"get_{kind.value}")(packet)
    return content.numpy_view() if kind.is_image else content
