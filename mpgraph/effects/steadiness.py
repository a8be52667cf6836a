"""Steady masks: what rests in the image rests in the mask."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mpgraph.effects.buffers import Buffers, OutputPool
from mpgraph.effects.matte import Mask, Pixels
from mpgraph.effects.motion import Carrier, Motion
from mpgraph.effects.parts import part_with_people

_WINDOW = (5, 5)
_MARGIN = 8

MOST_GAP_US = 1_000_000
"""The time between two frames after which nothing of the first one is of use, in microseconds."""


class SteadyMask:
    """Mixes each mask with the previous one where the image shows the same things.

    The previous image and mask are first moved to where things are now. With d, the mean absolute difference
    of the colours of the images in 5x5 pixels, weighted as for luma, after matching their brightness:
    mask + keep * exp(-(d / sigma)^2) * (previous - mask).

    A mask passes unchanged outside of the rectangle in which it or the previous one reaches 0.1.
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
        # Two buffers take turns: the other one holds the previous image. Images of four channels are moved in
        # half the time of those of three.
        self._turn = not self._turn
        now: Any = self._buffers.get(f"image {self._turn}", (*image.shape[:2], 4), np.uint8)
        cv2.cvtColor(image, cv2.COLOR_RGB2RGBA, dst=now)
        previous, old = self._previous, self._image
        field = self._motion.next(image)
        self._previous, self._image = mask, now
        if previous is None or old is None or field is None or previous.shape != mask.shape:
            return mask
        either: Any = cv2.max(mask, previous)
        part = part_with_people(either, _MARGIN)
        if part is None:
            return mask
        out: Mask = self._pool.take(mask.shape, np.float32)
        np.copyto(out, mask)
        previous, old = self._carrier.carried(field, part, previous, old)
        if held is not None:
            out[part] += held[part] * previous
        self._mix(out[part], previous, self._difference(now[part], old))
        self._previous = out
        return out

    def _difference(self, image: Any, old: Any) -> Any:
        matched = self._buffers.get("matched", image.shape, np.uint8)
        cv2.convertScaleAbs(old, dst=matched, alpha=self._motion.gain)
        cv2.absdiff(image, matched, dst=matched)
        difference: Any = self._buffers.get("difference", image.shape[:2], np.uint8)
        # The difference of luma itself would miss colours of equal brightness.
        cv2.cvtColor(matched, cv2.COLOR_RGBA2GRAY, dst=difference)
        return cv2.blur(difference, _WINDOW, dst=difference)

    def _mix(self, mask: Any, previous: Any, difference: Any) -> None:
        keep = cv2.LUT(difference, self._table, dst=self._buffers.get("keep", mask.shape, np.float32))
        if self._zero_is_unknown:
            keep[(mask == 0) | (previous == 0)] = 0
        change: Any = self._buffers.get("change", mask.shape, np.float32)
        cv2.subtract(previous, mask, dst=change)
        cv2.multiply(change, keep, dst=change)
        cv2.add(mask, change, dst=mask)
