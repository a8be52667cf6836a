"""Put the masks of tiles where the tiles are in the image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mpgraph.effects.buffers import Buffers, OutputPool
from mpgraph.effects.matte import Mask
from mpgraph.effects.people import Box

SEEN = 1 / 1024
"""The least value where there is a mask, so that 0 means that no network has looked."""


class MaskPlacer:
    """Places masks of parts of an image into one mask of the image, at a smaller size."""

    def __init__(self) -> None:
        self._buffers = Buffers()
        self._pool = OutputPool()

    def place(
        self, masks: Sequence[Mask], boxes: Sequence[Box], image_size: tuple[int, int], size: tuple[int, int]
    ) -> Mask:
        """Return the mask of the image, HxW float32 of `size` (width, height); 0 only outside of all boxes.

        masks: HxW float32. boxes: the part of the image that each mask shows, in pixels of the image. Where
        two boxes overlap, each fades out towards its edge; masks of one box are averaged.
        """
        placed: Mask = self._pool.take((size[1], size[0]), np.float32)
        if len(masks) == 1:
            self._warp(masks[0], boxes[0], image_size, size, placed)
            return _seen(placed, boxes, image_size)
        placed[:] = 0
        total = self._buffers.get("total", placed.shape, np.float32)
        total[:] = 0
        for number, (mask, box) in enumerate(zip(masks, boxes, strict=True)):
            weight = _fade(mask.shape, box, [*boxes[:number], *boxes[number + 1 :]])
            part = self._buffers.get("part", placed.shape, np.float32)
            cv2.add(placed, self._warp(mask * weight, box, image_size, size, part), dst=placed)
            cv2.add(total, self._warp(weight, box, image_size, size, part), dst=total)
        cv2.divide(placed, np.maximum(total, np.float32(1e-6), out=total), dst=placed)
        return _seen(placed, boxes, image_size)

    def _warp(
        self, mask: Mask, box: Box, image_size: tuple[int, int], size: tuple[int, int], out: Mask
    ) -> Mask:
        # Only where the box is: its first and last row and column, and the map from there to the mask.
        to_mask = np.zeros((2, 3))
        rows, columns = part = _part(box, image_size, size)
        for axis, count in ((0, mask.shape[1]), (1, mask.shape[0])):
            image_step = image_size[axis] / size[axis]
            mask_step = (box[axis + 2] - box[axis]) / count
            to_mask[axis, axis] = image_step / mask_step
            to_mask[axis, 2] = ((part[1 - axis].start + 0.5) * image_step - box[axis]) / mask_step - 0.5
        out[:] = 0
        inside = columns.stop - columns.start, rows.stop - rows.start
        if min(inside) > 0:
            flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            placed = out[rows, columns]
            cv2.warpAffine(mask, to_mask, inside, dst=placed, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return out


def _part(box: Box, image_size: tuple[int, int], size: tuple[int, int]) -> tuple[slice, slice]:
    """The rows and columns of an image reduced to `size` that are inside a box."""
    parts: list[slice] = []
    for axis in (1, 0):
        step = image_size[axis] / size[axis]
        first = min(max(round(box[axis] / step), 0), size[axis])
        parts.append(slice(first, min(max(round(box[axis + 2] / step), first), size[axis])))
    return parts[0], parts[1]


def _seen(mask: Mask, boxes: Sequence[Box], image_size: tuple[int, int]) -> Mask:
    for box in boxes:
        part = mask[_part(box, image_size, (mask.shape[1], mask.shape[0]))]
        np.maximum(part, np.float32(SEEN), out=part)
    return mask


def _fade(shape: tuple[int, ...], box: Box, others: Sequence[Box]) -> Mask:
    """Weights of a mask, 1 where no other box is and falling to 0 at its edges inside another box."""
    weight: NDArray[Any] = np.ones(shape, np.float32)
    columns = box[0] + (np.arange(shape[1]) + 0.5) * (box[2] - box[0]) / shape[1]
    for other in others:
        left, right = max(box[0], other[0]), min(box[2], other[2])
        if right <= left or np.array_equal(box, other):
            continue
        ramp = np.clip((columns - left) / (right - left), 0.02, 0.98)
        weight *= (ramp if other[0] < box[0] else 1 - ramp).astype(np.float32)
    return weight
