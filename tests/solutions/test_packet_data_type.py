"""PacketDataType: lookup by registered type names, and conversion between data and packets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph import Image, ImageFormat
from mpgraph.protos import rect_pb2
from mpgraph.solutions.packet_data_type import PacketDataType, content_getter, make_packet

KINDS = {
    "string": PacketDataType.STRING,
    "bool": PacketDataType.BOOL,
    "int": PacketDataType.INT,
    "int64": PacketDataType.INT,
    "int64_t": PacketDataType.INT,
    "float": PacketDataType.FLOAT,
    "::std::vector<bool>": PacketDataType.BOOL_LIST,
    "::std::vector<int>": PacketDataType.INT_LIST,
    "::std::vector<int64_t>": PacketDataType.INT_LIST,
    "::std::vector<float>": PacketDataType.FLOAT_LIST,
    "::mediapipe::Matrix": PacketDataType.AUDIO,
    "::mediapipe::Image": PacketDataType.IMAGE,
    "::mediapipe::ImageFrame": PacketDataType.IMAGE_FRAME,
    "::mediapipe::GpuBuffer": PacketDataType.GPU_BUFFER,
    "::std::vector<::mediapipe::Image>": PacketDataType.IMAGE_LIST,
    "::mediapipe::Detection": PacketDataType.PROTO,
    "::mediapipe::NormalizedLandmarkList": PacketDataType.PROTO,
    "::std::vector<::mediapipe::Detection>": PacketDataType.PROTO_LIST,
    "OneOf<::mediapipe::ImageFrame, ::mediapipe::Image>": PacketDataType.IMAGE_FRAME,
    "OneOf<::mediapipe::Unheard, float>": PacketDataType.FLOAT,
}


@pytest.mark.parametrize("name", KINDS)
def test_data_type_of_a_registered_name(name: str) -> None:
    assert PacketDataType.from_registered_name(name) is KINDS[name]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "double",
        "::mediapipe::Tensor",
        "::std::vector<>",
        "::std::vector<string>",
        "::std::vector<::std::vector<float>>",
        "::std::vector<::mediapipe::ImageFrame>",
        "OneOf<>",
        "OneOf<double>",
    ],
)
def test_unknown_type_names_raise(name: str) -> None:
    with pytest.raises(KeyError) as caught:
        PacketDataType.from_registered_name(name)
    assert caught.value.args == (name,)


def test_names_and_values_are_mediapipes() -> None:
    own = {PacketDataType.GPU_BUFFER}
    assert {kind.name: kind.value for kind in PacketDataType if kind not in own} == {
        "STRING": "string",
        "BOOL": "bool",
        "BOOL_LIST": "bool_list",
        "INT": "int",
        "INT_LIST": "int_list",
        "FLOAT": "float",
        "FLOAT_LIST": "float_list",
        "AUDIO": "matrix",
        "IMAGE": "image",
        "IMAGE_LIST": "image_list",
        "IMAGE_FRAME": "image_frame",
        "PROTO": "proto",
        "PROTO_LIST": "proto_list",
    }
    assert [data_type for data_type in PacketDataType if data_type.is_image] == [
        PacketDataType.IMAGE,
        PacketDataType.IMAGE_FRAME,
        PacketDataType.GPU_BUFFER,
    ]


@pytest.mark.parametrize(
    ("data_type", "data"),
    [
        (PacketDataType.STRING, "grüß"),
        (PacketDataType.BOOL, False),
        (PacketDataType.BOOL_LIST, [True]),
        (PacketDataType.INT, 2**31 - 1),
        (PacketDataType.INT_LIST, []),
        (PacketDataType.FLOAT, 0.25),
        (PacketDataType.FLOAT_LIST, [0.25, -8.0]),
        (PacketDataType.PROTO, rect_pb2.Rect(width=3, height=4, x_center=1, y_center=2)),
    ],
)
def test_data_round_trip(data_type: PacketDataType, data: Any) -> None:
    assert content_getter(data_type)(make_packet(data_type, data)) == data


def test_matrix_round_trip() -> None:
    data = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert np.array_equal(content_getter(PacketDataType.AUDIO)(make_packet(PacketDataType.AUDIO, data)), data)


def test_lists_of_images_are_shared() -> None:
    image = Image(image_format=ImageFormat.SRGB, data=np.zeros((2, 2, 3), np.uint8))
    packet = make_packet(PacketDataType.IMAGE_LIST, [image])
    assert content_getter(PacketDataType.IMAGE_LIST)(packet) == [image]


@pytest.mark.parametrize("data_type", [PacketDataType.IMAGE, PacketDataType.IMAGE_FRAME])
def test_only_read_only_images_are_shared(data_type: PacketDataType) -> None:
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    fixed = pixels.copy()
    fixed.flags.writeable = False
    for data, shared in ((pixels, False), (fixed, True), (pixels[:, ::-1], False), (fixed[:, ::-1], False)):
        content = content_getter(data_type)(make_packet(data_type, data))
        assert np.array_equal(content, data)
        assert np.shares_memory(content, data) is shared
        assert not content.flags.writeable
    assert pixels.flags.writeable
