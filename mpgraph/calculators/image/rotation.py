"""Turning a picture by quarters of a circle, counter-clockwise."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mpgraph.calculators.image.sampling import BORDER_ZERO, SamplingMap, affine_map

Array = npt.NDArray[Any]

# RotationMode; UNKNOWN (0) is no rotation.
_DEGREES = {2: 90, 3: 180, 4: 270}
_EXACT = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}


def degrees_of_mode(mode: int) -> int:
    """0, 90, 180 or 270 for a RotationMode."""
    return _DEGREES.get(mode, 0)


def known_degrees(degrees: int) -> int:
    """The angle itself when it is one of 0, 90, 180, 270; 0 for all others, as MediaPipe has it."""
    return degrees if degrees in _EXACT else 0


def rotate(image: Array, degrees: int, width: int, height: int) -> Array:
    """The picture turned for an output of `width` by `height`.

    MediaPipe turns a picture that has the output's size already about the point (width/2, height/2),
    bilinearly. Pixels are centred on whole numbers there, so what comes out is a pixel beside the exact
    rotation, with a black line at an edge (and cut, when it is not square). Any other is turned exactly.
    """
    if not degrees:
        return image
    if image.shape[:2] == (height, width):
        return _turn(width, height, degrees).sample(image, BORDER_ZERO)
    return cv2.rotate(image, _EXACT[degrees])


@lru_cache(maxsize=4)
def _turn(width: int, height: int, degrees: int) -> SamplingMap:
    # OpenCV's getRotationMatrix2D, which takes the centre in float32.
    x, y = float(np.float32(width / 2)), float(np.float32(height / 2))
    angle = degrees * math.pi / 180
    cosine, sine = math.cos(angle), math.sin(angle)
    forward = [
        [cosine, sine, (1 - cosine) * x - sine * y],
        [-sine, cosine, sine * x + (1 - cosine) * y],
    ]
    return affine_map(np.array(forward), width, height)
