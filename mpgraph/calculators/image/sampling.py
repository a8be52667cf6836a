"""Sampling an image at computed positions, with the arithmetic of OpenCV 4's warps.

OpenCV 4 rounds sampled positions to 1/32 of a pixel, and the order of its operations decides which way ties
are rounded. OpenCV 5 computes the same warps differently. Both warps of MediaPipe's calculators are
therefore computed here as tables for `cv2.remap`, which has not changed: the result is equal to the last bit
with either version, and reusing a table costs less than a warp.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
_BAND = 64  # Rows whose positions stay in the processor's cache, which takes a fifth of the time.
_FAR = 32767
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
    kind: type[np.signedinteger[Any]] = np.int32 if fits else np.int64
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
    whole = np.empty((height, width, 2), np.int16)
    fraction = np.empty((height, width), np.uint16)
    for band, *positions in _projected(_inverse(forward), width, height, _STEPS):
        x, y = (_within(position, _FAR * _STEPS) for position in positions)
        fraction[band] = _fractions(x, y)
        whole[band, :, 0], whole[band, :, 1] = x >> _BITS, y >> _BITS
    return SamplingMap(whole, fraction)


def nearest_perspective_map(forward: Matrix, width: int, height: int) -> SamplingMap:
    """As `perspective_map`, but mapping pixel centers to pixel centers and taking the nearest pixel."""
    center = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    to_input = np.linalg.inv(center) @ _inverse(forward) @ center
    whole = np.empty((height, width, 2), np.int16)
    for band, x, y in _projected(to_input, width, height, 1):
        whole[band, :, 0], whole[band, :, 1] = _within(x, _FAR), _within(y, _FAR)
    return SamplingMap(whole, None)


def _inverse(matrix: Matrix) -> Matrix:
    return cv2.invert(matrix)[1]


def _projected(matrix: Matrix, width: int, height: int, scale: int) -> Iterator[tuple[slice, Matrix, Matrix]]:
    """The input positions of the output pixels, times `scale`: x and y of a band of rows at a time.

    The sums are computed in the order of OpenCV's blocks: first the block's left edge, then the offset in it.
    """
    rows = min(_BLOCK // 2, height)
    columns = min(_BLOCK * _BLOCK // rows, width)
    left, inside = np.arange(0, width, columns), np.arange(columns)
    top_down = np.arange(height)[:, None]
    starts = [(row[0] * left + row[1] * top_down + row[2])[:, :, None] for row in matrix]
    offsets = [row[0] * inside for row in matrix]
    sums = np.empty((3, min(_BAND, height), left.size, columns))
    for top in range(0, height, _BAND):
        band = slice(top, min(top + _BAND, height))
        across, down, depth = sums[:, : band.stop - top]
        for total, start, offset in zip((across, down, depth), starts, offsets, strict=True):
            np.add(start[band], offset, out=total)
        is_infinite = depth == 0
        with np.errstate(divide="ignore"):
            factor = np.divide(scale, depth, out=depth)
        factor[is_infinite] = 0
        across *= factor
        down *= factor
        x, y = (values.reshape(len(values), -1)[:, :width] for values in (across, down))
        yield band, x, y


def _within(positions: Matrix, limit: int) -> npt.NDArray[np.int32]:
    """Round `positions`, in place, ties to even; those beyond every image come nearer, but stay outside."""
    np.fmin(np.fmax(positions, -limit, out=positions), limit, out=positions)
    return np.rint(positions, out=positions).astype(np.int32)


def _rounded(positions: Matrix) -> npt.NDArray[np.int64]:
    # To the nearest, ties to even, within the range of a C++ int.
    return np.clip(np.rint(positions), -(2**31), 2**31 - 1).astype(np.int64)


def _fractions(x: npt.NDArray[Any], y: npt.NDArray[Any]) -> npt.NDArray[Any]:
    mask = _STEPS - 1
    return (y & mask) * _STEPS + (x & mask)


def _int16_pairs(x: npt.NDArray[Any], y: npt.NDArray[Any]) -> npt.NDArray[np.int16]:
    pairs: npt.NDArray[np.int16] = np.clip(np.stack([x, y], -1), -32768, 32767).astype(np.int16)
    return pairs
