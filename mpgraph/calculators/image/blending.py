"""Laying a colour over a picture by a mask, rounded as MediaPipe's RecolorCalculator rounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_BAND = 64
"""Rows that are recolored at a time."""

_LUMINANCE = (0.299, 0.587, 0.114)
_LUMINANCE_OF = [(np.arange(256) * factor).reshape(1, 256) for factor in _LUMINANCE]
_BYTE_TO_WEIGHT = (np.arange(256) * (1.0 / 255.0)).astype(np.float32).reshape(1, 256)


def weights_of(mask: Array, width: int, height: int) -> Array:
    """The weights in a one-channel mask, uint8 or float32, scaled bilinearly to HxW float32."""
    if mask.shape != (height, width):
        mask = cv2.resize(mask, (width, height))
    return cv2.LUT(mask, _BYTE_TO_WEIGHT) if mask.dtype == np.uint8 else mask


def recolor(
    image: Array,
    weights: Array,
    color: Sequence[int],
    *,
    invert: bool,
    adjust_with_luminance: bool,
) -> Array:
    """Mix a color into a picture: image · (1 - m) + color · m at each pixel.

    image, and what is returned: HxWx3 uint8. weights: HxW float32.

    m is the weight (1 - weight when inverted), times the pixel's luminance in 0..1 on demand, in float32.
    Both products are computed in double and rounded to a byte, ties to even, before the sum is cut
    off at 255: OpenCV's `Vec3b * double + Vec3b * double`, which the C++ is written with.
    """
    result = np.empty_like(image)
    # In bands of rows, whose intermediate results stay in the processor's cache.
    for top in range(0, image.shape[0], _BAND):
        rows = slice(top, top + _BAND)
        planes = cv2.split(image[rows])
        mix = np.subtract(np.float32(1), weights[rows]) if invert else weights[rows]
        if adjust_with_luminance:
            mix = mix * _luminance(planes)
        _mix(planes, mix.astype(np.float64), color)
        cv2.merge(planes, dst=result[rows])
    return result


def _mix(planes: Sequence[Array], mix: Array, color: Sequence[int]) -> None:
    """Recolor planes of bytes in place: OpenCV multiplies by doubles and rounds in one pass."""
    rest = 1.0 - mix
    for plane, value in zip(planes, color, strict=True):
        cv2.multiply(plane, rest, dst=plane, dtype=cv2.CV_8U)
        if value:
            # Not multiply: of a picture of one pixel and a number it takes the pixel for the number.
            added = cv2.addWeighted(mix, value, mix, 0, 0, dtype=cv2.CV_8U)
            cv2.add(plane, added, dst=plane)


def _luminance(planes: Sequence[Array]) -> Array:
    red, green, blue = (cv2.LUT(plane, table) for plane, table in zip(planes, _LUMINANCE_OF, strict=True))
    total = cv2.add(cv2.add(red, green, dst=red), blue, dst=red)
    return np.divide(total, 255, out=total).astype(np.float32)
