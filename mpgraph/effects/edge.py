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

STEP = (0.1, 0.9)
"""Where the smooth step begins and ends."""

_BYTE = np.float32(1 / 255)
_SMOOTHING = (3, 3)
_ZERO = np.zeros(1)
_SOMEBODY = np.array([0] * 5 + [255] * 251, np.uint8)


@dataclass(frozen=True)
class EdgeOptions:
    """The filter's options.

    radius: of its windows, in pixels of an image half as large as the mask. epsilon: the variance of colours
    in 0..1 that counts as flat. reach: how far the matte may leave the mask, in pixels of the mask; 0: any
    distance.
    """

    radius: int = 3
    epsilon: float = 3e-4
    reach: int = 1


class EdgeRefiner:
    """A guided filter with the colours of the image as the guide, and a smooth step.

    Inside each window the matte is a linear function of red, green and blue (He, Sun, Tang: Guided Image
    Filtering, ECCV 2010), fitted on small images and applied to a larger one (He, Sun: Fast Guided Filter,
    2015).
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
        part = _part_with_people(coarse, 4 * self._options.radius + 2)
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
        matte = self._applied(self._coefficients(mask, smooth), smooth)
        if self._options.reach:
            matte = self._within_reach(matte, coarse)
        return cv2.LUT(matte, _smooth_step(), dst=matte)

    def _coefficients(self, mask: Mask, image: Pixels) -> Any:
        """The slopes in red, green and blue and the offset, 4xHxW float32; they map 0..255 to 0..255."""
        columns, rows = size = half(mask.shape[1], mask.shape[0])
        small = reduced(image, size)
        # r g b p, rp gp bp, rr gg bb, rg rb gb: p is the mask. Planes this small stay in the processor's
        # cache.
        values, means = (self._buffers.get(name, (13, rows, columns), np.float32) for name in ("v", "m"))
        for i in range(3):
            np.multiply(small[..., i], _BYTE, out=values[i])
        cv2.resize(mask, size, dst=values[3], interpolation=cv2.INTER_LINEAR)
        np.multiply(values[:3], values[3], out=values[4:7])
        _pairs(values, values[7:])
        self._blur(values, means)
        means[4:7] -= means[:3] * means[3]
        means[7:] -= _pairs(means, values[7:])
        means[7:10] += np.float32(self._options.epsilon)
        slopes = _solved(means[7:], means[4:7], values[:3])
        values[3] = means[3]
        for slope, mean in zip(slopes, means, strict=False):
            values[3] -= slope * mean
        values[3] *= 255
        self._blur(values[:4], means[:4])
        return means[:4]

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


def _solved(variance: Any, covariance: Any, out: Any) -> Any:
    """The slopes: variance^-1 * covariance for each pixel, by cofactors.

    variance: planes rr gg bb, rg rb gb of a symmetric matrix. covariance: three planes. Returns `out`, three.
    """
    rr, gg, bb, rg, rb, gb = variance
    r, g, b = covariance
    c_rr, c_rg, c_rb = gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg
    c_gg, c_gb, c_bb = rr * bb - rb * rb, rb * rg - rr * gb, rr * gg - rg * rg
    scale = 1 / (rr * c_rr + rg * c_rg + rb * c_rb)
    for target, row in zip(out, ((c_rr, c_rg, c_rb), (c_rg, c_gg, c_gb), (c_rb, c_gb, c_bb)), strict=True):
        np.multiply(row[0], r, out=target)
        target += row[1] * g
        target += row[2] * b
        target *= scale
    return out


@lru_cache
def _smooth_step() -> Matte:
    t = np.clip((np.arange(256) / 255 - STEP[0]) / (STEP[1] - STEP[0]), 0, 1)
    return np.rint(255 * t * t * (3 - 2 * t)).astype(np.uint8)


@lru_cache
def _ramp(low: float, high: float) -> NDArray[np.uint8]:
    return np.rint(255 * np.clip((np.arange(256) / 255 - low) / (high - low), 0, 1)).astype(np.uint8)
