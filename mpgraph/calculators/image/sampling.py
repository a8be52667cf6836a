"""Sampling an image at computed positions, with the arithmetic of OpenCV 4's warps.

OpenCV 4 rounds sampled positions to 1/32 of a pixel, and the order of its operations decides which way ties
are rounded. OpenCV 5 computes the same warps differently. Both warps of MediaPipe's calculators are
therefore computed here as tables for `cv2.remap`, which has not changed: the result is equal to the last bit
with either version, and reusing a table costs less than a warp.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mpgraph.errors import InvalidArgumentError

Array = npt.NDArray[Any]
Matrix = npt.NDArray[Any]
Rows = Sequence[tuple[float, float, float]]

BORDER_ZERO = cv2.BORDER_CONSTANT
BORDER_REPLICATE = cv2.BORDER_REPLICATE

MAX_SOURCE_SIDE = 32767
"""The longest side of an image that can be sampled: positions are int16."""

_STEPS = 32  # per pixel
_BITS = 5
_AFFINE_ONE = 1 << 10
_BLOCK = 32
_BAND = 32  # Rows whose positions stay in the processor's cache, which takes a fifth of the time.
_FITS_INT32 = 1 << 30


@dataclass(frozen=True)
class SamplingMap:
    """The position in the input that each pixel of an output samples.

    whole: HxWx2 int16, x and y of the pixel at or before the position; beyond the edges BORDER_* applies.
    fraction: HxW uint16, the distance from that pixel to the position, as 32 * (32nds in y) + (32nds in x);
        None for a map that takes the nearest pixel.
    """

    whole: npt.NDArray[np.int16]
    fraction: npt.NDArray[np.uint16] | None

    def sample(self, image: Array, border: int, *, cubic: bool = False) -> Array:
        """The output image: HxW or HxWxC as `image`, bilinear, bicubic or nearest, rounded to its dtype."""
        method = cv2.INTER_CUBIC if cubic else cv2.INTER_LINEAR
        if self.fraction is None:
            method = cv2.INTER_NEAREST
        fraction: Any = self.fraction  # OpenCV accepts None, its type stubs do not.
        return cv2.remap(image, self.whole, fraction, method, borderMode=border)


def check_source_size(width: int, height: int) -> None:
    """Check the size of an image to sample.

    Raises:
        InvalidArgumentError: the image has no pixels, or a side above MAX_SOURCE_SIDE.
    """
    if not 1 <= min(width, height) <= max(width, height) <= MAX_SOURCE_SIDE:
        raise InvalidArgumentError(
            f"An image of {width}x{height} cannot be sampled; "
            f"each side must be 1 to {MAX_SOURCE_SIDE} pixels."
        )


def affine_map(forward: Matrix, width: int, height: int) -> SamplingMap:
    """The map of `cv2.warpAffine`: `forward` (2x3) maps input positions to output positions."""
    (a, b, c), (d, e, f) = forward.tolist()
    determinant = a * e - b * d
    scale = 1 / determinant if determinant else 0.0
    a, b, d, e = e * scale, b * -scale, d * -scale, a * scale
    c, f = -a * c - b * f, -d * c - e * f
    return inverse_affine_map(((a, b, c), (d, e, f)), width, height)


def inverse_affine_map(to_input: Rows, width: int, height: int) -> SamplingMap:
    """The map of `cv2.warpAffine` with WARP_INVERSE_MAP: `to_input` maps output to input positions."""
    x, y = np.arange(width), np.arange(height)
    half_step = _AFFINE_ONE // _STEPS // 2
    columns = [_rounded(along * x * _AFFINE_ONE) for along, _, _ in to_input]
    rows = [_rounded((across * y + start) * _AFFINE_ONE) + half_step for _, across, start in to_input]
    fits = all(np.abs(part).max() < _FITS_INT32 for part in (*columns, *rows))
    kind = np.int32 if fits else np.int64
    terms = [
        (row.astype(kind)[:, None], column.astype(kind)) for row, column in zip(rows, columns, strict=True)
    ]
    whole = np.empty((height, width, 2), np.int16)
    fraction = np.empty((height, width), np.uint16)
    for top in range(0, height, _BAND):
        band = slice(top, top + _BAND)
        positions = [(row[band] + column) >> _BITS for row, column in terms]
        fraction[band] = _fractions(*positions)
        whole[band] = _int16_pairs(*(position >> _BITS for position in positions))
    return SamplingMap(whole, fraction)


def perspective_map(forward: Matrix, width: int, height: int) -> SamplingMap:
    """The bilinear map of `cv2.warpPerspective`: `forward` (3x3) maps input to output positions."""
    x, y = _project(_inverse(forward), width, height, _STEPS)
    return _bilinear(_rounded(x), _rounded(y))


def nearest_perspective_map(forward: Matrix, width: int, height: int) -> SamplingMap:
    """As `perspective_map`, but mapping pixel centers to pixel centers and taking the nearest pixel."""
    center = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    to_input = np.linalg.inv(center) @ _inverse(forward) @ center
    x, y = _project(to_input, width, height, 1)
    return SamplingMap(_int16_pairs(_rounded(x), _rounded(y)), None)


def _inverse(matrix: Matrix) -> Matrix:
    return cv2.invert(matrix)[1]


def _project(matrix: Matrix, width: int, height: int, scale: int) -> tuple[Matrix, Matrix]:
    """The input position of every output pixel, times `scale`.

    The sums are computed in the order of OpenCV's blocks: first the block's left edge, then the offset in it.
    """
    rows = min(_BLOCK // 2, height)
    columns = min(_BLOCK * _BLOCK // rows, width)
    x = np.arange(width)
    inside = (x % columns).astype(np.float64)
    left = x - inside
    y = np.arange(height, dtype=np.float64)[:, None]

    def sums(row: Matrix) -> Matrix:
        result: Matrix = (row[0] * left + row[1] * y + row[2]) + row[0] * inside
        return result

    depth = sums(matrix[2])
    with np.errstate(divide="ignore"):
        factor = np.where(depth != 0, scale / depth, 0.0)
    return sums(matrix[0]) * factor, sums(matrix[1]) * factor


def _rounded(positions: Matrix) -> npt.NDArray[np.int64]:
    # To the nearest, ties to even, within the range of a C++ int.
    return np.clip(np.rint(positions), -(2**31), 2**31 - 1).astype(np.int64)


def _bilinear(x: npt.NDArray[np.int64], y: npt.NDArray[np.int64]) -> SamplingMap:
    return SamplingMap(_int16_pairs(x >> _BITS, y >> _BITS), _fractions(x, y).astype(np.uint16))


def _fractions(x: npt.NDArray[Any], y: npt.NDArray[Any]) -> npt.NDArray[Any]:
    mask = _STEPS - 1
    return (y & mask) * _STEPS + (x & mask)


def _int16_pairs(x: npt.NDArray[Any], y: npt.NDArray[Any]) -> npt.NDArray[np.int16]:
    pairs: npt.NDArray[np.int16] = np.clip(np.stack([x, y], -1), -32768, 32767).astype(np.int16)
    return pairs
