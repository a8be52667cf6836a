"""The geometry of irises, each given by five landmarks; float32 in MediaPipe's order."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mpgraph.errors import ret_check
from mpgraph.formats.landmarks import Landmarks

Floats = npt.NDArray[np.float32]

LEFT = (0, 2, 4, 3, 1)
"""The left iris in the landmarks of both: center, top, bottom, left and right."""
RIGHT = (5, 7, 9, 6, 8)
"""The same for the right iris."""

_LANDMARKS = 10
_DIAMETER_MM = np.float32(11.8)
"""Of nearly every human iris."""


def points_of(message: Any) -> Floats:
    """Return x and y of the landmarks of both irises in a NormalizedLandmarkList, 10x2.

    Raises:
        InternalError: it has another number of landmarks.
    """
    landmarks = Landmarks.of(message)
    ret_check(
        len(landmarks) == _LANDMARKS,
        f"Wrong number of iris landmarks: there are {len(landmarks)}, not {_LANDMARKS}.",
    )
    return landmarks.values[:, :2]


def diameter(iris: Floats, image_size: tuple[int, int]) -> np.float32:
    """The diameter in pixels: the mean of height and width.

    iris: 5x2, x and y in 0..1 of center, top, bottom, left and right. image_size: width, height.
    """
    pixels = iris * np.array(image_size, np.float32)
    return np.float32((_distance(pixels[3], pixels[4]) + _distance(pixels[1], pixels[2])) / np.float32(2))


def depth(iris: Floats, focal_length: np.float32, image_size: tuple[int, int]) -> np.float32:
    """The distance from the camera in millimeters, infinite for an iris without a size.

    focal_length: in pixels; the rest as in `diameter`.
    """
    size = np.array(image_size, np.float32)
    off_center = _distance(size / np.float32(2), iris[0] * size)
    along_the_ray = np.sqrt(focal_length * focal_length + off_center * off_center)
    with np.errstate(all="ignore"):
        return np.float32(_DIAMETER_MM * along_the_ray / diameter(iris, image_size))


def _distance(first: Floats, second: Floats) -> np.float32:
    x, y = first - second
    return np.float32(np.sqrt(x * x + y * y))
