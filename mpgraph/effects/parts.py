"""Parts of images: the rows and columns where people are."""

from __future__ import annotations

import cv2
import numpy as np

from mpgraph.effects.matte import Mask

Part = tuple[slice, slice]
"""Rows and columns of an image."""

_NOBODY = 0.1
_ALIGNED = 8


def part_with_people(mask: Mask, margin: int) -> Part | None:
    """Return the part of a mask, HxW float32, outside of which it is below 0.1, with a margin in pixels.

    None if there is nobody.
    """
    left, top, across, down = cv2.boundingRect((mask >= _NOBODY).view(np.uint8))
    if not across:
        return None
    rows, columns = mask.shape
    return _widened(top, top + down, margin, rows), _widened(left, left + across, margin, columns)


def _widened(start: int, stop: int, margin: int, length: int) -> slice:
    start, stop = max(start - margin, 0), stop + margin
    # So that the part is reduced like the whole, whose grid would otherwise be a little finer or coarser.
    return slice(start - start % _ALIGNED, min(stop + -stop % _ALIGNED, length))


def scaled(part: Part, shape: tuple[int, ...], larger: tuple[int, ...]) -> Part:
    """Return the same part of a larger image; the shapes are (height, width, ...)."""
    rows, columns = (
        slice(round(each.start * large / small), round(each.stop * large / small))
        for each, small, large in zip(part, shape, larger, strict=False)
    )
    return rows, columns


def size_of(part: Part) -> tuple[int, int]:
    """Return width and height."""
    return part[1].stop - part[1].start, part[0].stop - part[0].start
