"""Scaling of images to a size: stretched, or with the aspect ratio kept and a border added."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mpgraph.errors import InvalidArgumentError

Array = npt.NDArray[Any]

# ScaleMode; DEFAULT (0) is STRETCH.
STRETCH = 1
FIT = 2
FILL_AND_CROP = 3


@dataclass(frozen=True)
class Scaling:
    """The parameters of scaling to `width` by `height`.

    mode: STRETCH; FIT (aspect ratio kept, the rest is border); or FILL_AND_CROP, which on the CPU is FIT
        without the border, as in MediaPipe: the output is as small as the scaled image.
    nearest: take the nearest pixel. Otherwise images that shrink are averaged, others interpolated.
    border: the color of the border, None to repeat the image's edge.
    """

    width: int
    height: int
    mode: int
    nearest: bool
    border: Sequence[int] | None

    def apply(self, image: Array) -> Array:
        """The scaled image, of the same dtype and channels."""
        height, width = image.shape[:2]
        if self.mode not in (FIT, FILL_AND_CROP):
            return self._resize(image, self.width, self.height, self.width < width and self.height < height)
        scale = min(np.float32(self.width) / np.float32(width), np.float32(self.height) / np.float32(height))
        inner_width, inner_height = _rounded(width * scale), _rounded(height * scale)
        if inner_width < 1 or inner_height < 1:
            raise InvalidArgumentError(
                f"A {width}x{height} image, fitted into {self.width}x{self.height}, leaves no pixels."
            )
        inner = self._resize(image, inner_width, inner_height, bool(scale < 1))
        if self.mode == FILL_AND_CROP:
            return inner
        top, left = (self.height - inner_height) // 2, (self.width - inner_width) // 2
        return cv2.copyMakeBorder(
            inner,
            top,
            self.height - inner_height - top,
            left,
            self.width - inner_width - left,
            cv2.BORDER_REPLICATE if self.border is None else cv2.BORDER_CONSTANT,
            value=self.border or (),
        )

    def _resize(self, image: Array, width: int, height: int, shrinks: bool) -> Array:
        smooth = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        method = cv2.INTER_NEAREST if self.nearest else smooth
        return cv2.resize(image, (width, height), interpolation=method)


def letterbox_padding(
    input_width: int, input_height: int, output_width: int, output_height: int
) -> tuple[float, float, float, float]:
    """The border that FIT leaves at left, top, right and bottom, as fractions of the output's size."""
    inner = np.float32(input_width) / np.float32(input_height)
    outer = np.float32(output_width) / np.float32(output_height)
    if inner < outer:
        side = float((1 - inner / outer) / 2)
        return (side, 0.0, side, 0.0)
    side = float((1 - outer / inner) / 2)
    return (0.0, side, 0.0, side)


def _rounded(length: np.float32) -> int:
    # To the nearest, ties up; computed in double, where adding a half is exact.
    return math.floor(float(length) + 0.5)
