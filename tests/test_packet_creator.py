"""packet_creator: which values become which packets, and which are refused."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mpgraph as mp
from mpgraph import packet_creator, packet_getter
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.image import IMAGE
from mpgraph.formats.image_frame import IMAGE_FRAME
from mpgraph.framework.packet import Packet
from mpgraph.protos import calculator_pb2, detection_pb2, rect_pb2

SRGB = mp.ImageFormat.SRGB
Creator = Callable[..., Packet]

NARROW = {"int": 32, "int8": 8, "int16": 16, "int32": 32, "uint8": 8, "uint16": 16, "uint32": 32}
TYPE_NAMES = {
    "int": "int",
    "int8": "signed char",
    "int16": "short",
    "int32": "int",
    "int64": "int64_t",
    "uint8": "unsigned char",
    "uint16": "unsigned short",
    "uint32": "unsigned int",
    "uint64": "uint64_t",
}


def creator(name: str) -> Creator:
    found: Creator = getattr(packet_creator, f"create_{name}")
    return found


def limits(name: str) -> tuple[int, int]:
    bits = NARROW.get(name, 64)
    return (0, 2**bits - 1) if name.startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


class Index:
    """Has only __index__."""

    def __index__(self) -> int:
        return 4


class Float:
    """Has only __float__."""

    def __float__(self) -> float:
        return 1.5


@pytest.mark.parametrize("name", TYPE_NAMES)
@given(data=st.data())
def test_ints_in_range(name: str, data: st.DataObject) -> None:
    least, most = limits(name)
    value = data.draw(st.integers(least, most) | st.sampled_from([least, most]))
    packet = creator(name)(value)
    assert packet.payload == value
    assert packet.type is not None and packet.type.name == TYPE_NAMES[name]
    assert packet.timestamp == mp.Timestamp.UNSET


@pytest.mark.parametrize("name", NARROW)
def test_ints_out_of_range(name: str) -> None:
    least, most = limits(name)
    with pytest.raises(OverflowError, match=rf"{most + 1} execeeds the maximum value \({most}\)"):
        creator(name)(most + 1)
    with pytest.raises(OverflowError, match=rf"{least - 1} goes below the minimum value \({least}\)"):
        creator(name)(least - 1)
    with pytest.raises(TypeError):
        creator(name)(2**64)


@pytest.mark.parametrize("name", ["int64", "uint64"])
def test_ints_beyond_64_bits_are_refused(name: str) -> None:
    for value in (limits(name)[0] - 1, limits(name)[1] + 1):
        with pytest.raises(TypeError, match=f"create_{name}.. takes an int from"):
            creator(name)(value)


@pytest.mark.parametrize("name", TYPE_NAMES)
@pytest.mark.parametrize("value", [np.int8(4), np.uint64(4), np.array(4), Index()])
def test_other_ints(name: str, value: Any) -> None:
    packet = creator(name)(value)
    assert packet.payload == 4 and type(packet.payload) is int


@pytest.mark.parametrize("name", TYPE_NAMES)
def test_bools_are_ints(name: str) -> None:
    assert type(creator(name)(True).payload) is int


@pytest.mark.parametrize("name", TYPE_NAMES)
@pytest.mark.parametrize("value", [1.0, "1", None, np.float32(1), np.array([1, 2]), Float(), [1]])
def test_other_types_are_not_ints(name: str, value: Any) -> None:
    with pytest.raises(TypeError, match=f"create_{name}.. takes an int, not {type(value).__name__}"):
        creator(name)(value)


def test_bool() -> None:
    assert packet_creator.create_bool(True).payload is True
    assert packet_creator.create_bool(np.False_).payload is False  # type: ignore[arg-type]
    for value in (1, 0.0, "True", None, np.int8(1)):
        with pytest.raises(TypeError, match="takes a bool"):
            packet_creator.create_bool(value)  # type: ignore[arg-type]


@given(st.floats() | st.integers(-(2**70), 2**70))
def test_floats_are_rounded_to_32_bits(value: float) -> None:
    with np.errstate(over="ignore"):
        expected = np.float32(value)
    assert np.array_equal(packet_creator.create_float(value).payload, expected, equal_nan=True)
    assert np.array_equal(packet_creator.create_double(value).payload, float(value), equal_nan=True)


@pytest.mark.parametrize("value", [np.float32(1.5), np.float64(1.5), np.array(1.5), Float()])
def test_other_floats(value: Any) -> None:
    for create in (packet_creator.create_float, packet_creator.create_double):
        assert create(value).payload == 1.5
        assert type(create(value).payload) is float


@pytest.mark.parametrize("value", ["1.5", b"1", None, 1j, 10**400, np.array([1.0, 2.0]), [1.0]])
def test_other_types_are_not_floats(value: Any) -> None:
    for create in (packet_creator.create_float, packet_creator.create_double):
        with pytest.raises(TypeError, match="takes a float"):
            create(value)


def test_long_values_are_shortened_in_messages() -> None:
    with pytest.raises(TypeError) as caught:
        packet_creator.create_int("x" * 10_000)  # type: ignore[arg-type]
    assert len(str(caught.value)) < 150


@pytest.mark.parametrize("value", ["", "abc", "é", b"", b"\xd0\xff", bytearray(b"a")])
def test_strings(value: Any) -> None:
    assert packet_creator.create_string(value).payload == value


@pytest.mark.parametrize("value", [3, None, ["a"], "\ud800"])
def test_other_types_are_not_strings(value: Any) -> None:
    with pytest.raises(TypeError):
        packet_creator.create_string(value)


VECTORS: list[tuple[str, list[Any]]] = [
    ("int", [1, -2]),
    ("bool", [True, False]),
    ("float", [0.5, -1.0]),
    ("string", ["a", "b"]),
]


@pytest.mark.parametrize(("element", "values"), VECTORS)
@pytest.mark.parametrize("container", [list, tuple])
def test_vectors(element: str, values: list[Any], container: Callable[[list[Any]], Any]) -> None:
    packet = creator(f"{element}_vector")(container(values))
    assert packet.payload == values
    assert creator(f"{element}_vector")(container([])).payload == []


@pytest.mark.parametrize(("element", "values"), VECTORS)
def test_later_changes_of_a_list_have_no_effect(element: str, values: list[Any]) -> None:
    given_list = list(values)
    packet = creator(f"{element}_vector")(given_list)
    given_list.clear()
    assert packet.payload == values


def test_vectors_of_arrays_and_ranges() -> None:
    assert packet_creator.create_int_vector(range(3)).payload == [0, 1, 2]
    assert packet_creator.create_int_vector(np.arange(3)).payload == [0, 1, 2]  # type: ignore[arg-type]
    assert packet_creator.create_float_vector(np.float32([0.5])).payload == [0.5]
    assert packet_creator.create_bool_vector(np.array([True])).payload == [True]  # type: ignore[arg-type]


@pytest.mark.parametrize("element", ["int", "bool", "float", "string", "image", "packet"])
@pytest.mark.parametrize(
    "data", [3, None, {"a": 1}, {1, 2}, "ab", b"ab", [None], [object()], (x for x in [1])]
)
def test_other_types_are_not_lists(element: str, data: Any) -> None:
    with pytest.raises(TypeError, match=f"create_{element}_vector"):
        creator(f"{element}_vector")(data)


@pytest.mark.parametrize(
    ("element", "data"),
    [("int", [1.5]), ("int", [2**31]), ("bool", [1]), ("float", [1]), ("float", [True]), ("string", [1])],
)
def test_elements_are_not_converted(element: str, data: list[Any]) -> None:
    with pytest.raises(TypeError):
        creator(f"{element}_vector")(data)


def test_arrays_of_numbers() -> None:
    assert repr(packet_creator.create_int_array([1, 2])).endswith("C++ type: int []>")
    assert packet_creator.create_float_array([0.1]).payload == (np.float32(0.1),)
    with pytest.raises(TypeError):
        packet_creator.create_int_array([1.5])  # type: ignore[list-item]
    with pytest.raises(TypeError):
        packet_creator.create_float_array(["a"])  # type: ignore[list-item]


def test_packet_maps() -> None:
    inner = packet_creator.create_int(1).at(5)
    packet = packet_creator.create_string_to_packet_map({"b": inner, "a": inner})
    assert list(packet.payload) == ["a", "b"]
    assert packet.payload["a"] is not inner and packet.payload["a"].timestamp == 5
    for wrong in ([1], {1: inner}, {"a": 1}, {"a": None}):
        with pytest.raises(TypeError, match="create_string_to_packet_map"):
            packet_creator.create_string_to_packet_map(wrong)  # type: ignore[arg-type]


def test_matrices() -> None:
    data = np.arange(6, dtype=np.float64).reshape(2, 3)
    assert np.array_equal(packet_creator.create_matrix(data).payload, data)
    assert np.array_equal(packet_creator.create_matrix(data, transpose=True).payload, data.T)
    with pytest.raises(TypeError):
        packet_creator.create_matrix("a")


IMAGES = [(packet_creator.create_image_frame, mp.ImageFrame), (packet_creator.create_image, mp.Image)]
both_classes = pytest.mark.parametrize(("create", "cls"), IMAGES)


def ramp(width: int = 4) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.arange(2 * width * 3, dtype=np.uint8).reshape(2, width, 3).copy()


@both_classes
def test_writable_array_is_copied(create: Creator, cls: type) -> None:
    data = ramp()
    references = sys.getrefcount(data)
    packet = create(data, image_format=SRGB)
    assert sys.getrefcount(data) == references
    data[:] = 0
    assert np.array_equal(packet.payload.numpy_view(), ramp())
    assert type(packet.payload) is cls


@both_classes
def test_read_only_array_is_shared(create: Creator, cls: type) -> None:
    data = ramp(width=5)
    data.flags.writeable = False
    packet = create(data, image_format=SRGB)
    assert packet.payload.pixels is data
    assert packet.payload.is_contiguous()
    copied = create(data, image_format=SRGB, copy=True)
    assert not np.shares_memory(copied.payload.pixels, data)
    assert not copied.payload.is_contiguous()


@both_classes
def test_sharing_a_writable_array_warns(create: Creator, cls: type) -> None:
    data = ramp()
    with pytest.warns(RuntimeWarning, match="is dangerous") as caught:
        packet = create(data, image_format=SRGB, copy=False)
    assert caught[0].filename == __file__
    assert np.shares_memory(packet.payload.pixels, data)
    assert data.flags.writeable and not packet.payload.numpy_view().flags.writeable


@both_classes
def test_only_contiguous_arrays_are_shared(create: Creator, cls: type) -> None:
    data = ramp()[:, ::2]
    with pytest.raises(ValueError, match="not c_contiguous"):
        create(data, image_format=SRGB, copy=False)
    assert np.array_equal(create(data, image_format=SRGB).payload.pixels, data)


@both_classes
def test_image_is_shared_unchanged(create: Creator, cls: Any) -> None:
    image = cls(image_format=SRGB, data=ramp())
    assert create(image).payload.pixels is image.pixels
    assert create(image, image_format=SRGB, copy=True).payload.image_format is SRGB
    with pytest.raises(ValueError, match="doesn't match"):
        create(image, image_format=mp.ImageFormat.SRGBA)
    with pytest.raises(ValueError, match=f"Creating {cls.__name__} packet by taking a reference"):
        create(image, copy=False)


@both_classes
def test_image_constructor_arguments(create: Creator, cls: type) -> None:
    with pytest.raises(ValueError, match="Please provide 'image_format' with 'data'"):
        create(ramp())
    for data in ([1], None):
        with pytest.raises(TypeError, match="data must be a numpy array"):
            create(data, image_format=SRGB)
    with pytest.raises(TypeError, match="member of ImageFormat"):
        create(ramp(), image_format=1)


@both_classes
def test_lossless_dtypes_are_cast(create: Creator, cls: type) -> None:
    grey = np.array([[0, 255]], np.uint8)
    packet = create(grey, image_format=mp.ImageFormat.VEC32F1)
    assert packet.payload.pixels.dtype == np.float32
    with pytest.raises(TypeError, match="Cannot cast array data from dtype.'float64'. to dtype.'uint8'."):
        create(grey.astype(np.float64), image_format=mp.ImageFormat.GRAY8)


@both_classes
def test_wrong_shapes_are_refused(create: Creator, cls: type) -> None:
    with pytest.raises(InvalidArgumentError, match="SRGBA data must have the shape"):
        create(ramp(), image_format=mp.ImageFormat.SRGBA)


def test_types_of_images() -> None:
    assert packet_creator.create_image_frame(ramp(), image_format=SRGB).type is IMAGE_FRAME
    assert packet_creator.create_image(ramp(), image_format=SRGB).type is IMAGE
    image = mp.Image(SRGB, ramp())
    assert packet_creator.create_image_vector([image]).payload == [image]
    with pytest.raises(TypeError):
        packet_creator.create_image_vector([mp.ImageFrame(SRGB, ramp())])  # type: ignore[list-item]


def test_messages() -> None:
    message = detection_pb2.Detection(score=[0.5])
    packet = packet_creator.create_proto(message)
    assert repr(packet).endswith("C++ type: ::mediapipe::Detection>")
    message.score.append(1)
    assert list(packet.payload.score) == [0.5]
    assert packet_creator.create_proto(calculator_pb2.CalculatorGraphConfig()).type is not packet.type
    with pytest.raises(TypeError):
        packet_creator.create_proto("a")


def test_vectors_of_messages() -> None:
    messages = [detection_pb2.Detection(score=[i]) for i in range(2)]
    packet = packet_creator.create_proto_vector(messages)
    assert repr(packet).endswith("C++ type: ::std::vector<::mediapipe::Detection>>")
    assert packet_getter.get_proto_list(packet) == messages
    with pytest.raises(InvalidArgumentError, match="messages of one type; there are: none"):
        packet_creator.create_proto_vector([])
    rect = rect_pb2.Rect(x_center=1, y_center=1, height=1, width=1)
    with pytest.raises(InvalidArgumentError, match=r"mediapipe\.Detection, mediapipe\.Rect"):
        packet_creator.create_proto_vector([*messages, rect])
    with pytest.raises(TypeError):
        packet_creator.create_proto_vector(3)  # type: ignore[arg-type]
