"""Put the masks of tiles where the tiles are in the image."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from mpgraph.effects.boxes import Box
from mpgraph.effects.buffers import Buffers, OutputPool
from mpgraph.effects.matte import Mask
from mpgraph.effects.parts import Part, size_of

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
        placed[:] = 0
        parts = [_part(box, image_size, size) for box in boxes]
        if len(masks) == 1:
            _warp(masks[0], boxes[0], parts[0], image_size, placed)
        else:
            self._blend(masks, boxes, parts, image_size, placed)
        for part in parts:
            np.maximum(placed[part], np.float32(SEEN), out=placed[part])
        return placed

    def _blend(
        self,
        masks: Sequence[Mask],
        boxes: Sequence[Box],
        parts: Sequence[Part],
        image_size: tuple[int, int],
        out: Mask,
    ) -> None:
        value, total = (self._buffers.get(name, out.shape, np.float32) for name in ("value", "total"))
        total[:] = 0
        for number, (mask, box, part) in enumerate(zip(masks, boxes, parts, strict=True)):
            _warp(mask, box, part, image_size, value)
            others = [*boxes[:number], *boxes[number + 1 :]]
            weight = _fade(box, others, part[1], image_size[0] / out.shape[1])
            out[part] += np.multiply(value[part], weight, out=value[part])
            total[part] += weight
        cv2.divide(out, np.maximum(total, np.float32(1e-6), out=total), dst=out)


def _part(box: Box, image_size: tuple[int, int], size: tuple[int, int]) -> Part:
    """The rows and columns of an image reduced to `size` that are inside a box."""
    parts: list[slice] = []
    for axis in (1, 0):
        step = image_size[axis] / size[axis]
        first = min(max(round(box[axis] / step), 0), size[axis])
        parts.append(slice(first, min(max(round(box[axis + 2] / step), first), size[axis])))
    return parts[0], parts[1]


def _warp(mask: Mask, box: Box, part: Part, image_size: tuple[int, int], out: Mask) -> None:
    """Sample a mask of a box in the part of `out` where the box is."""
    inside = size_of(part)
    if min(inside) == 0:
        return
    to_mask = np.zeros((2, 3))
    for axis, count in ((0, mask.shape[1]), (1, mask.shape[0])):
        image_step = image_size[axis] / out.shape[1 - axis]
        mask_step = (box[axis + 2] - box[axis]) / count
        to_mask[axis, axis] = image_step / mask_step
        to_mask[axis, 2] = ((part[1 - axis].start + 0.5) * image_step - box[axis]) / mask_step - 0.5
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cv2.warpAffine(mask, to_mask, inside, dst=out[part], flags=flags, borderMode=cv2.BORDER_REPLICATE)


def _fade(box: Box, others: Sequence[Box], columns: slice, step: float) -> NDArray[np.float32]:
    """The weight of a box in each column, 1 where no other box is and falling to 0 at its edge in another."""
    x = (np.arange(columns.start, columns.stop) + 0.5) * step
    weight = np.ones(len(x))
    for other in others:
        left, right = max(box.left, other.left), min(box.right, other.right)
        if right <= left or box == other:
            continue
        ramp = np.clip((x - left) / (right - left), 0.02, 0.98)
        weight *= ramp if other.left < box.left else 1 - ramp
    return weight.astype(np.float32)
