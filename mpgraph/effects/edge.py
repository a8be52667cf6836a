"""Mattes whose edge follows the colours of the image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mpgraph.effects.buffers import Buffers, OutputPool
from mpgraph.effects.matte import Mask, Matte, Pixels
from mpgraph.effects.noise import Smoothing, noise
from mpgraph.effects.parts import part_with_people, scaled, size_of
from mpgraph.effects.pyramid import half, reduced

STRETCH = (0.1, 0.9)
"""What becomes 0 and 1 between two passes."""

CERTAIN = 0.95
"""Uncertain values next to larger ones than this are raised."""

_BYTE = np.float32(1 / 255)
_NEIGHBORS = np.ones((3, 3), np.uint8)


@dataclass(frozen=True)
class EdgeOptions:
    """The filter's options.

    radius: of its windows, in pixels of an image half as large as the mask. epsilon: the variance of colours
    in 0..1 that counts as flat. reach: how far the matte may leave the mask, in pixels of the mask; 0: any
    distance. passes: how often the filter is applied, each time to its last result.
    """

    radius: int = 2
    epsilon: float = 2e-5
    reach: int = 1
    passes: int = 4


class EdgeRefiner:
    """A guided filter with the colours of the image as the guide, and a smooth step.

    Inside each window the matte is a linear function of red, green and blue (He, Sun, Tang: Guided Image
    Filtering, ECCV 2010), fitted on small images and applied to a larger one (He, Sun: Fast Guided Filter,
    2015). Every pass but the last stretches what it finds, on the small images: narrow windows repeated carry
    a misplaced edge farther than a wide one, and stop at the first edge of colours. The noisier the guide is,
    the more it is smoothed: see `mpgraph.effects.noise`.
    """

    def __init__(self, options: EdgeOptions) -> None:
        self._options = options
        self._buffers = Buffers()
        self._pool = OutputPool()
        self._smoothing = Smoothing()

    def forget(self) -> None:
        """Start again: the next image has nothing to do with the last one."""
        self._smoothing.forget()

    def matte(self, mask: Mask, image: Pixels, size: tuple[int, int]) -> Matte:
        """Return the matte, HxW uint8 of `size` (width, height).

        mask: HxW float32 in 0..1. image: HxWx3 uint8 RGB, as large as the mask or larger; the function is
        applied at its size.
        """
        out: Matte = self._pool.take((size[1], size[0]))
        part = part_with_people(mask, 4 * self._options.radius)
        if part is None:
            out[:] = 0
            return out
        detail = scaled(part, mask.shape, image.shape)
        radii = self._smoothing.radii(noise(image), image.shape[0] / mask.shape[0])
        matte = self._refined(mask[part], image[detail], radii)
        result = scaled(detail, image.shape, out.shape)
        if _is_multiple(image.shape, out.shape):
            out[:] = 0
            cv2.resize(matte, size_of(result), dst=out[result], interpolation=cv2.INTER_LINEAR)
            return out
        # Enlarged as a whole: the grid of a part would be shifted.
        whole = self._buffers.get("whole", image.shape[:2], np.uint8)
        whole[:] = 0
        whole[detail] = matte
        cv2.resize(whole, size, dst=out, interpolation=cv2.INTER_LINEAR)
        return out

    def _refined(self, mask: Mask, image: Pixels, radii: Sequence[int]) -> Any:
        # Noise of the guide would become flicker of the matte.
        smooth: Any = image
        for radius in filter(None, radii):
            target = self._buffers.get("smooth", image.shape, np.uint8)
            smooth = cv2.blur(smooth, (2 * radius + 1,) * 2, dst=target)
        colors = cv2.split(smooth, list(self._buffers.get("split", (3, *image.shape[:2]), np.uint8)))
        matte = self._applied(self._functions(mask, colors), colors)
        if self._options.reach:
            matte = self._within_reach(matte, mask)
        return cv2.LUT(matte, _smooth_step(), dst=matte)

    def _functions(self, mask: Mask, planes: Sequence[Any]) -> Any:
        """The slopes in red, green and blue and the offset, 4xHxW float32; they map 0..255 to 0..255."""
        columns, rows = size = half(mask.shape[1], mask.shape[0])
        # Planes this small stay in the processor's cache. The last of four is 1, or what belongs to it.
        guide, means, products, fitted, slopes, functions = (
            self._buffers.get(name, (4, rows, columns), np.float32)
            for name in ("guide", "means", "products", "fitted", "slopes", "functions")
        )
        for plane, color in zip(planes, guide, strict=False):
            np.multiply(reduced(plane, size), _BYTE, out=color)
        guide[3] = 1
        self._blur(guide[:3], means[:3])
        inverse = self._inverse(guide, means)
        values = self._buffers.get("values", (rows, columns), np.float32)
        cv2.resize(mask, size, dst=values, interpolation=cv2.INTER_LINEAR)
        _widen(values)
        for number in range(self._options.passes):
            if number:
                np.einsum("cij,cij->ij", functions, guide, out=values)
                _stretch(values)
            self._blur(np.multiply(guide, values, out=products), fitted)
            fitted[:3] -= np.multiply(means[:3], fitted[3], out=products[:3])
            np.einsum("abij,bij->aij", inverse, fitted[:3], out=slopes[:3])
            np.subtract(fitted[3], np.einsum("cij,cij->ij", slopes[:3], means[:3]), out=slopes[3])
            self._blur(slopes, functions)
        functions[3] *= 255
        return functions

    def _inverse(self, colors: Any, means: Any) -> Any:
        """The inverse of the variances of colours, 3x3xHxW."""
        pairs, mean_pairs = (
            self._buffers.get(name, (6, *means.shape[1:]), np.float32) for name in ("pairs", "mean pairs")
        )
        _pairs(colors, pairs)
        self._blur(pairs, pairs)
        pairs -= _pairs(means, mean_pairs)
        pairs[:3] += np.float32(self._options.epsilon)
        return _inverted(pairs, self._buffers.get("inverse", (3, 3, *means.shape[1:]), np.float32))

    def _blur(self, planes: Any, out: Any) -> None:
        window = (2 * self._options.radius + 1,) * 2
        for plane, target in zip(planes, out, strict=True):
            cv2.blur(plane, window, dst=target)

    def _applied(self, functions: Any, planes: Sequence[Any]) -> Any:
        height, width = planes[0].shape
        total, part = (self._buffers.get(name, (height, width), np.float32) for name in ("sum", "part"))

        def product(number: int) -> Any:
            cv2.resize(functions[number], (width, height), dst=part)
            return cv2.multiply(part, planes[number], dst=part, dtype=cv2.CV_32F)

        cv2.resize(functions[3], (width, height), dst=total)
        cv2.add(total, product(0), dst=total)
        cv2.add(total, product(1), dst=total)
        return cv2.add(total, product(2), dst=planes[0], dtype=cv2.CV_8U)

    def _within_reach(self, matte: Any, mask: Mask) -> Any:
        """Nothing far from the mask, and no hole deep inside it."""
        coarse = cv2.convertScaleAbs(mask, alpha=255, dst=self._buffers.get("coarse", mask.shape, np.uint8))
        kernel = np.ones((2 * self._options.reach + 1,) * 2, np.uint8)
        highest, lowest = cv2.dilate(coarse, kernel), cv2.erode(coarse, kernel)
        # Where one bound is in force the other one is not, so that one image, which is enlarged, holds both.
        both = cv2.add(cv2.LUT(highest, _ramp(0.1, 0.4, 127)), cv2.LUT(lowest, _ramp(0.6, 0.9, 128)))
        size = (matte.shape[1], matte.shape[0])
        bounds, bound = (self._buffers.get(name, matte.shape, np.uint8) for name in ("bounds", "bound"))
        cv2.resize(both, size, dst=bounds)
        cv2.min(matte, cv2.add(bounds, bounds, dst=bound), dst=matte)
        cv2.subtract(bounds, cv2.bitwise_not(bounds, dst=bound), dst=bound)
        return cv2.max(matte, bound, dst=matte)


def _is_multiple(small: tuple[int, ...], large: tuple[int, ...]) -> bool:
    return large[0] % small[0] == 0 and large[1] % small[1] == 0


def _pairs(values: Any, out: Any) -> Any:
    """The products rr gg bb, rg rb gb of the first three planes."""
    np.multiply(values[:3], values[:3], out=out[:3])
    np.multiply(values[0], values[1:3], out=out[3:5])
    np.multiply(values[1], values[2], out=out[5])
    return out


def _inverted(variance: Any, out: Any) -> Any:
    """The inverse of a symmetric matrix for each pixel, planes rr gg bb, rg rb gb, as 3x3 planes.

    By its factors L D L^T; k is in the inverse of L. Cofactors are no alternative: for a large eigenvalue
    and two small ones they cancel out.
    """
    rr, gg, bb, rg, rb, gb = variance
    d_r = 1 / rr
    l_g, l_b = rg * d_r, rb * d_r
    d_g = 1 / (gg - rg * l_g)
    rest = gb - rb * l_g
    l_bg = rest * d_g
    d_b = 1 / (bb - rb * l_b - rest * l_bg)
    k = l_bg * l_g - l_b
    out[2, 2], out[1, 2], out[0, 2] = d_b, -l_bg * d_b, k * d_b
    out[1, 1] = d_g - l_bg * out[1, 2]
    out[0, 1] = -l_g * d_g - l_bg * out[0, 2]
    out[0, 0] = d_r + l_g * l_g * d_g + k * out[0, 2]
    out[1, 0], out[2, 0], out[2, 1] = out[0, 1], out[0, 2], out[1, 2]
    return out


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
def _ramp(low: float, high: float, top: int) -> NDArray[np.uint8]:
    return np.rint(top * np.clip((np.arange(256) / 255 - low) / (high - low), 0, 1)).astype(np.uint8)
