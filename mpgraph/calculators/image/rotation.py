"""Rotation of images by multiples of 90 degrees, counter-clockwise."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mpgraph.calculators.image.sampling import BORDER_ZERO, SamplingMap, affine_map

Array = npt.NDArray[Any]

# RotationMode; UNKNOWN (0) is not a rotation.
_DEGREES = {2: 90, 3: 180, 4: 270}
_EXACT = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}


def degrees_of_mode(mode: int) -> int:
    """Return 0, 90, 180 or 270 for a RotationMode."""
    return _DEGREES.get(mode, 0)


def known_degrees(degrees: int) -> int:
    """Return the angle if it is 0, 90, 180 or 270; 0 for all others, as in MediaPipe."""
    return degrees if degrees in _EXACT else 0


def rotate(image: Array, degrees: int, width: int, height: int) -> Array:
    """Rotate an image for an output of `width` by `height`.

    An image that already has the output's size is rotated bilinearly about the point (width/2, height/2), as
    in MediaPipe. Pixel centers are whole numbers there, so the result is one pixel beside the exact
    rotation, with a black line at an edge (and cropped, unless it is square). Other images are rotated
    exactly.
    """
    if not degrees:
        return image
    if image.shape[:2] == (height, width):
        return _rotation_map(width, height, degrees).sample(image, BORDER_ZERO)
    return cv2.rotate(image, _EXACT[degrees])


@lru_cache(maxsize=4)
def _rotation_map(width: int, height: int, degrees: int) -> SamplingMap:
    # OpenCV's getRotationMatrix2D, which takes the center in float32.
    x, y = float(np.float32(width / 2)), float(np.float32(height / 2))
    angle = degrees * math.pi / 180
    cosine, sine = math.cos(angle), math.sin(angle)
    forward = [
        [cosine, sine, (1 - cosine) * x - sine * y],
        [-sine, cosine, sine * x + (1 - cosine) * y],
    ]
    return affine_map(np.array(forward), width, height)
