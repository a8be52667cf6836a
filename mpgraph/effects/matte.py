"""Refine the network's mask into a matte whose edge follows the edge in the image."""

from __future__ import annotations

from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""An image: HxWx3 RGB, HxWx4 RGBA or HxW grey."""
Mask = NDArray[np.float32]
"""HxW, from 0 for background to 1 for a person."""
Matte = NDArray[np.uint8]
"""HxW, the share of the person in a pixel's colour, in 255ths."""

# The network's input has 256 pixels a side. At twice that size nothing is lost by locating the edge, and the
# coefficients can be applied at full size.
_WORK_SIDE = 512
_RADIUS = 4
_FLATNESS = 1e-3
_ZERO = np.zeros(1)

# Mask values below the first are background, above the second a person; in between they are stretched.
_EDGE_FROM, _EDGE_TO = 0.25, 0.85


def soft_matte(image: Pixels, mask: Mask) -> Matte:
    """Return the matte for `mask`, HxW uint8, with its edge aligned to the edges of `image`.

    A guided filter with the image's luma as the guide (He, Sun, Tang: Guided Image Filtering, ECCV 2010;
    coefficients computed on a smaller image: He, Sun: Fast Guided Filter, 2015), followed by a smooth step
    that saturates values of which the network is nearly certain.
    """
    guide = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    height, width = mask.shape
    size = fitted(width, height, _WORK_SIDE)
    slope, offset = _guided_coefficients(shrunk(guide, size) * np.float32(1 / 255), shrunk(mask, size))
    # slope * guide / 255 + offset, all of it times 255.
    refined = cv2.multiply(cv2.resize(slope, (width, height)), guide, dtype=cv2.CV_32F)
    cv2.add(refined, cv2.resize(offset * np.float32(255), (width, height)), dst=refined)
    return np.asarray(cv2.LUT(_saturated(refined), _smooth_step_table()), np.uint8)


def hard_matte(mask: Mask, threshold: float) -> Matte:
    """Return 255 where `mask` is above `threshold`, 0 elsewhere; HxW uint8."""
    return np.asarray((mask > threshold) * np.uint8(255))


def mask_image(mask: Mask) -> Matte:
    """Return the mask itself as a grey image, HxW uint8."""
    return _saturated(mask * np.float32(255))


def fitted(width: int, height: int, side: int) -> tuple[int, int]:
    """Return (width, height) scaled down so that the longer side is at most `side`; never enlarged."""
    scale = min(1.0, side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def shrunk(pixels: NDArray[Any], size: tuple[int, int]) -> Any:
    """Reduce `pixels` to a smaller (width, height) by averaging the pixels that each new one covers."""
    if (pixels.shape[1], pixels.shape[0]) == size:
        return pixels
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def _guided_coefficients(guide: Mask, mask: Mask) -> tuple[Any, Any]:
    def mean(values: Any) -> Any:
        return cv2.boxFilter(values, -1, (2 * _RADIUS + 1, 2 * _RADIUS + 1))

    mean_guide, mean_mask = mean(guide), mean(mask)
    covariance = mean(cv2.multiply(guide, mask)) - cv2.multiply(mean_guide, mean_mask)
    variance = mean(cv2.multiply(guide, guide)) - cv2.multiply(mean_guide, mean_guide)
    slope = cv2.divide(covariance, variance + np.float32(_FLATNESS))
    return mean(slope), mean(mean_mask - cv2.multiply(slope, mean_guide))


def _saturated(values: Any) -> Matte:
    """Round to uint8, saturating at 0 and 255."""
    return np.asarray(cv2.add(values, _ZERO, dtype=cv2.CV_8U), np.uint8)


@cache
def _smooth_step_table() -> Matte:
    t = np.clip((np.arange(256) / 255 - _EDGE_FROM) / (_EDGE_TO - _EDGE_FROM), 0, 1)
    return np.rint(255 * t * t * (3 - 2 * t)).astype(np.uint8)
