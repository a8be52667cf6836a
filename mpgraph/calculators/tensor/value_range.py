"""From the bytes of pictures to the numbers models want."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
_BYTES = np.arange(256)


def to_floats(pixels: Array, low: float, high: float) -> Array:
    """0..255 as float32 in low..high, of the same shape, computed as OpenCV's convertTo does."""
    scale = _scale(low, high)
    if low == 0:
        floats: Array = np.multiply(pixels, scale, dtype=np.float32)
        return floats
    return cv2.LUT(pixels, _float_table(low, high))


def to_integers(pixels: Array, low: int, high: int) -> Array:
    """0..255 as int8 (where `low` is negative) or uint8 in low..high, of the same shape."""
    return pixels if (low, high) == (0, 255) else cv2.LUT(pixels, _integer_table(low, high))


def _scale(low: float, high: float) -> np.float32:
    return (np.float32(high) - np.float32(low)) / np.float32(255)


@lru_cache(maxsize=32)
def _float_table(low: float, high: float) -> Array:
    # OpenCV multiplies and adds in one step and rounds once; double has room for both, exactly.
    return (_BYTES * float(_scale(low, high)) + float(np.float32(low))).astype(np.float32).reshape(1, 256)


@lru_cache(maxsize=32)
def _integer_table(low: int, high: int) -> Array:
    limits = np.iinfo(np.int8 if low < 0 else np.uint8)
    values = np.rint(_BYTES * float(_scale(low, high)) + low)
    table: Array = np.clip(values, limits.min, limits.max).astype(limits.dtype)
    return table.reshape(1, 256)
