"""Steady masks: what rests in the image rests in the mask."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mpgraph.effects.buffers import Buffers, OutputPool
from mpgraph.effects.matte import Mask, Pixels

_WINDOW = (5, 5)
_MOST_GAIN = 1.4
_CUT = 38.0
_LEAST_SIGMA, _MOST_SIGMA = 7.0, 14.0
_SIGMA_PER_NOISE = 4.0


class SteadyMask:
    """Mixes each mask with the previous one where the image has hardly changed.

    With d, the mean absolute difference of the grey image to the previous one in 5x5 pixels, after matching
    their mean brightness: mask + keep * exp(-(d / sigma)^2) * (previous - mask).
    """

    def __init__(self, keep: float = 0.9, sigma: float = 0.0) -> None:
        """keep: the previous mask's share where nothing changes. sigma: in grey levels; 0: from the noise."""
        self._keep = keep
        self._sigma = sigma
        self._buffers = Buffers()
        self._pool = OutputPool()
        self._turn = False
        self.forget()

    def forget(self) -> None:
        """Start again: the next mask passes unchanged."""
        self._previous: Mask | None = None
        self._grey: NDArray[np.uint8] | None = None
        self._brightness = 0.0
        self._noise = 0.0

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
            if typical < _CUT:
                out = self._mixed(mask, previous, difference)
        self._previous, self._grey, self._brightness = out, grey, brightness
        return out

    def _difference(self, grey: Any, old: Any, gain: float) -> Any:
        matched = self._buffers.get("matched", grey.shape, np.uint8)
        gain = min(max(gain, 1 / _MOST_GAIN), _MOST_GAIN)
        cv2.convertScaleAbs(old, dst=matched, alpha=gain)
        cv2.absdiff(grey, matched, dst=matched)
        return cv2.blur(matched, _WINDOW, dst=self._buffers.get("difference", grey.shape, np.uint8))

    def _mixed(self, mask: Mask, previous: Mask, difference: Any) -> Mask:
        sigma = self._sigma or self._sigma_for(difference)
        keep = cv2.LUT(
            difference, _table(self._keep, sigma), dst=self._buffers.get("keep", mask.shape, np.float32)
        )
        out: Mask = self._pool.take(mask.shape, np.float32)
        cv2.subtract(previous, mask, dst=out)
        cv2.multiply(out, keep, dst=out)
        cv2.add(out, mask, dst=out)
        return out

    def _sigma_for(self, difference: Any) -> float:
        # Where nothing moves, the difference is the noise of two frames; moving parts are in the larger half.
        noise = float(np.percentile(difference[::4, ::4], 25))
        self._noise = noise if self._noise == 0 else self._noise + 0.1 * (noise - self._noise)
        return min(max(_SIGMA_PER_NOISE * self._noise, _LEAST_SIGMA), _MOST_SIGMA)


def _table(keep: float, sigma: float) -> Any:
    levels = np.arange(256, dtype=np.float32)
    return (keep * np.exp(-((levels / sigma) ** 2))).astype(np.float32)
