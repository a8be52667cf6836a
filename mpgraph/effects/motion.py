"""Motion: where the parts of an image were in the previous one, and what belonged to them there."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mpgraph.effects.buffers import Buffers
from mpgraph.effects.looking import CUT, thumbnail
from mpgraph.effects.matte import Pixels
from mpgraph.effects.parts import Part

MOST_GAIN = 1.4
"""Of the brightness of one frame to that of the previous one."""

_FEW = 7  # One cell of so many is enough for the brightness; all of them would take 0.2 ms.
_STILL = 2.0
_STILL_WINDOW = (5, 5)
_STRIDE = 6

Field = NDArray[np.float32]
"""45x80x2: how far to the right and down each cell was in the previous image, in cells."""


class Motion:
    """Finds how the images of a video move, by their thumbnails.

    Their brightness is matched first. Cells that change by less than 2 grey levels, the mean of 5x5 cells,
    have not moved: in flat parts every motion would fit.

    gain: the factor that matches the brightness of the previous image to that of the newest one.
    """

    def __init__(self) -> None:
        self._search: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self._search.setFinestScale(0)
        self._search.setPatchStride(_STRIDE)
        self.forget()

    def forget(self) -> None:
        """Start again: the next image has no previous one."""
        self._last: NDArray[np.uint8] | None = None
        self.gain = 1.0

    def next(self, image: Pixels) -> Field | None:
        """Return the motion from the previous image to this one, HxWx3 uint8 RGB.

        None for the first image and after a cut.
        """
        last, self._last = self._last, thumbnail(image)
        if last is None:
            return None
        now, before = (np.maximum(each.ravel()[::_FEW], 1) for each in (self._last, last))
        ratios = np.sort(now / before)
        # The median: unlike a mean, it is the same when somebody bright comes in.
        self.gain = min(max(float(ratios[ratios.size // 2]), 1 / MOST_GAIN), MOST_GAIN)
        matched: Any = cv2.convertScaleAbs(last, alpha=self.gain)
        change: Any = cv2.absdiff(self._last, matched)
        if cv2.mean(change)[0] > CUT:
            return None
        change = cv2.blur(change, _STILL_WINDOW)
        if float(change.max()) < _STILL:
            return np.zeros((*last.shape, 2), np.float32)
        moves: Any = (change >= _STILL).view(np.uint8)
        return np.asarray(cv2.copyTo(self._search.calc(self._last, matched, None), moves), np.float32)


@lru_cache(maxsize=4)
def _positions(width: int, height: int) -> Any:
    """The x and y of each pixel, HxWx2 float32."""
    return np.dstack(np.meshgrid(np.arange(width), np.arange(height))).astype(np.float32)


class Carrier:
    """Moves images and masks of the previous frame to where the same things are now; keeps its buffers."""

    def __init__(self) -> None:
        self._buffers = Buffers()

    def carried(self, field: Field, part: Part, *values: Any) -> list[Any]:
        """Return a part of images of one size, HxWx4 uint8, or masks, HxW float32, as it is after the motion.

        Valid until the next call; views of the same arrays if nothing has moved.
        """
        if not field.any():
            return [each[part] for each in values]
        height, width = values[0].shape[:2]
        cell: Any = (width / field.shape[1], height / field.shape[0], 0, 0)
        everywhere: Any = self._buffers.get("where", (height, width, 2), np.float32)
        where = cv2.resize(cv2.multiply(field, cell), (width, height), dst=everywhere)[part]
        cv2.add(where, _positions(width, height)[part], dst=where)
        moved: list[Any] = []
        for number, each in enumerate(values):
            out: Any = self._buffers.get(str(number), (*where.shape[:2], *each.shape[2:]), each.dtype)
            nowhere: Any = None  # A second map, for x and y apart.
            moved.append(
                cv2.remap(each, where, nowhere, cv2.INTER_LINEAR, dst=out, borderMode=cv2.BORDER_REPLICATE)
            )
        return moved
