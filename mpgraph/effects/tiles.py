"""Parts of an image as the input of a segmentation network."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mpgraph.effects.buffers import Buffers
from mpgraph.effects.matte import Pixels
from mpgraph.effects.people import Box

DARK = 80.0
"""The mean grey level below which a part is brightened up to it."""

MOST_GAIN = 4.0

STEP = 4
"""The mean level is that of every fourth pixel in every fourth row."""


class TileSampler:
    """Samples boxes of images into arrays of one size, brightened if they are dark.

    The networks see little in dark images: of a person at a quarter of the usual light they find the
    boundary only half as well.
    """

    def __init__(self, width: int, height: int) -> None:
        """width, height: of the network's input, in pixels."""
        self._size = width, height
        self._buffers = Buffers()

    def sample(self, image: Pixels, box: Box, mirrored: bool) -> NDArray[np.float32]:
        """Return the part in `box`, HxWx3 float32 in 0..1; black outside of the image.

        image: HxWx3 uint8 RGB. mirrored: left and right exchanged.
        """
        width, height = self._size
        to_image = np.zeros((2, 3))
        for axis, count in ((0, width), (1, height)):
            step = (box[axis + 2] - box[axis]) / count
            to_image[axis, axis] = step
            to_image[axis, 2] = box[axis] + step / 2 - 0.5
        if mirrored:
            to_image[0] = -to_image[0, 0], 0, to_image[0, 2] + to_image[0, 0] * (width - 1)
        pixels: Any = self._buffers.get("pixels", (height, width, 3), np.uint8)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        cv2.warpAffine(image, to_image, self._size, dst=pixels, flags=flags)
        share = inside_share(box, image.shape[1], image.shape[0])
        gain = gain_for(float(pixels[::STEP, ::STEP].mean()) / share)
        values: NDArray[np.float32] = np.multiply(pixels, np.float32(gain / 255), dtype=np.float32)
        return values if gain == 1 else np.minimum(values, np.float32(1), out=values)


def inside_share(box: Box, width: int, height: int) -> float:
    """Return the share of a box that is inside an image of this size; not below 0.01."""
    inside = np.minimum(box[2:], [width, height]) - np.maximum(box[:2], 0)
    return max(float(np.prod(np.maximum(inside, 0)) / np.prod(box[2:] - box[:2])), 0.01)


def gain_for(mean: float) -> float:
    """Return the factor for a part with this mean level, 0..255."""
    return min(max(DARK / max(mean, 1.0), 1.0), MOST_GAIN)
