"""Mattes whose edge follows the colours of the image."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mpgraph.effects.buffers import Buffers, OutputPool
from mpgraph.effects.matte import Mask, Matte, Pixels
from mpgraph.effects.pyramid import half, reduced

STRETCH = (0.1, 0.9)
"""What becomes 0 and 1 between two passes."""

CERTAIN = 0.95
"""Uncertain values next to larger ones than this are raised."""

_BYTE = np.float32(1 / 255)
_SMOOTHING = (3, 3)
_NEIGHBORS = np.ones((3, 3), np.uint8)
_ZERO = np.zeros(1)
_SOMEBODY = np.array([0] * 5 + [255] * 251, np.uint8)


@dataclass(frozen=True)
class EdgeOptions:
    """The filter's options.

    radius: of its windows, in pixels of an image half as large as the mask. epsilon: the variance of colours
    in 0..1 that counts as flat. reach: how far the matte may leave the mask, in pixels of the mask; 0: any
    distance. passes: how often the filter is applied, each time to its last result.
    """

    radius: int = 2
    epsilon: float = 5e-5
    reach: int = 1
    passes: int = 4


class EdgeRefiner:
    """A guided filter with the colours of the image as the guide, and a smooth step.

    Inside each window the matte is a linear function of red, green and blue (He, Sun, Tang: Guided Image
    Filtering, ECCV 2010), fitted on small images and applied to a larger one (He, Sun: Fast Guided Filter,
    2015). Every pass but the last stretches what it finds, on the small images: narrow windows repeated carry
    a misplaced edge farther than a wide one, and stop at the first edge of colours.
    """

    def __init__(self, options: EdgeOptions) -> None:
        self._options = options
        self._buffers = Buffers()
        self._pool = OutputPool()

    def matte(self, mask: Mask, image: Pixels, size: tuple[int, int]) -> Matte:
        """Return the matte, HxW uint8 of `size` (width, height).

        mask: HxW float32 in 0..1. image: HxWx3 uint8 RGB, as large as the mask or larger; the function is
        applied at its size.
        """
        out: Matte = self._pool.take((size[1], size[0]))
        coarse = cv2.convertScaleAbs(mask, alpha=255, dst=self._buffers.get("coarse", mask.shape, np.uint8))
        part = _part_with_people(coarse, 8 * self._options.radius)
        if part is None:
            out[:] = 0
            return out
        detail = _scaled(part, mask.shape, image.shape)
        matte = self._refined(mask[part], coarse[part], image[detail])
        result = _scaled(detail, image.shape, out.shape)
        if _is_multiple(image.shape, out.shape):
            out[:] = 0
            cv2.resize(matte, _size(result), dst=out[result], interpolation=cv2.INTER_LINEAR)
            return out
        # Enlarged as a whole: the grid of a part would be shifted.
        whole = self._buffers.get("whole", image.shape[:2], np.uint8)
        whole[:] = 0
        whole[detail] = matte
        cv2.resize(whole, size, dst=out, interpolation=cv2.INTER_LINEAR)
        return out

    def _refined(self, mask: Mask, coarse: Any, image: Pixels) -> Any:
        # Noise of the guide would become flicker of the matte. Two averages of 3x3 are nearly a Gaussian.
        smooth: Any = self._buffers.get("smooth", image.shape, np.uint8)
        cv2.blur(cv2.blur(image, _SMOOTHING, dst=smooth), _SMOOTHING, dst=smooth)
        matte = self._applied(self._functions(mask, smooth), smooth)
        if self._options.reach:
            matte = self._within_reach(matte, coarse)
        return cv2.LUT(matte, _smooth_step(), dst=matte)

    def _functions(self, mask: Mask, image: Pixels) -> Any:
        """The slopes in red, green and blue and the offset, 4xHxW float32; they map 0..255 to 0..255."""
        columns, rows = size = half(mask.shape[1], mask.shape[0])
        small = reduced(image, size)
        # Planes this small stay in the processor's cache.
        names = ("colors", "means", "products", "pairs", "fitted", "functions")
        counts = (3, 4, 4, 6, 4, 4)
        colors, means, products, pairs, fitted, functions = (
            self._buffers.get(name, (count, rows, columns), np.float32)
            for name, count in zip(names, counts, strict=True)
        )
        for i in range(3):
            np.multiply(small[..., i], _BYTE, out=colors[i])
        self._blur(colors, means[:3])
        inverse = self._inverse(colors, means, pairs)
        values = products[3]
        cv2.resize(mask, size, dst=values, interpolation=cv2.INTER_LINEAR)
        _widen(values)
        for number in range(self._options.passes):
            if number:
                np.multiply(functions[:3], colors, out=products[:3])
                np.add(functions[3], products[:3].sum(axis=0), out=values)
                _stretch(values)
            np.multiply(colors, values, out=products[:3])
            self._blur(products, fitted)
            np.copyto(means[3], fitted[3])
            for slope, mean in zip(fitted, means[:3], strict=False):
                slope -= mean * means[3]
            _solve(inverse, fitted[:3])
            for slope, mean in zip(fitted, means[:3], strict=False):
                fitted[3] -= slope * mean
            self._blur(fitted, functions)
        functions[3] *= 255
        return functions

    def _inverse(self, colors: Any, means: Any, pairs: Any) -> Any:
        """The variances of colours, decomposed: see `_decompose`. pairs: six planes, which get the result."""
        _pairs(colors, pairs)
        self._blur(pairs, pairs)
        pairs -= _pairs(means[:3], self._buffers.get("mean pairs", pairs.shape, np.float32))
        pairs[:3] += np.float32(self._options.epsilon)
        return _decompose(pairs)

    def _blur(self, planes: Any, out: Any) -> None:
        window = (2 * self._options.radius + 1,) * 2
        for plane, target in zip(planes, out, strict=True):
            cv2.blur(plane, window, dst=target)

    def _applied(self, planes: Any, image: Pixels) -> Any:
        height, width = image.shape[:2]
        total, part = (self._buffers.get(name, (height, width), np.float32) for name in ("sum", "part"))
        color: Any = self._buffers.get("color", (height, width), np.uint8)
        cv2.resize(planes[3], (width, height), dst=total)
        for i in range(3):
            cv2.extractChannel(image, i, dst=color)
            cv2.resize(planes[i], (width, height), dst=part)
            cv2.multiply(part, color, dst=part, dtype=cv2.CV_32F)
            cv2.add(total, part, dst=total)
        return cv2.add(total, _ZERO, dst=color, dtype=cv2.CV_8U)

    def _within_reach(self, matte: Any, coarse: Any) -> Any:
        """Nothing far from the mask, and no hole deep inside it."""
        kernel = np.ones((2 * self._options.reach + 1,) * 2, np.uint8)
        size = (matte.shape[1], matte.shape[0])
        for operation, ramp, limit in ((cv2.dilate, (0.1, 0.4), cv2.min), (cv2.erode, (0.6, 0.9), cv2.max)):
            bound = cv2.LUT(operation(coarse, kernel), _ramp(*ramp))
            bound = cv2.resize(bound, size, dst=self._buffers.get("bound", matte.shape, np.uint8))
            limit(matte, bound, dst=matte)
        return matte


def _part_with_people(coarse: Any, margin: int) -> tuple[slice, slice] | None:
    """The part of a mask, HxW uint8, outside of which it is 0, with a margin; begins at even positions."""
    left, top, across, down = cv2.boundingRect(cv2.LUT(coarse, _SOMEBODY))
    if not across:
        return None
    rows, columns = coarse.shape
    return (
        slice(max(top - margin, 0) & ~1, min((top + down + margin + 1) & ~1, rows)),
        slice(max(left - margin, 0) & ~1, min((left + across + margin + 1) & ~1, columns)),
    )


def _scaled(
    part: tuple[slice, slice], shape: tuple[int, ...], larger: tuple[int, ...]
) -> tuple[slice, slice]:
    rows, columns = (
        slice(round(each.start * large / small), round(each.stop * large / small))
        for each, small, large in zip(part, shape, larger, strict=False)
    )
    return rows, columns


def _size(part: tuple[slice, slice]) -> tuple[int, int]:
    return part[1].stop - part[1].start, part[0].stop - part[0].start


def _is_multiple(small: tuple[int, ...], large: tuple[int, ...]) -> bool:
    return large[0] % small[0] == 0 and large[1] % small[1] == 0


def _pairs(values: Any, out: Any) -> Any:
    """The products rr gg bb, rg rb gb of the first three planes."""
    np.multiply(values[:3], values[:3], out=out[:3])
    np.multiply(values[0], values[1:3], out=out[3:5])
    np.multiply(values[1], values[2], out=out[5])
    return out


def _decompose(variance: Any) -> Any:
    """The factors L D L^T of a symmetric matrix for each pixel, in place.

    variance: planes rr gg bb, rg rb gb. They become 1 / D, three planes, and the parts of L below its
    diagonal. Cofactors are no alternative: for a large eigenvalue and two small ones they cancel out.
    """
    rr, gg, bb, rg, rb, gb = variance
    np.divide(1, rr, out=rr)
    first, second = rg * rr, rb * rr
    gg -= rg * first
    np.divide(1, gg, out=gg)
    gb -= rb * first
    third = gb * gg
    bb -= rb * second
    bb -= gb * third
    np.divide(1, bb, out=bb)
    rg[:], rb[:], gb[:] = first, second, third
    return variance


def _solve(factors: Any, covariance: Any) -> None:
    """Replace three planes by the slopes: the inverse of a matrix, as of `_decompose`, times them."""
    rr, gg, bb, rg, rb, gb = factors
    r, g, b = covariance
    g -= rg * r
    b -= rb * r
    b -= gb * g
    b *= bb
    g *= gg
    g -= gb * b
    r *= rr
    r -= rg * g
    r -= rb * b


def _widen(values: Any) -> None:
    """Raise what is uncertain next to what is certain: the networks draw people too narrow."""
    certain = cv2.dilate(values, _NEIGHBORS) > CERTAIN
    values += certain * values * (1 - values)


def _stretch(values: Any) -> None:
    values -= np.float32(STRETCH[0])
    values *= np.float32(1 / (STRETCH[1] - STRETCH[0]))
    np.clip(values, 0, 1, out=values)


@lru_cache
def _smooth_step() -> Matte:
    t = np.arange(256) / 255
    return np.rint(255 * t * t * (3 - 2 * t)).astype(np.uint8)


@lru_cache
def _ramp(low: float, high: float) -> NDArray[np.uint8]:
    return np.rint(255 * np.clip((np.arange(256) / 255 - low) / (high - low), 0, 1)).astype(np.uint8)
