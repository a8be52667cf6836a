"""ImageFormat: how the pixels of an image are stored."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Any, NamedTuple

import numpy as np

from mpgraph.errors import InvalidArgumentError


class PixelFormatError(InvalidArgumentError):
    """Pixels do not fit an image format."""


class _Layout(NamedTuple):
    channels: int
    dtype: np.dtype[Any]


class ImageFormat(IntEnum):
    """MediaPipe's pixel formats with its numbers; channels are interleaved, rows from the top down.

    SRGB, SRGBA, SBGRA, GRAY8 and LAB8 have a byte per channel; GRAY16, SRGB48 and SRGBA64 a uint16;
    VEC32F1, VEC32F2 and VEC32F4 a float32. The YCBCR formats are planar: video headers may name them, but
    no ImageFrame can hold them.
    """

    UNKNOWN = 0
    SRGB = 1
    SRGBA = 2
    GRAY8 = 3
    GRAY16 = 4
    YCBCR420P = 5
    YCBCR420P10 = 6
    SRGB48 = 7
    SRGBA64 = 8
    VEC32F1 = 9
    LAB8 = 10
    SBGRA = 11
    VEC32F2 = 12
    VEC32F4 = 13

    __str__ = Enum.__str__

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)  # Python 3.10 would print the number.

    channels: int
    """The number of values per pixel."""
    dtype: np.dtype[Any]
    """The numpy dtype of one value: uint8, uint16 or float32."""
    byte_depth: int
    """The number of bytes per value."""

    def __getattr__(self, name: str) -> Any:
        # Only called for what a format without a layout lacks.
        if name in ("channels", "dtype", "byte_depth"):
            raise PixelFormatError(
                f"Unsupported ImageFormat: {self.name}. Convert the pixels to another format."
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


_LAYOUTS = {
    image_format: _Layout(channels, np.dtype(dtype))
    for image_format, channels, dtype in (
        (ImageFormat.SRGB, 3, np.uint8),
        (ImageFormat.SRGBA, 4, np.uint8),
        (ImageFormat.SBGRA, 4, np.uint8),
        (ImageFormat.GRAY8, 1, np.uint8),
        (ImageFormat.LAB8, 3, np.uint8),
        (ImageFormat.GRAY16, 1, np.uint16),
        (ImageFormat.SRGB48, 3, np.uint16),
        (ImageFormat.SRGBA64, 4, np.uint16),
        (ImageFormat.VEC32F1, 1, np.float32),
        (ImageFormat.VEC32F2, 2, np.float32),
        (ImageFormat.VEC32F4, 4, np.float32),
    )
}

# The format of an array given without a format: for each layout, the first in the table above.
_BY_LAYOUT: dict[tuple[int, Any], ImageFormat] = {}
for _format, _layout in _LAYOUTS.items():
    _BY_LAYOUT.setdefault(_layout, _format)
    _format.channels, _format.dtype = _layout
    _format.byte_depth = _layout.dtype.itemsize


def of_array(pixels: np.ndarray[Any, Any]) -> ImageFormat:
    """The default format of HxW or HxWxC pixels: SRGB for 3 bytes, and so on.

    Raises:
        PixelFormatError: no format has such pixels.
    """
    channels = 1 if pixels.ndim == 2 else pixels.shape[2] if pixels.ndim == 3 else 0
    found = _BY_LAYOUT.get((channels, pixels.dtype))
    if found is None:
        raise PixelFormatError(
            f"No image format holds an array of shape {pixels.shape} and dtype {pixels.dtype}."
        )
    return found


def names_of_dtype(dtype: np.dtype[Any]) -> str:
    """The names of the formats whose values have this dtype, such as "A, B and C"; "" for none."""
    names = [image_format.name for image_format, layout in _LAYOUTS.items() if layout.dtype == dtype]
    return ", ".join(names[:-1]) + f" and {names[-1]}" if names else ""
