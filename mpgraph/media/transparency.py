"""Transparency of images and frames that are read: it is flattened onto white."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def flattened(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return an image, HxWx4 uint8 with straight alpha, as it looks on white, HxWx3 uint8."""
    opacity = rgba[..., 3:]
    if opacity.min() == 255:
        return np.ascontiguousarray(rgba[..., :3])
    alpha = opacity.astype(np.uint16)
    color = rgba[..., :3] * alpha + np.uint16(255) * (255 - alpha) + np.uint16(127)
    return (color // 255).astype(np.uint8)
