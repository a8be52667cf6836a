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
_LOWEST, _HIGHEST = np.iinfo(np.int16).min, np.iinfo(np.int16).max
_BAND = 64  # Rows whose positions stay in the processor's cache, which takes a fifth of the time.
_NEAR = _AFFINE_ONE * 16384  # The sum of two positions below it is within int16.


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
    return inverse_affine_map(((a, b, c), (d, e, f)), range(width), range(height))


def inverse_affine_map(to_input: Rows, columns: range, rows: range) -> SamplingMap:
    """The map of `cv2.warpAffine` with WARP_INVERSE_MAP, for a part of the output.

    to_input: two rows of a matrix that maps output positions to input positions.
    """
    x, y = np.asarray(columns), np.asarray(rows)
    half_step = _AFFINE_ONE // _STEPS // 2
    across = [_rounded(a * x * _AFFINE_ONE) for a, _, _ in to_input]
    down = [_rounded((b * y + c) * _AFFINE_ONE)[:, None] + half_step for _, b, c in to_input]
    is_near = all(np.abs(part).max(initial=0) < _NEAR for part in (*across, *down))
    kind: type[np.signedinteger[Any]] = np.int32 if is_near else np.int64
    across, down = ([part.astype(kind) for part in parts] for parts in (across, down))
    whole = np.empty((len(y), len(x), 2), np.int16)
    fraction = np.empty((len(y), len(x)), np.uint16)
    positions = np.empty((2, _BAND, len(x)), kind)
    for top in range(0, len(y), _BAND):
        band = slice(top, min(top + _BAND, len(y)))
        sums = positions[:, : band.stop - top]
        for position, start, offset in zip(sums, down, across, strict=True):
            np.add(start[band], offset, out=position)
        sums >>= _BITS
        if not is_near:
            np.clip(sums, _LOWEST * _STEPS, _HIGHEST * _STEPS, out=sums)
        fraction[band] = _fractions(*sums)
        sums >>= _BITS
        whole[band, :, 0], whole[band, :, 1] = sums
    return SamplingMap(whole, fraction)


def perspective_map(forward: Matrix, width: int, height: int) -> SamplingMap:
    """The bilinear map of `cv2.warpPerspective`: `forward` (3x3) maps input to output positions."""
    # Multiples of 1/32, which float32 holds, so that OpenCV only has to split them.
    maps = np.empty((2, height, width), np.float32)
    for block, positions in _blocks(_inverse(forward), width, height, _STEPS):
        np.multiply(positions, 1 / _STEPS, out=maps[..., block], casting="same_kind")
    np.clip(maps, _LOWEST, _HIGHEST, out=maps)
    split: Any = cv2.convertMaps(maps[0], maps[1], cv2.CV_16SC2)
    return SamplingMap(*split)


def nearest_perspective_map(forward: Matrix, width: int, height: int) -> SamplingMap:
    """As `perspective_map`, but mapping pixel centers to pixel centers and taking the nearest pixel."""
    center = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    to_input = np.linalg.inv(center) @ _inverse(forward) @ center
    whole = np.empty((height, width, 2), np.int16)
    for block, positions in _blocks(to_input, width, height, 1):
        whole[:, block, 0], whole[:, block, 1] = np.clip(positions, _LOWEST, _HIGHEST)
    return SamplingMap(whole, None)


def _inverse(matrix: Matrix) -> Matrix:
    return cv2.invert(matrix)[1]


def _blocks(matrix: Matrix, width: int, height: int, scale: int) -> Iterator[tuple[slice, Matrix]]:
    """Yield blocks of columns and, 2xHxcolumns, the input positions x and y of their pixels, times `scale`.

    The positions are rounded, ties to even. The sums are computed in the order of OpenCV's blocks, which are
    as wide: first the block's left edge, then the offset in it.
    """
    columns = min(_BLOCK * _BLOCK // min(_BLOCK // 2, height), width)
    per_column, per_row, start = matrix.T[..., None, None]
    down = per_row * np.arange(height)[:, None]
    along = per_column * np.arange(columns)
    for left in range(0, width, columns):
        sums = (per_column * left + down + start) + along[..., : width - left]
        # In place from here on: new memory for each step would take as long as the computation.
        positions, depth = sums[:2], sums[2]
        with np.errstate(all="ignore"):
            np.divide(scale, depth, out=depth, where=depth != 0)
            positions *= depth
            np.rint(positions, out=positions)
        yield slice(left, left + columns), positions


def _rounded(positions: Matrix) -> npt.NDArray[np.int64]:
    # To the nearest, ties to even, within the range of a C++ int.
    return np.clip(np.rint(positions), -(2**31), 2**31 - 1).astype(np.int64)


def _fractions(x: npt.NDArray[Any], y: npt.NDArray[Any]) -> npt.NDArray[Any]:
    mask = _STEPS - 1
    return (y & mask) * _STEPS + (x & mask)
