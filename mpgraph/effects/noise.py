"""The noise of an image, and how far a guide is smoothed against it."""

from __future__ import annotations

from math import log2

import numpy as np
from numpy.typing import NDArray

from mpgraph.effects.matte import Pixels

MOST = 255
"""The largest quartile of differences that is distinguished."""
HOLD = 0.75
"""How far what is wanted may be from the sum of both radii before that changes."""
NOTHING = -1
"""That sum before there is one."""

_SAMPLED_ROWS = 30
# Of the absolute values of differences whose weights have the sum of squares 36, per standard deviation of
# the noise, if that is Gaussian.
_QUARTILE = 6 * 0.31864


def noise(image: Pixels) -> float:
    """Return the standard deviation of the noise in the green of HxWx3 uint8 RGB, in levels of 0..255.

    The weights 1 -2 1, -2 4 -2, 1 -2 1 hardly see edges and slopes (Immerkær: Fast Noise Variance
    Estimation, CVIU 1996). The lower quartile of such differences is that of places with little texture.
    0 for images smaller than 3x3.
    """
    columns, rows, step = noise_grid(image.shape[1], image.shape[0])
    if columns * rows == 0:
        return 0.0
    green = image[..., 1]

    def at(y: int, x: int) -> NDArray[np.int16]:
        return green[y : y + rows * step : step, x : x + columns * step : step].astype(np.int16)

    sides, corners = at(0, 1) + at(2, 1) + at(1, 0) + at(1, 2), at(0, 0) + at(0, 2) + at(2, 0) + at(2, 2)
    differences = np.abs(4 * at(1, 1) - 2 * sides + corners).ravel()
    quarter = differences.size // 4
    return noise_of(int(np.partition(differences, quarter)[quarter]))


def noise_of(quartile: int) -> float:
    """Return the standard deviation of noise for the quartile of these differences."""
    return min(quartile, MOST) / _QUARTILE


def noise_grid(width: int, height: int) -> tuple[int, int, int]:
    """Return how many columns and rows of an image of this size are sampled, and the pixels between two."""
    step = max(1, min(width, height) // _SAMPLED_ROWS)
    return max(width - 2, 0) // step, max(height - 2, 0) // step, step


class Smoothing:
    """How far the guides of a video are smoothed.

    The sum of both radii is 1 where a guide has twice the mask's size, and 2 from a noise of 2 on. With four
    times the mask's size it is 2, and 3, 4 and 5 from a noise of 2.8, 5.7 and 11 on. It is held while little
    else is wanted, since each change shows in the matte.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Start again: the next guide has no previous one."""
        self._total = NOTHING

    def radii(self, level: float, scale: float) -> tuple[int, int]:
        """Return the radii of the two windows that smooth a guide one after the other, 0 for none.

        level: its noise. scale: its height in parts of the mask's.
        """
        wanted = scale / 4 * log2(max(8 * level / scale, 4))
        if abs(wanted - self._total) > HOLD:
            self._total = int(wanted + 0.5)
        return (self._total + 1) // 2, self._total // 2
