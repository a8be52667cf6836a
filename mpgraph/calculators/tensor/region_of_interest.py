"""Which part of a picture becomes a tensor, and how the two lie to each other."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mpgraph.calculators.image.rotated_rect import RotatedRect
from mpgraph.errors import InvalidArgumentError


def region(width: int, height: int, norm_rect: Any = None) -> RotatedRect:
    """The part of a picture of `width` by `height` that a NormalizedRect says, all of it for None."""
    if norm_rect is None:
        return RotatedRect(*map(np.float32, (width / 2, height / 2, width, height, 0)))
    wide, high = np.float32(width), np.float32(height)
    return RotatedRect(
        np.float32(norm_rect.x_center) * wide,
        np.float32(norm_rect.y_center) * high,
        np.float32(norm_rect.width) * wide,
        np.float32(norm_rect.height) * high,
        np.float32(norm_rect.rotation),
    )


def check(roi: RotatedRect) -> None:
    """Raise InvalidArgumentError for a region that has no pixels."""
    if not all(map(math.isfinite, roi)):
        raise InvalidArgumentError(f"ROI contains values that are not finite: {roi}.")
    if roi.width <= 0 or roi.height <= 0:
        raise InvalidArgumentError(f"ROI width and height must be > 0, not {roi.width} and {roi.height}.")


def padded(
    roi: RotatedRect, width: int, height: int
) -> tuple[RotatedRect, tuple[float, float, float, float]]:
    """The region made as wide or as high as a tensor of `width` by `height` is in proportion.

    Returns it with what was added at left, top, right and bottom, as parts of the new size.
    """
    wanted = np.float32(height) / np.float32(width)
    ratio = roi.height / roi.width
    if wanted > ratio:
        border = float((1 - ratio / wanted) / 2)
        return roi._replace(height=roi.width * wanted), (0.0, border, 0.0, border)
    border = float((1 - wanted / ratio) / 2)
    return roi._replace(width=roi.height / wanted), (border, 0.0, border, 0.0)


def tensor_to_image_matrix(roi: RotatedRect, width: int, height: int) -> tuple[float, ...]:
    """The 4x4 matrix, row by row, from places in the tensor to places in the picture.

    Both are in 0..1 of their own size; `width` and `height` are the picture's, in pixels.
    """
    a, b = roi.width, roi.height
    c, d = np.cos(roi.rotation), np.sin(roi.rotation)
    across, down = 1 / np.float32(width), 1 / np.float32(height)
    half = np.float32(0.5)
    matrix = (
        *(a * c * across, -b * d * across, 0, (-half * a * c + half * b * d + roi.center_x) * across),
        *(a * d * down, b * c * down, 0, (-half * b * c - half * a * d + roi.center_y) * down),
        *(0, 0, a * across, 0),
        *(0, 0, 0, 1),
    )
    return tuple(map(float, matrix))
