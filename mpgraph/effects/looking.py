"""When to search the whole image for people, rather than only where they are known to be."""

from __future__ import annotations

from enum import Enum
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mpgraph.effects.matte import Pixels
from mpgraph.effects.pyramid import reduced

THUMBNAIL = (80, 45)
"""The size at which images are compared."""

CUT = 38.0
"""The mean difference of two thumbnails that is taken for a cut, in grey levels."""

_MOVED_CELLS = 4
_MORE = 2.0
_MEMORY = 0.1
_BURST = 3.0
_SAVED = 0.05
_PAUSE = 2


def thumbnail(image: Pixels) -> NDArray[np.uint8]:
    """Return an image, HxWx3 uint8 RGB, as 45x80 grey levels."""
    return np.asarray(cv2.cvtColor(reduced(image, THUMBNAIL), cv2.COLOR_RGB2GRAY), np.uint8)


class Look(Enum):
    """What to do with a frame: nothing; look around; look around and forget the people of earlier frames."""

    NO = 0
    YES = 1
    AFRESH = 2


class LookOut:
    """Decides for each frame of a video whether to look around.

    At the first frame, after a cut and when the size changes; every so many frames; and when more moves where
    nobody is known than of late, at most every other frame, for which looks are saved up: one for each 20
    frames, at most 3. Behind people something may move all the time; who enters adds to it.
    """

    def __init__(self, every: int, motion: float) -> None:
        """every: frames. motion: change in grey levels of a cell of 80x45; 0: not for that reason."""
        self._every = every
        self._motion = motion
        self.forget()

    def forget(self) -> None:
        """Start again."""
        self._thumbnail: NDArray[np.uint8] | None = None
        self._size = (0, 0)
        self._since = 0
        self._saved = _BURST
        self._usual = 0.0

    def decide(self, image: Pixels, mask: NDArray[Any] | None) -> Look:
        """Return what to do.

        image: HxWx3 uint8 RGB. mask: the people in the previous frame, HxW float32 in 0..1 or uint8
            in 255ths, or None.
        """
        last, self._thumbnail = self._thumbnail, thumbnail(image)
        size, self._size = self._size, image.shape[:2]
        self._since += 1
        self._saved = min(self._saved + _SAVED, _BURST)
        if last is None or size != self._size:
            look = Look.AFRESH
        else:
            change = cv2.absdiff(self._thumbnail, last)
            # Brightness that changes everywhere, as when a camera adapts, is neither a cut nor motion.
            shift = abs(float(cv2.mean(self._thumbnail)[0] - cv2.mean(last)[0]))
            more_moves = self._more_moves(change, mask, shift)
            may_look = self._saved >= 1 and self._since >= _PAUSE
            if float(cv2.mean(change)[0]) - shift / 2 > CUT:
                look = Look.AFRESH
            elif self._since >= self._every or (more_moves and may_look):
                look = Look.YES
            else:
                return Look.NO
        if self._since < self._every:
            self._saved = max(self._saved - 1, 0.0)
        self._since = 0
        return look

    def _more_moves(self, change: Any, mask: NDArray[Any] | None, shift: float) -> bool:
        """Whether more cells move where nobody is known than the mean of the last ten frames or so."""
        if not self._motion:
            return False
        moved = change > self._motion + shift
        if mask is not None and np.count_nonzero(moved) >= _MOVED_CELLS:
            people = reduced(mask, THUMBNAIL)
            nobody = 0.1 * 255 if mask.dtype == np.uint8 else 0.1
            moved &= cv2.dilate(people, np.ones((7, 7), np.uint8)) < nobody
        cells, usual = int(np.count_nonzero(moved)), self._usual
        self._usual += _MEMORY * (cells - usual)
        return cells >= _MOVED_CELLS and cells > _MORE * usual
