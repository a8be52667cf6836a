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

_FROM, _TO = 0.1, 0.9
_BYTE = np.float32(1 / 255)


@dataclass(frozen=True)
class EdgeOptions:
    """radius: of the filter's windows, in pixels of its coefficients. epsilon: the variance of colours, in 0..1
    squared, that counts as flat. reach: how far the matte may leave the mask, in pixels of the mask; 0: any
    distance."""

    radius: int = 3
    epsilon: float = 1e-4
    reach: int = 2


class EdgeRefiner:
    """A guided filter with the colours of the image as the guide, and a smooth step.

    Inside each window the matte is a linear function of red, green and blue (He, Sun, Tang: Guided Image
    Filtering, ECCV 2010), fitted on small images and applied to a larger one (He, Sun: Fast Guided Filter, 2015).
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
        planes = self._coefficients(mask, image)
        matte = self._applied(planes, image)
        if self._options.reach:
            matte = self._within_reach(matte, mask)
        matte = cv2.LUT(matte, _smooth_step(), dst=self._buffers.get("step", matte.shape, np.uint8))
        out: Matte = self._pool.take((size[1], size[0]))
        if (matte.shape[1], matte.shape[0]) == size:
            out[:] = matte
            return out
        cv2.resize(matte, size, dst=out, interpolation=cv2.INTER_LINEAR)
        return out

    def _coefficients(self, mask: Mask, image: Pixels) -> Any:
        """The slopes in red, green and blue and the offset, HxWx4 float32, for colours in 0..255 and 255ths."""
        size = half(mask.shape[1], mask.shape[0])
        guide = reduced(image, size).astype(np.float32)
        guide *= _BYTE
        target = cv2.resize(mask, size, interpolation=cv2.INTER_LINEAR)
        window = (2 * self._options.radius + 1,) * 2

        def mean(values: Any) -> Any:
            return cv2.blur(values, window)

        mean_guide, mean_target = mean(guide), mean(target)
        covariance = mean(guide * target[..., None]) - mean_guide * mean_target[..., None]
        # The six different entries of the symmetric matrix, in one image for one pass of the filter.
        pairs = np.concatenate([guide, guide[..., :1] * guide[..., 1:], guide[..., 1:2] * guide[..., 2:]], axis=2)
        pairs[..., :3] *= guide
        means = np.concatenate(
            [mean_guide, mean_guide[..., :1] * mean_guide[..., 1:], mean_guide[..., 1:2] * mean_guide[..., 2:]],
            axis=2,
        )
        means[..., :3] *= mean_guide
        variance = np.concatenate([mean(pairs[..., :3]), mean(np.ascontiguousarray(pairs[..., 3:]))], axis=2)
        variance -= means
        slopes = _solved(variance, covariance, self._options.epsilon)
        offset = mean_target - (slopes * mean_guide).sum(axis=2)
        planes = np.empty((*target.shape, 4), np.float32)
        planes[..., :3] = slopes
        planes[..., 3] = offset * 255
        return mean(planes)

    def _applied(self, planes: Any, image: Pixels) -> Any:
        height, width = image.shape[:2]
        fine = cv2.resize(
            planes, (width, height), dst=self._buffers.get("fine", (height, width, 4), np.float32)
        )
        colors = self._buffers.get("colors", (height, width, 4), np.float32)
        rgba = cv2.cvtColor(image, cv2.COLOR_RGB2RGBA, dst=self._buffers.get("rgba", (height, width, 4), np.uint8))
        rgba[..., 3] = 1
        np.multiply(fine, rgba, out=colors)
        total = cv2.transform(
            colors, np.ones((1, 4), np.float32), dst=self._buffers.get("sum", (height, width), np.float32)
        )
        matte = self._buffers.get("matte", (height, width), np.uint8)
        return cv2.convertScaleAbs(cv2.max(total, 0, dst=total), dst=matte)

    def _within_reach(self, matte: Any, mask: Mask) -> Any:
        """Nothing far from the mask, and no hole deep inside it."""
        side = 2 * self._options.reach + 1
        coarse = cv2.convertScaleAbs(mask, alpha=255, dst=self._buffers.get("coarse", mask.shape, np.uint8))
        kernel = np.ones((side, side), np.uint8)
        size = (matte.shape[1], matte.shape[0])
        most = cv2.resize(cv2.LUT(cv2.dilate(coarse, kernel), _ramp(0.1, 0.4)), size)
        least = cv2.resize(cv2.LUT(cv2.erode(coarse, kernel), _ramp(0.6, 0.9)), size)
        return cv2.max(cv2.min(matte, most, dst=matte), least, dst=matte)


def _solved(variance: Any, covariance: Any, epsilon: float) -> Any:
    """The slopes: (variance + epsilon * identity)^-1 * covariance for each pixel, by cofactors.

    variance: HxWx6, of rr, gg, bb, rg, rb, gb. covariance: HxWx3. Returns HxWx3.
    """
    rr, gg, bb, rg, rb, gb = (variance[..., i] for i in range(6))
    rr, gg, bb = rr + epsilon, gg + epsilon, bb + epsilon
    r, g, b = (covariance[..., i] for i in range(3))
    c_rr, c_rg, c_rb = gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg
    c_gg, c_gb, c_bb = rr * bb - rb * rb, rb * rg - rr * gb, rr * gg - rg * rg
    scale = 1 / (rr * c_rr + rg * c_rg + rb * c_rb)
    return np.stack(
        [
            (c_rr * r + c_rg * g + c_rb * b) * scale,
            (c_rg * r + c_gg * g + c_gb * b) * scale,
            (c_rb * r + c_gb * g + c_bb * b) * scale,
        ],
        axis=2,
    )


@lru_cache
def _smooth_step() -> Matte:
    t = np.clip((np.arange(256) / 255 - _FROM) / (_TO - _FROM), 0, 1)
    return np.rint(255 * t * t * (3 - 2 * t)).astype(np.uint8)


@lru_cache
def _ramp(low: float, high: float) -> NDArray[np.uint8]:
    return np.rint(255 * np.clip((np.arange(256) / 255 - low) / (high - low), 0, 1)).astype(np.uint8)
