"""A rotated rectangle in a picture, in pixels, and its way to an upright one."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt


class RotatedRect(NamedTuple):
    """Centre, size and clockwise rotation in radians; all float32, as MediaPipe computes with them."""

    center_x: np.float32
    center_y: np.float32
    width: np.float32
    height: np.float32
    rotation: np.float32

    def corners(self) -> npt.NDArray[np.float32]:
        """Bottom left, top left, top right, bottom right (before rotation) as 4x2; OpenCV's boxPoints."""
        degrees = np.float32(float(self.rotation * np.float32(180)) / math.pi)
        radians = float(degrees) * math.pi / 180
        cosine = np.float32(math.cos(radians)) * np.float32(0.5)
        sine = np.float32(math.sin(radians)) * np.float32(0.5)
        x, y, width, height, _ = self
        bottom_left = (x - sine * height - cosine * width, y + cosine * height - sine * width)
        top_left = (x + sine * height - cosine * width, y - cosine * height - sine * width)
        top_right = (2 * x - bottom_left[0], 2 * y - bottom_left[1])
        bottom_right = (2 * x - top_left[0], 2 * y - top_left[1])
        return np.array([bottom_left, top_left, top_right, bottom_right], np.float32)

    def onto(self, width: float, height: float) -> npt.NDArray[Any]:
        """The 3x3 matrix that takes this rectangle's corners to those of (0, 0)-(width, height)."""
        target = np.array([[0, height], [0, 0], [width, 0], [width, height]], np.float32)
        return cv2.getPerspectiveTransform(self.corners(), target)
