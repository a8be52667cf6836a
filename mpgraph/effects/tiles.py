"""Parts of an image as the input of a segmentation network."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mpgraph.effects.boxes import Box
from mpgraph.effects.buffers import Buffers, OutputPool
from mpgraph.effects.matte import Pixels

DARK = 80.0
"""The mean grey level below which a part is brightened up to it."""

MOST_GAIN = 4.0

STEP = 4
"""The mean level is that of every fourth pixel in every fourth row."""

_WHOLE = 1 / 64
"""How far the edges of a box may be from whole pixels, by rounding to 32 bits."""


class TileSampler:
    """Samples boxes of images into arrays of one size, brightened if they are dark.

    The networks see little in dark images: of a person at a quarter of the usual light they find the
    boundary only half as well.
    """

    def __init__(self, width: int, height: int) -> None:
        """width, height: of the network's input, in pixels."""
        self._size = width, height
        self._few = -(-width // STEP), -(-height // STEP)
        self._buffers = Buffers()
        self._pool = OutputPool()

    def sample(self, image: Pixels, box: Box, mirrored: bool) -> NDArray[np.float32]:
        """Return the part in `box`, HxWx3 float32 in 0..1; black outside of the image.

        image: HxWx3 uint8 RGB. mirrored: left and right exchanged.
        """
        pixels = self._pixels(image, box, mirrored)
        few: Any = cv2.resize(pixels, self._few, interpolation=cv2.INTER_NEAREST)
        share = inside_share(box, image.shape[1], image.shape[0])
        gain = gain_for(sum(cv2.mean(few)) / 3 / share)
        values: NDArray[np.float32] = self._pool.take(pixels.shape, np.float32)
        np.multiply(pixels, np.float32(gain / 255), out=values)
        return values if gain == 1 else np.minimum(values, np.float32(1), out=values)

    def _pixels(self, image: Pixels, box: Box, mirrored: bool) -> Any:
        width, height = self._size
        pixels: Any = self._buffers.get("pixels", (height, width, 3), np.uint8)
        left, top, right, bottom = whole = [round(edge) for edge in box]
        is_whole = all(abs(edge - exact) < _WHOLE for edge, exact in zip(whole, box, strict=True))
        is_inside = left >= 0 and top >= 0 and right <= image.shape[1] and bottom <= image.shape[0]
        is_reduced = right - left >= width and bottom - top >= height
        if is_whole and is_inside and is_reduced and not mirrored:
            # The same in half the time.
            return cv2.resize(image[top:bottom, left:right], self._size, dst=pixels)
        to_image = np.zeros((2, 3))
        for axis, count in ((0, width), (1, height)):
            step = (box[axis + 2] - box[axis]) / count
            to_image[axis, axis] = step
            to_image[axis, 2] = box[axis] + step / 2 - 0.5
        if mirrored:
            to_image[0] = -to_image[0, 0], 0, to_image[0, 2] + to_image[0, 0] * (width - 1)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return cv2.warpAffine(image, to_image, self._size, dst=pixels, flags=flags)


def inside_share(box: Box, width: int, height: int) -> float:
    """Return the share of a box that is inside an image of this size; not below 0.01."""
    inside = box.inside(width, height)
    return max(inside.width * inside.height / (box.width * box.height), 0.01)


def gain_for(mean: float) -> float:
    """Return the factor for a part with this mean level, 0..255."""
    return min(max(DARK / max(mean, 1.0), 1.0), MOST_GAIN)
