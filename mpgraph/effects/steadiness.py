"""Steady masks: what rests in the image rests in the mask."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mpgraph.effects.buffers import Buffers, OutputPool
from mpgraph.effects.matte import Mask, Pixels

_WINDOW = (5, 5)
POWER = 1.2

MOST_GAIN = 1.4
"""Of the brightness of one frame to that of the previous one."""
CUT = 38.0
"""The mean difference of two grey images, brightness matched, that is taken for a cut."""


class SteadyMask:
    """Mixes each mask with the previous one where the image has hardly changed.

    With d, the mean absolute difference of the grey image to the previous one in 5x5 pixels, after matching
    their mean brightness: mask + keep * exp(-(d / sigma)^1.2) * (previous - mask).
    """

    def __init__(self, keep: float = 0.9, sigma: float = 8.0, zero_is_unknown: bool = False) -> None:
        """keep: the previous mask's share where nothing changes. sigma: in grey levels.

        zero_is_unknown: do not mix where a mask is exactly 0, since no network has looked there.
        """
        levels = np.arange(256, dtype=np.float32)
        self._table = (keep * np.exp(-((levels / sigma) ** POWER))).astype(np.float32)
        self._zero_is_unknown = zero_is_unknown
        self._buffers = Buffers()
        self._pool = OutputPool()
        self._turn = False
        self.forget()

    def forget(self) -> None:
        """Start again: the next mask passes unchanged."""
        self._previous: Mask | None = None
        self._grey: NDArray[np.uint8] | None = None
        self._brightness = 0.0

    def next(self, mask: Mask, image: Pixels) -> Mask:
        """Return the steady mask, HxW float32.

        mask: HxW float32. image: HxWx3 uint8 RGB of the same size. Another size or a cut starts again.
        """
        # Two buffers take turns: the other one holds the previous image.
        self._turn = not self._turn
        grey: Any = self._buffers.get(f"grey {self._turn}", mask.shape, np.uint8)
        cv2.cvtColor(image, cv2.COLOR_RGB2GRAY, dst=grey)
        brightness = max(float(cv2.mean(grey)[0]), 1.0)
        previous, old = self._previous, self._grey
        out: Mask = mask
        if previous is not None and old is not None and previous.shape == mask.shape:
            difference = self._difference(grey, old, brightness / self._brightness)
            typical = float(cv2.mean(difference)[0])
            if typical < CUT:
                out = self._mixed(mask, previous, difference)
        self._previous, self._grey, self._brightness = out, grey, brightness
        return out

    def _difference(self, grey: Any, old: Any, gain: float) -> Any:
        matched = self._buffers.get("matched", grey.shape, np.uint8)
        gain = min(max(gain, 1 / MOST_GAIN), MOST_GAIN)
        cv2.convertScaleAbs(old, dst=matched, alpha=gain)
        cv2.absdiff(grey, matched, dst=matched)
        return cv2.blur(matched, _WINDOW, dst=self._buffers.get("difference", grey.shape, np.uint8))

    def _mixed(self, mask: Mask, previous: Mask, difference: Any) -> Mask:
        keep = cv2.LUT(difference, self._table, dst=self._buffers.get("keep", mask.shape, np.float32))
        if self._zero_is_unknown:
            keep[(mask == 0) | (previous == 0)] = 0
        out: Mask = self._pool.take(mask.shape, np.float32)
        cv2.subtract(previous, mask, dst=out)
        cv2.multiply(out, keep, dst=out)
        cv2.add(out, mask, dst=out)
        return out
