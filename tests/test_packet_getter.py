"""packet_getter: payloads round-trip, and are returned only as their own type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import mpgraph as mp
from mpgraph import packet_creator as create
from mpgraph import packet_getter as get
from mpgraph.formats.arrays import FLOATS_4, FLOATS_16, INT_PAIR
from mpgraph.framework.packet import make
from mpgraph.protos import detection_pb2

FRAME = mp.ImageFrame.wrap(np.zeros((2, 4), np.uint8))
IMAGE = mp.Image.wrap(np.zeros((2, 4), np.uint8))
DETECTION = detection_pb2.Detection(score=[0.5])

# Value, function that creates the packet, function that reads it.
ROUND_TRIPS: list[tuple[Callable[..., mp.Packet], Any, Callable[[mp.Packet], Any]]] = [
    (create.create_bool, True, get.get_bool),
    (create.create_int, -5, get.get_int),
    (create.create_int8, -5, get.get_int),
    (create.create_int16, -5, get.get_int),
    (create.create_int32, -5, get.get_int),
    (create.create_int64, -(2**63), get.get_int),
    (create.create_uint8, 5, get.get_uint),
    (create.create_uint16, 5, get.get_uint),
    (create.create_uint32, 5, get.get_uint),
    (create.create_uint64, 2**64 - 1, get.get_uint),
    (create.create_float, 0.5, get.get_float),
    (create.create_double, 0.5, get.get_float),
    (create.create_string, "é", get.get_str),
    (create.create_string, b"\xff", get.get_bytes),
    (create.create_int_vector, [1, 2], get.get_int_list),
    (create.create_bool_vector, [True, False], get.get_bool_list),
    (create.create_float_vector, [0.5, 1.5], get.get_float_list),
    (create.create_string_vector, ["a", "b"], get.get_str_list),
    (create.create_image_vector, [IMAGE], get.get_image_list),
    (create.create_image_frame, FRAME, get.get_image_frame),
    (create.create_image, IMAGE, get.get_image),
    (create.create_proto, DETECTION, get.get_proto),
    (create.create_proto_vector, [DETECTION, DETECTION], get.get_proto_list),
]
GETTERS = sorted({getter.__name__: getter for _, _, getter in ROUND_TRIPS}.items())
GETTERS += [
    (name, getattr(get, name)) for name in ("get_matrix", "get_packet_list", "get_str_to_packet_dict")
]


@pytest.mark.parametrize(("creator", "value", "getter"), ROUND_TRIPS)
def test_round_trips(
    creator: Callable[..., mp.Packet], value: Any, getter: Callable[[mp.Packet], Any]
) -> None:
    assert getter(creator(value).at(7)) == value


@pytest.mark.parametrize(("name", "getter"), GETTERS)
def test_other_packets_are_refused(name: str, getter: Callable[[Any], Any]) -> None:
    """A packet of Timestamp is none of them."""
    other = mp.make_packet(mp.Timestamp(5))
    with pytest.raises(TypeError if name == "get_proto" else ValueError, match="::mediapipe::Timestamp"):
        getter(other)


@pytest.mark.parametrize(("name", "getter"), GETTERS)
def test_empty_packets_are_refused(name: str, getter: Callable[[Any], Any]) -> None:
    with pytest.raises((ValueError, RuntimeError), match="empty"):
        getter(mp.Packet())


@pytest.mark.parametrize(("name", "getter"), GETTERS)
def test_other_types_are_not_packets(name: str, getter: Callable[[Any], Any]) -> None:
    for value in (3, None, "a"):
        with pytest.raises(TypeError, match="A Packet is needed"):
            getter(value)


def test_message_of_a_type_mismatch() -> None:
    packet = create.create_int(1)
    with pytest.raises(ValueError, match='The Packet stores "int", but "string" was requested.'):
        get.get_str(packet)
    with pytest.raises(RuntimeError, match="Expected a Packet of type: bool, but received an empty Packet."):
        get.get_bool(mp.Packet())
    with pytest.raises(ValueError, match="doesn't contain uint8, uint16, uint32, or uint64 data"):
        get.get_uint(packet)
    with pytest.raises(ValueError, match="doesn't contain int, int8, int16, int32, or int64 containers"):
        get.get_int_list(create.create_float_vector([0.5]))


def test_strings_are_bytes_and_text() -> None:
    assert get.get_bytes(create.create_string("é")) == b"\xc3\xa9"
    assert get.get_str(create.create_string(b"\xc3\xa9")) == "é"
    assert get.get_str_list(create.create_string_vector([b"a", "b"])) == ["a", "b"]
    for packet, getter in (
        (create.create_string(b"\xd0"), get.get_str),
        (create.create_string_vector([b"\xd0"]), get.get_str_list),
    ):
        with pytest.raises(UnicodeDecodeError):
            getter(packet)


def test_doubles_are_read_as_float32() -> None:
    assert get.get_float(create.create_double(0.1)) == get.get_float(create.create_float(0.1)) != 0.1
    assert get.get_float(create.create_double(1e40)) == float("inf")


def test_arrays_of_floats() -> None:
    for kind, size in ((FLOATS_4, 4), (FLOATS_16, 16)):
        assert get.get_float_list(make(tuple([0.5] * size), kind)) == [0.5] * size
    for packet in (create.create_float_array([0.5]), make((1, 2), INT_PAIR)):
        with pytest.raises(ValueError, match="std::vector<float> or std::array<float, 4 / 16>"):
            get.get_float_list(packet)


def test_lists_are_copies() -> None:
    packet = create.create_int_vector([1, 2])
    get.get_int_list(packet).clear()
    assert get.get_int_list(packet) == [1, 2]


def test_messages_are_copies() -> None:
    packet = create.create_proto(DETECTION)
    get.get_proto(packet).score.append(1)
    assert get.get_proto(packet) == DETECTION
    vector = create.create_proto_vector([DETECTION])
    get.get_proto_list(vector)[0].score.append(1)
    assert get.get_proto_list(vector) == [DETECTION]


def test_images_are_shared() -> None:
    packet = create.create_image_frame(FRAME)
    assert get.get_image_frame(packet) is get.get_image_frame(packet.at(3))


def test_matrices_are_shared_and_read_only() -> None:
    packet = create.create_matrix([[1, 2, 3], [4, 5, 6]])
    matrix = get.get_matrix(packet)
    assert type(matrix) is np.ndarray
    assert matrix.tolist() == [[1, 2, 3], [4, 5, 6]]
    assert matrix.flags.f_contiguous and not matrix.flags.writeable
    assert np.shares_memory(matrix, get.get_matrix(packet))


def test_packets_in_packets() -> None:
    inner = {"b": create.create_int(1).at(5), "a": mp.Packet()}
    listed = get.get_packet_list(create.create_packet_vector(list(inner.values())))
    assert (listed[0].timestamp, get.get_int(listed[0]), listed[1].is_empty()) == (5, 1, True)
    named = get.get_str_to_packet_dict(create.create_string_to_packet_map(inner))
    assert list(named) == ["a", "b"]
    named["b"].timestamp = 9  # type: ignore[assignment]
    assert inner["b"].timestamp == 5
