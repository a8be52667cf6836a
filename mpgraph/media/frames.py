"""Frames of videos and cameras: their pixels, strictly increasing times, and rates as exact fractions."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.yuv420 import Yuv420

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_JUMP_BACK_US = 1_000_000
_MAX_RATE = 1000


@dataclass(frozen=True, slots=True)
class VideoFrame:
    """RGB HxWx3 uint8 pixels, with their time in microseconds and their index from 0.

    yuv: the same as the file stores them, if it stores them so.
    """

    pixels: NDArray[np.uint8]
    timestamp_us: int
    index: int
    yuv: Yuv420 | None = None


class FrameTimes:
    """Gives each frame of a stream a time later than that of the frame before, for any times in the file.

    A later time is kept exactly. A missing time becomes one frame interval after the last. A repeated or
    slightly earlier time becomes half an interval after the last, so that good times after it still fit.
    A first time before 0 becomes 0, and those after it move along.
    After a jump back by more than a second (a recorder's clock was set), all times are shifted so that
    the stream continues.
    """

    def __init__(self, interval_us: int) -> None:
        self._interval = max(2, interval_us)
        self._last: int | None = None
        self._shift = 0

    def next(self, timestamp_us: int | None) -> int:
        """Return the time to use for the next frame; `timestamp_us` is the file's time, or None."""
        self._last = self._choose(timestamp_us)
        return self._last

    def _choose(self, timestamp_us: int | None) -> int:
        if self._last is None:
            self._shift = max(0, -(timestamp_us or 0))
            return (timestamp_us or 0) + self._shift
        if timestamp_us is None:
            return self._last + self._interval
        moved = timestamp_us + self._shift
        if moved > self._last:
            return moved
        if self._last - moved > _JUMP_BACK_US:
            self._shift += self._last + self._interval - moved
            return self._last + self._interval
        return self._last + self._interval // 2


def exact_rate(rate: Fraction | float) -> Fraction:
    """Return frames per second as the exact fraction: 29.97 becomes 30000/1001.

    Raises:
        InvalidArgumentError: not a number between 0 and 1000.
    """
    if not 0 < rate <= _MAX_RATE:  # Also false for NaN.
        raise InvalidArgumentError(f"a frame rate is above 0 and at most {_MAX_RATE}, not {rate}")
    if isinstance(rate, (int, Fraction)):
        return Fraction(rate)
    whole = round(rate)
    if abs(rate - whole) < 1e-6:
        return Fraction(whole)
    # NTSC rates are 1000/1001 of 24, 30, 60, 120 and are written with two or three digits.
    film = Fraction(round(rate * 1.001) * 1000, 1001)
    is_film = film.numerator % 24_000 == 0 or film.numerator % 30_000 == 0
    if is_film and abs(rate - film) < 0.005:
        return film
    return Fraction(rate).limit_denominator(1001)
