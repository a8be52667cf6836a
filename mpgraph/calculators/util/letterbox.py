"""Letterbox: from positions in a padded image to positions in the image without the padding."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

V = TypeVar("V", np.float32, npt.NDArray[np.float32])


class Letterbox:
    """A padding as (left, top, right, bottom), fractions of the padded image; maps float32 values in 0..1."""

    def __init__(self, padding: tuple[float, ...]) -> None:
        left, top, right, bottom = map(np.float32, padding)
        one = np.float32(1)
        self._left, self._top = left, top
        self._across, self._down = one - (left + right), one - (top + bottom)

    def x(self, x: V) -> V:
        """A position from the left edge."""
        return (x - self._left) / self._across

    def y(self, y: V) -> V:
        """A position from the top edge."""
        return (y - self._top) / self._down

    def width(self, width: V) -> V:
        """A horizontal length."""
        return width / self._across

    def height(self, height: V) -> V:
        """A vertical length."""
        return height / self._down
