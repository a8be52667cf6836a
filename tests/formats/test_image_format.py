"""The pixel formats: MediaPipe's numbers, and the array that each requires."""

from __future__ import annotations

import numpy as np
import pytest

from mpgraph.formats.image_format import ImageFormat, PixelFormatError, of_array
from mpgraph.protos import image_format_pb2


def test_numbers_and_names_are_those_of_the_message() -> None:
    theirs = dict(image_format_pb2.ImageFormat.Format.items())
    assert {member.name: member.value for member in ImageFormat} == theirs


def test_repr_is_that_of_mediapipe() -> None:
    assert str(ImageFormat.SRGB) == f"{ImageFormat.SRGB}" == "ImageFormat.SRGB"
    assert repr(ImageFormat.SRGB) == "<ImageFormat.SRGB: 1>"
    assert ImageFormat.SRGB == 1 and int(ImageFormat.SBGRA) == 11


@pytest.mark.parametrize(
    ("name", "channels", "dtype"),
    [
        ("SRGB", 3, np.uint8),
        ("SRGBA", 4, np.uint8),
        ("SBGRA", 4, np.uint8),
        ("GRAY8", 1, np.uint8),
        ("LAB8", 3, np.uint8),
        ("GRAY16", 1, np.uint16),
        ("SRGB48", 3, np.uint16),
        ("SRGBA64", 4, np.uint16),
        ("VEC32F1", 1, np.float32),
        ("VEC32F2", 2, np.float32),
        ("VEC32F4", 4, np.float32),
    ],
)
def test_layouts(name: str, channels: int, dtype: type) -> None:
    image_format = ImageFormat[name]
    assert (image_format.channels, image_format.dtype) == (channels, dtype)
    assert image_format.byte_depth == np.dtype(dtype).itemsize


@pytest.mark.parametrize("name", ["UNKNOWN", "YCBCR420P", "YCBCR420P10"])
def test_planar_formats_have_no_array(name: str) -> None:
    with pytest.raises(PixelFormatError, match=f"Unsupported ImageFormat: {name}"):
        _ = ImageFormat[name].channels


@pytest.mark.parametrize(
    ("shape", "dtype", "expected"),
    [
        ((2, 3), np.uint8, ImageFormat.GRAY8),
        ((2, 3, 1), np.uint8, ImageFormat.GRAY8),
        ((2, 3, 3), np.uint8, ImageFormat.SRGB),
        ((2, 3, 4), np.uint8, ImageFormat.SRGBA),
        ((2, 3, 4), np.uint16, ImageFormat.SRGBA64),
        ((2, 3), np.float32, ImageFormat.VEC32F1),
        ((2, 3, 2), np.float32, ImageFormat.VEC32F2),
    ],
)
def test_format_of_an_array(shape: tuple[int, ...], dtype: type, expected: ImageFormat) -> None:
    assert of_array(np.zeros(shape, dtype)) is expected


@pytest.mark.parametrize(
    ("shape", "dtype"), [((2, 3, 2), np.uint8), ((2, 3, 3), np.float32), ((4,), np.uint8), ((2, 3), np.int32)]
)
def test_arrays_without_a_format_are_refused(shape: tuple[int, ...], dtype: type) -> None:
    with pytest.raises(PixelFormatError, match="No image format holds"):
        of_array(np.zeros(shape, dtype))
