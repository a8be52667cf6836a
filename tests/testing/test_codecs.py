"""Encoding of payloads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpgraph import packet_creator
from mpgraph.errors import InvalidArgumentError, NotFoundError
from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.tensor import Quantization
from mpgraph.formats.video_header import VideoHeader
from mpgraph.framework import packet as packets
from mpgraph.framework import packet_type
from mpgraph.framework.packet import make_packet
from mpgraph.framework.timestamp import Timestamp
from mpgraph.testing import codecs, detection, gradient, matrix, noise, register_codec, tensor
from mpgraph.testing.codecs import to_bytes, to_value
from mpgraph.testing.matching import mismatch

FORMATS = [one for one in ImageFormat if one.name != "UNKNOWN" and not one.name.startswith("YCBCR")]
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@dataclass(frozen=True)
class Point:
    x: int
    label: str


class Odd:
    def __init__(self, number: int) -> None:
        self.number = number


@pytest.fixture(autouse=True)
def own_codecs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codecs, "_users", {})


@given(VALUES)
def test_plain_values_round_trip(value: Any) -> None:
    back = to_value(to_bytes(value))
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize("dtype", ["u1", "<i2", ">i4", "f2", "f4", "f8", "?", "c8"])
@pytest.mark.parametrize("shape", [(), (0,), (5,), (2, 3), (3, 4, 2), (1, 2, 3, 4)])
def test_arrays_round_trip(dtype: str, shape: tuple[int, ...]) -> None:
    array = (np.random.default_rng(1).random(shape) * 100).astype(dtype)
    back = to_value(to_bytes(array))
    np.testing.assert_array_equal(back, array)
    assert back.shape == shape
    assert back.dtype == array.dtype.newbyteorder("=")


@pytest.mark.parametrize("image_format", FORMATS, ids=lambda one: one.name)
@pytest.mark.parametrize("make", [gradient, noise], ids=lambda make: make.__name__)
def test_images_round_trip(make: Any, image_format: ImageFormat) -> None:
    for image in (make(31, 17, image_format), make(1, 1, image_format, cls=Image)):
        assert mismatch(image, to_value(to_bytes(image)), 0.0) is None


def test_images_are_compressed() -> None:
    assert len(to_bytes(gradient(640, 480))) < 640 * 480 * 3 / 20
    assert len(to_bytes(noise(640, 480))) < 640 * 480 * 3 + 100


@pytest.mark.parametrize(
    "value",
    [
        tensor((2, 3)),
        tensor((4,), np.uint8, name="in", quantization=Quantization(0.5, 3)),
        matrix(),
        detection(),
        VideoHeader(ImageFormat.SRGB, 4, 3, 29.97, 1.5),
        Timestamp.PRESTREAM,
        np.float32(0.1),
        [detection(), detection(label="cat")],
        [gradient(4, 4), gradient(2, 2)],
    ],
    ids=repr,
)
def test_other_payloads_round_trip(value: Any) -> None:
    back = to_value(to_bytes(value))
    assert mismatch(value, back, 0.0) is None
    assert type(back) is type(value)


def test_packets_keep_type_and_time() -> None:
    inner = make_packet("x", 5)
    for packet in (
        packet_creator.create_uint8(5).at(7),
        packet_creator.create_int_vector([1, 2]).at(7),
        packet_creator.create_string_to_packet_map({"x": inner}).at(1),
        packets.empty(9),
    ):
        back = to_value(to_bytes(packet))
        assert (back.type, back.timestamp) == (packet.type, packet.timestamp)


def test_unused_vector_type_is_created() -> None:
    name = "::std::vector<::mediapipe::VideoHeader>"
    assert packet_type.by_name(name) is None
    body = to_bytes(packets.make([], packet_type.PayloadType(name, list), 0))
    assert to_value(body).type is packet_type.by_name(name)


def test_values_without_a_codec_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match=r'Odd" need a codec.*register_codec\(Odd\)'):
        to_bytes([Odd(1)])
    with pytest.raises(InvalidArgumentError, match="array of object has no codec"):
        to_bytes(np.array([None]))
    deep: list[Any] = []
    for _ in range(100):
        deep = [deep]
    with pytest.raises(InvalidArgumentError, match="deeply nested"):
        to_bytes(deep)


def test_user_codecs() -> None:
    register_codec(Point)
    register_codec(Point)
    assert to_value(to_bytes([Point(1, "a")])) == [Point(1, "a")]
    register_codec(Odd, lambda odd: str(odd.number).encode(), lambda data: Odd(int(data)))
    body = to_bytes(Odd(5))
    assert to_value(body).number == 5
    codecs._users.clear()
    with pytest.raises(InvalidArgumentError, match="no codec is registered"):
        to_value(body)


def test_invalid_codecs_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="is no dataclass"):
        register_codec(Odd)
    with pytest.raises(InvalidArgumentError, match="needs both"):
        register_codec(Odd, encode=lambda odd: b"")
    register_codec(Point)
    other = type("Point", (Point,), {"__module__": Point.__module__, "__qualname__": "Other"})
    other.__qualname__ = "Point"
    register_codec(other)  # The same class, defined again.
    assert isinstance(to_value(to_bytes(other(1, "a"))), other)


@given(st.binary(max_size=60))
def test_random_bytes_decode_or_raise(data: bytes) -> None:
    try:
        to_value(data)
    except (InvalidArgumentError, NotFoundError):
        return


@given(VALUES | st.just(gradient(5, 4)) | st.just(detection()), st.integers(0, 10**6), st.integers(0, 255))
def test_damaged_bytes_decode_or_raise(value: Any, position: int, byte: int) -> None:
    body = bytearray(to_bytes(value))
    body[position % len(body)] = byte
    try:
        to_value(bytes(body))
    except (InvalidArgumentError, NotFoundError):
        return


def test_decompression_is_limited_to_the_size_of_the_array() -> None:
    body = to_bytes(np.zeros(10_000_000, np.uint8))
    forged = body.replace((10_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(InvalidArgumentError, match="an array of 10 bytes has 11"):
        to_value(forged)
