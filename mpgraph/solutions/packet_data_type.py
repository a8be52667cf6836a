"""PacketDataType: convert Python data to packets of a stream's type, and back."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

import numpy as np

from mpgraph import packet_creator, packet_getter
from mpgraph.formats.gpu_buffer import GPU_BUFFER
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework.packet import Packet, make
from mpgraph.gpu import upload


@enum.unique
class PacketDataType(enum.Enum):
    """The data types that SolutionBase accepts and returns. Values name the creator and getter functions."""

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
    GPU_BUFFER = "gpu_buffer"
    PROTO = "proto"
    PROTO_LIST = "proto_list"

    @staticmethod
    def from_registered_name(registered_name: str) -> PacketDataType:
        """Return the data type for a registered type name, such as "::mediapipe::ImageFrame".

        For "OneOf<A, B>" it is that of the first supported member.

        Raises:
            KeyError: the type is not supported.
        """
        names = [registered_name]
        if registered_name.startswith("OneOf<") and registered_name.endswith(">"):
            names = [name.strip() for name in registered_name[len("OneOf<") : -1].split(",")]
        for name in names:
            data_type = _data_type_of(name)
            if data_type is not None:
                return data_type
        raise KeyError(registered_name)

    @property
    def is_image(self) -> bool:
        """Whether the data is an image as a numpy array."""
        return self in (PacketDataType.IMAGE, PacketDataType.IMAGE_FRAME, PacketDataType.GPU_BUFFER)


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
    "::mediapipe::GpuBuffer": PacketDataType.GPU_BUFFER,
}
_LISTS = {
    PacketDataType.BOOL: PacketDataType.BOOL_LIST,
    PacketDataType.INT: PacketDataType.INT_LIST,
    PacketDataType.FLOAT: PacketDataType.FLOAT_LIST,
    PacketDataType.IMAGE: PacketDataType.IMAGE_LIST,
    PacketDataType.PROTO: PacketDataType.PROTO_LIST,
}


def _data_type_of(name: str) -> PacketDataType | None:
    if name.startswith(_VECTOR) and name.endswith(">"):
        element = _data_type_of(name[len(_VECTOR) : -1])
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


def make_packet(data_type: PacketDataType, data: Any) -> Packet:
    """Create a packet of a data type; images are given as arrays, HxWx3 uint8 RGB.

    Raises:
        TypeError, ValueError: the data does not have this type.
        GpuError: an image cannot be copied to the GPU.
    """
    if data_type is PacketDataType.GPU_BUFFER:
        frame = ImageFrame.wrap(shared_view(_contiguous(data)), ImageFormat.SRGB)
        return make(upload(frame), GPU_BUFFER)
    if data_type.is_image:
        is_plain = data_type is PacketDataType.IMAGE
        create = packet_creator.create_image if is_plain else packet_creator.create_image_frame
        return create(_contiguous(data), image_format=ImageFormat.SRGB)
    name = data_type.value.replace("_list", "_vector")
    return getattr(packet_creator, f"create_{name}")(data)  # type: ignore[no-any-return]


def shared_view(data: Any) -> Any:
    """A read-only view of an array, which packets share instead of copying it; other data unchanged.

    Only for graphs that neither keep the image beyond one `process` call nor return it.
    """
    if not isinstance(data, np.ndarray):
        return data
    view = data.view()
    view.flags.writeable = False
    return view


def _contiguous(data: Any) -> Any:
    """Contiguous pixels: packets share read-only memory, but not that of flipped or strided views."""
    if not isinstance(data, np.ndarray) or data.flags.c_contiguous:
        return data
    copy = np.ascontiguousarray(data)
    copy.flags.writeable = False  # Nobody else refers to it, so the packet need not copy it again.
    return copy


def content_getter(data_type: PacketDataType) -> Callable[[Packet], Any]:
    """Return the function from a packet to its data; images become read-only arrays, HxW or HxWxC.

    It raises GpuError if an image cannot be read back from the GPU.
    """
    if data_type is PacketDataType.STRING:
        return packet_getter.get_str
    if data_type is PacketDataType.GPU_BUFFER:
        return lambda packet: packet.payload.to_frame().numpy_view()
    get: Callable[[Packet], Any] = getattr(packet_getter, f"get_{data_type.value}")
    return (lambda packet: get(packet).numpy_view()) if data_type.is_image else get
