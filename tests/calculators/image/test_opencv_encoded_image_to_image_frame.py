from __future__ import annotations

import struct
from typing import Any

import cv2
import numpy as np
import pytest

from mpgraph.errors import InvalidArgumentError, UnknownError
from mpgraph.formats.image_format import ImageFormat
from mpgraph.testing import run, t

NAME = "OpenCvEncodedImageToImageFrameCalculator"


def encoded(pixels: Any, suffix: str = ".png") -> bytes:
    return bytes(cv2.imencode(suffix, pixels)[1])


def decoded(data: bytes, options: str = "") -> Any:
    return run(NAME, options).send("", data @ t(1)).take("")[0].payload


@pytest.mark.parametrize(
    ("stored", "expected", "image_format"),
    [
        (7, 7, ImageFormat.GRAY8),
        ([1, 2, 3], [3, 2, 1], ImageFormat.SRGB),
        ([1, 2, 3, 4], [3, 2, 1, 4], ImageFormat.SRGBA),
    ],
)
def test_channels_as_in_the_file(stored: Any, expected: Any, image_format: ImageFormat) -> None:
    pixels = np.tile(np.array(stored, np.uint8), (3, 2, 1) if isinstance(stored, list) else (3, 2))
    found = decoded(encoded(pixels))
    assert found.image_format is image_format and (found.pixels == expected).all()
    assert decoded(encoded(pixels.astype(np.uint16) * 256)).pixels.tolist() == found.pixels.tolist()


def test_orientation_on_request() -> None:
    data = encoded(np.zeros((2, 5, 3), np.uint8), ".jpg")
    rotated = struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0)
    tiff = b"II*\0" + struct.pack("<IH", 8, 1) + rotated + bytes(4)
    data = data[:2] + b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff + data[2:]
    assert decoded(data).pixels.shape == (2, 5, 3)
    assert decoded(data, "apply_orientation_from_exif_data: true").pixels.shape == (5, 2, 3)


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (b"no image", UnknownError, "not an image"),
        (b"", UnknownError, "not an image"),
        (encoded(np.zeros((9, 9), np.uint8))[:30], UnknownError, "cut off"),
        ("text", InvalidArgumentError, "read its file as bytes"),
    ],
)
def test_no_image(data: Any, error: type[Exception], message: str) -> None:
    run(NAME).send("", data @ t(1)).expect_error(message, error)
