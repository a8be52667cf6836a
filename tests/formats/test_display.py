from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

import mpgraph as mp
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.display import to_8_bit

F = mp.ImageFormat


@pytest.mark.parametrize(
    ("image_format", "pixel", "shown"),
    [
        (F.GRAY8, np.uint8(7), 7),
        (F.GRAY16, np.uint16(0x1234), 0x12),
        (F.SRGB, np.uint8([1, 2, 3]), [1, 2, 3]),
        (F.SRGB48, np.uint16([0x0100, 0x02FF, 0xFFFF]), [1, 2, 255]),
        (F.SRGBA, np.uint8([1, 2, 3, 4]), [1, 2, 3, 4]),
        (F.SBGRA, np.uint8([3, 2, 1, 4]), [1, 2, 3, 4]),
        (F.VEC32F1, np.float32(0.5), 128),
        (F.VEC32F1, np.float32(-1), 0),
        (F.VEC32F1, np.float32(2), 255),
        (F.VEC32F1, np.float32(np.nan), 0),
        (F.VEC32F4, np.float32([0, 0.2, 1, 3]), [0, 51, 255, 255]),
    ],
)
def test_pixels_become_eight_bits(image_format: mp.ImageFormat, pixel: Any, shown: Any) -> None:
    pixels = np.broadcast_to(pixel, (2, 3, *np.shape(pixel))).copy()
    found = to_8_bit(pixels, image_format)
    assert found.dtype == np.uint8
    assert (found == np.asarray(shown)).all() and found.shape == pixels.shape


@pytest.mark.parametrize(("image_format", "channels"), [(F.VEC32F2, 2), (F.LAB8, 3)])
def test_formats_without_an_image_file_are_refused(image_format: mp.ImageFormat, channels: int) -> None:
    with pytest.raises(InvalidArgumentError, match=image_format.name):
        to_8_bit(np.zeros((2, 2, channels), image_format.dtype), image_format)


def test_notebooks_display_images() -> None:
    pixels = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
    png = mp.ImageFrame(image_format=F.SRGBA, data=pixels)._repr_png_()
    assert png is not None
    stored = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    assert stored is not None and (stored[..., [2, 1, 0, 3]] == pixels).all()


def test_notebooks_skip_formats_that_cannot_be_displayed() -> None:
    assert mp.Image(image_format=F.VEC32F2, data=np.zeros((2, 2, 2), np.float32))._repr_png_() is None
    assert mp.ImageFrame(image_format=F.SRGB, data=np.zeros((0, 0, 3), np.uint8))._repr_png_() is None
