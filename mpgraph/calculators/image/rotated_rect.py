"""A rotated rectangle in an image, in pixels, and the maps between it and an upright output."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mpgraph.calculators.util.angles import cosine, sine
from mpgraph.gpu.warp import Affine, from_rectangle


@dataclass(frozen=True)
class RotatedRect:
    """Center, size and clockwise rotation in radians; all float32, MediaPipe's type for them."""

    center_x: np.float32
    center_y: np.float32
    width: np.float32
    height: np.float32
    rotation: np.float32

    @classmethod
    def of(cls, x: float, y: float, width: float, height: float, rotation: float = 0) -> RotatedRect:
        """The rectangle with these values, rounded to float32."""
        return cls(*map(np.float32, (x, y, width, height, rotation)))

    @classmethod
    def of_image(cls, width: int, height: int, norm_rect: Any = None) -> RotatedRect:
        """The part of an image of `width` by `height` in a NormalizedRect; None for the whole image."""
        if norm_rect is None:
            return cls.of(width / 2, height / 2, width, height)
        across, down = np.float32(width), np.float32(height)
        return cls(
            np.float32(norm_rect.x_center) * across,
            np.float32(norm_rect.y_center) * down,
            np.float32(norm_rect.width) * across,
            np.float32(norm_rect.height) * down,
            np.float32(norm_rect.rotation),
        )

    def is_finite(self) -> bool:
        """Whether no value is infinite or NaN."""
        values = (self.center_x, self.center_y, self.width, self.height, self.rotation)
        return all(map(math.isfinite, values))

    def padded(self, width: int, height: int) -> tuple[RotatedRect, tuple[float, float, float, float]]:
        """Enlarge the rectangle to the aspect ratio of an output of `width` by `height`.

        Returns it with the border that was added at left, top, right and bottom, as fractions of the new
        size.
        """
        target = np.float32(height) / np.float32(width)
        ratio = self.height / self.width
        if target > ratio:
            border = float((1 - ratio / target) / 2)
            return dataclasses.replace(self, height=self.width * target), (0.0, border, 0.0, border)
        border = float((1 - target / ratio) / 2)
        return dataclasses.replace(self, width=self.height / target), (border, 0.0, border, 0.0)

    def corners(self) -> npt.NDArray[np.float32]:
        """Bottom left, top left, top right, bottom right (before rotation) as 4x2; OpenCV's boxPoints."""
        degrees = np.float32(float(self.rotation * np.float32(180)) / math.pi)
        radians = float(degrees) * math.pi / 180
        cosine = np.float32(math.cos(radians)) * np.float32(0.5)
        sine = np.float32(math.sin(radians)) * np.float32(0.5)
        x, y, width, height = self.center_x, self.center_y, self.width, self.height
        bottom_left = (x - sine * height - cosine * width, y + cosine * height - sine * width)
        top_left = (x + sine * height - cosine * width, y - cosine * height - sine * width)
        top_right = (2 * x - bottom_left[0], 2 * y - bottom_left[1])
        bottom_right = (2 * x - top_left[0], 2 * y - top_left[1])
        return np.array([bottom_left, top_left, top_right, bottom_right], np.float32)

    def onto(self, width: float, height: float) -> npt.NDArray[Any]:
        """The 3x3 matrix that maps this rectangle's corners to those of (0, 0)-(width, height)."""
        target = np.array([[0, height], [0, 0], [width, 0], [width, height]], np.float32)
        return cv2.getPerspectiveTransform(self.corners(), target)

    def from_output(self, width: int, height: int) -> Affine:
        """The GPU's map from pixels of an output of `width` by `height` to pixels of the image."""
        center, size = (float(self.center_x), float(self.center_y)), (float(self.width), float(self.height))
        return from_rectangle(center, size, float(self.rotation), width, height)

    def tensor_to_image_matrix(self, width: int, height: int) -> tuple[float, ...]:
        """The 4x4 matrix, row by row, from positions in a tensor to positions in the image, both in 0..1.

        width, height: the image's, in pixels. MediaPipe's GetRotatedSubRectToRectTransformMatrix.
        """
        a, b = self.width, self.height
        c, d = cosine(self.rotation), sine(self.rotation)
        across, down = 1 / np.float32(width), 1 / np.float32(height)
        half = np.float32(0.5)
        matrix = (
            *(a * c * across, -b * d * across, 0, (-half * a * c + half * b * d + self.center_x) * across),
            *(a * d * down, b * c * down, 0, (-half * b * c - half * a * d + self.center_y) * down),
            *(0, 0, a * across, 0),
            *(0, 0, 0, 1),
        )
        return tuple(float(value) for value in matrix)
