"""Transparency of images and frames that are read: it is flattened onto white."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


_BAND_ROWS = 64
"""Rows that are computed at a time: numbers of 16 bits for the whole image would take six times as much."""


def flattened(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return an image, HxWx4 uint8 with straight alpha, as it looks on white, HxWx3 uint8."""
    if rgba[..., 3].min() == 255:
        return np.ascontiguousarray(rgba[..., :3])
    flat = np.empty((*rgba.shape[:2], 3), np.uint8)
    for top in range(0, len(rgba), _BAND_ROWS):
        band = rgba[top : top + _BAND_ROWS]
        alpha = band[..., 3:].astype(np.uint16)
        color = band[..., :3] * alpha + np.uint16(255) * (255 - alpha) + np.uint16(127)
        flat[top : top + _BAND_ROWS] = color // 255
    return flat
