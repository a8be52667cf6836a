"""Steady masks: what rests in the image rests in the mask."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mpgraph.effects.buffers import Buffers, OutputPool
from mpgraph.effects.matte import Mask, Pixels
from mpgraph.effects.motion import Carrier, Motion, brightening

_WINDOW = (5, 5)
_LUMA = np.array([0.299, 0.587, 0.114, 0])

MOST_GAP_US = 1_000_000
"""The time between two frames after which nothing of the first one is of use, in microseconds."""
CUT = 38.0
"""The mean difference of two images, brightness matched, that is taken for a cut."""


class SteadyMask:
    """Mixes each mask with the previous one where the image shows the same things.

    The previous image and mask are first moved to where things are now. With d, the mean absolute difference
    of the colours of the images in 5x5 pixels, weighted as for luma, after matching their mean brightness:
    mask + keep * exp(-(d / sigma)^2) * (previous - mask).
    """

    def __init__(self, keep: float = 0.9, sigma: float = 12.0, zero_is_unknown: bool = False) -> None:
        """keep: the previous mask's share where nothing changes. sigma: in levels of 0..255.

        zero_is_unknown: do not mix where a mask is exactly 0, since no network has looked there.
        """
        levels = np.arange(256, dtype=np.float32)
        self._table = (keep * np.exp(-((levels / sigma) ** 2))).astype(np.float32)
        self._zero_is_unknown = zero_is_unknown
        self._buffers = Buffers()
        self._pool = OutputPool()
        self._motion, self._carrier = Motion(), Carrier()
        self._turn = False
        self.forget()

    def forget(self) -> None:
        """Start again: the next mask passes unchanged."""
        self._previous: Mask | None = None
        self._image: Pixels | None = None
        self._motion.forget()

    def next(self, mask: Mask, image: Pixels, held: Mask | None = None) -> Mask:
        """Return the steady mask, HxW float32.

        mask: HxW float32. image: HxWx3 uint8 RGB of the same size. Another size or a cut starts again.
        held: HxW float32, the share of the previous mask that is missing in this one, if any.
        """
        # Two buffers take turns: the other one holds the previous image.
        self._turn = not self._turn
        kept: Any = self._buffers.get(f"image {self._turn}", image.shape, np.uint8)
        np.copyto(kept, image)
        previous, old = self._previous, self._image
        field = self._motion.next(image)
        out: Mask = mask
        if previous is not None and old is not None and field is not None and previous.shape == mask.shape:
            previous, old = self._carrier.carried(field, previous, old)
            if held is not None:
                out = np.add(mask, held * previous)
            difference = self._difference(image, old)
            if float(cv2.mean(difference)[0]) < CUT:
                out = self._mixed(out, previous, difference)
        self._previous, self._image = out, kept
        return out

    def _difference(self, image: Any, old: Any) -> Any:
        matched = self._buffers.get("matched", image.shape, np.uint8)
        before, now = (float(np.dot(cv2.mean(each), _LUMA)) for each in (old, image))
        cv2.convertScaleAbs(old, dst=matched, alpha=brightening(before, now))
        cv2.absdiff(image, matched, dst=matched)
        difference: Any = self._buffers.get("difference", image.shape[:2], np.uint8)
        # The difference of luma itself would miss colours of equal brightness.
        cv2.cvtColor(matched, cv2.COLOR_RGB2GRAY, dst=difference)
        return cv2.blur(difference, _WINDOW, dst=difference)

    def _mixed(self, mask: Mask, previous: Mask, difference: Any) -> Mask:
        keep = cv2.LUT(difference, self._table, dst=self._buffers.get("keep", mask.shape, np.float32))
        if self._zero_is_unknown:
            keep[(mask == 0) | (previous == 0)] = 0
        out: Mask = self._pool.take(mask.shape, np.float32)
        cv2.subtract(previous, mask, dst=out)
        cv2.multiply(out, keep, dst=out)
        cv2.add(out, mask, dst=out)
        return out
