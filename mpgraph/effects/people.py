"""Where people are: the box around them in a mask, and tiles that follow them.

Boxes are (left, top, right, bottom) in pixels of the image, as floats; they may lie partly outside of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mpgraph.effects.matte import fitted
from mpgraph.effects.pyramid import reduced
from mpgraph.effects.turns import Turns

Box = NDArray[np.float64]
"""left, top, right, bottom."""

SEARCH_SIDE = 160
"""The longer side of a mask that is large enough to find people in."""

_SPECK = 0.1
_SHRINK = 0.15
_TOUCH, _BEYOND = 0.015, 0.15
_WIDE = 1.25
_SQUEEZED = 1.3
_STAYS = 0.9
_OVERLAP = 0.15
_SMALLEST = 0.08
_TOO_LARGE = 1.35
_NOTHING = 4
_FAST = 0.015


def people_box(mask: NDArray[Any], threshold: float = 0.5) -> Box | None:
    """Return the box around the people in a mask, in 0..1 of its width and height, None if there are none.

    mask: HxW, float32 in 0..1 or uint8 in 255ths. Specks of less than 10 % of the largest region are left
        out.
    """
    limit = threshold * 255 if mask.dtype == np.uint8 else threshold
    small = reduced(mask, fitted(mask.shape[1], mask.shape[0], SEARCH_SIDE))
    above = (small > limit).view(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(above, connectivity=8, ltype=cv2.CV_16U)
    if count < 2:
        return None
    areas = stats[1:, cv2.CC_STAT_AREA]
    if areas.max() < _NOTHING and above.size > 64 * _NOTHING:
        return None
    left, top, across, down = stats[1:][areas >= _SPECK * areas.max()][:, :4].T
    rows, columns = above.shape
    return np.array(
        [
            left.min() / columns,
            top.min() / rows,
            (left + across).max() / columns,
            (top + down).max() / rows,
        ]
    )


@dataclass(frozen=True)
class TileOptions:
    """The options of tiles.

    margin: free space round the people, a share of their size. hold: margin that a tile may lose before it
    moves. max_tiles: 1, or 2 for people who stand wide. landscape: with 1, use a wide tile for them.
    """

    margin: float = 0.04
    hold: float = 0.015
    max_tiles: int = 2
    landscape: bool = False


class PeopleTracker:
    """Keeps tiles round people who move: a square; for those who stand wide two squares or one wide tile.

    wide: whether there is a tile for the landscape network, because a square as wide as the people would have
    to be squeezed into the image.
    left_out: the number of the tile at which nobody need look this time, None for none: of two, one in every
    other frame, unless the box moves by more than 1.5 % of the image's longer side.

    The box grows at once, shrinks by 15 % of the difference a frame, and moves on with its velocity. The
    tiles are held while the people stay inside with some margin, since a new tile costs a new sampling map
    and a slightly different view of the network.
    """

    def __init__(self, options: TileOptions) -> None:
        self._options = options
        self.forget()

    def forget(self) -> None:
        """Start again: a cut, or another size."""
        self._box: Box | None = None
        self._seen: Box | None = None
        self._tiles: list[Box] = []
        self._turns = Turns()
        self.wide = False
        self.left_out: int | None = None

    def update(self, seen: Box | None, width: int, height: int) -> list[Box]:
        """Return the tiles for the next frame, in pixels; none where nobody is known.

        seen: the box around the people in the newest mask, in pixels.
        """
        if seen is None:
            self.forget()
            return []
        if self._tiles:
            seen = self._beyond(seen, width, height)
        if self._box is None or self._seen is None:
            box = seen.copy()
            ahead = box
            resting = False
        else:
            resting = bool(np.abs(seen - self._seen).max() <= _FAST * max(width, height))
            velocity = np.clip(seen - self._seen, -0.1 * max(width, height), 0.1 * max(width, height))
            box = _followed(self._box, seen)
            # Only outwards: the box shrinks slowly anyhow.
            ahead = _union(box, seen + velocity)
        self._box, self._seen = box, seen
        ahead = np.clip(ahead, 0, [width, height, width, height])
        wide = self._is_wide(ahead, height)
        wanted = _tiles_around(ahead, width, height, self._options, wide)
        if wide != self.wide or not self._holds(ahead, wanted, width, height):
            self.wide, self._tiles = wide, wanted
        self.left_out = self._turns.next(len(self._tiles), resting)
        return self._tiles

    def _beyond(self, seen: Box, width: int, height: int) -> Box:
        """The box, larger where people reach the edge of the tiles, since they may go on beyond it."""
        whole = _enclosing(self._tiles)
        size = max(_size(whole))
        cut_off = (np.abs(seen - whole) < _TOUCH * size) & (np.abs(whole - [0, 0, width, height]) > 1)
        larger: Box = seen + cut_off * np.array([-1, -1, 1, 1]) * _BEYOND * size
        return larger

    def _is_wide(self, box: Box, height: int) -> bool:
        if not self._options.landscape or self._options.max_tiles > 1:
            return False
        across, down = _size(box)
        needed = _STAYS if self.wide else 1
        squeezed = across * (1 + 2 * self._options.margin) / height
        return across > needed * _WIDE * down and squeezed > needed * _SQUEEZED

    def _holds(self, box: Box, wanted: list[Box], width: int, height: int) -> bool:
        if len(wanted) != len(self._tiles):
            return False
        size = max(_size(box))
        whole = _enclosing(self._tiles)
        hold = self._options.hold * size
        # No margin is needed at the edge of the image, where nobody can be cut off.
        edges = np.array([0, 0, width, height])
        gaps = np.array([box[0] - whole[0], box[1] - whole[1], whole[2] - box[2], whole[3] - box[3]])
        at_edge = np.abs(box - edges) < 1
        fits = bool(np.all((gaps >= hold) | (at_edge & (gaps >= -1))))
        return fits and _size(self._tiles[0])[0] <= _TOO_LARGE * _size(wanted[0])[0]


def _followed(box: Box, seen: Box) -> Box:
    grown = _union(box, seen)
    return grown + _SHRINK * (seen - grown)


def _union(a: Box, b: Box) -> Box:
    return np.concatenate([np.minimum(a[:2], b[:2]), np.maximum(a[2:], b[2:])])


def union(a: Box | None, b: Box | None) -> Box | None:
    """Return the box around two boxes, of which either may be None."""
    if a is None or b is None:
        return b if a is None else a
    return _union(a, b)


def _enclosing(boxes: list[Box]) -> Box:
    whole = boxes[0]
    for box in boxes[1:]:
        whole = _union(whole, box)
    return whole


def _size(box: Box) -> tuple[float, float]:
    return float(box[2] - box[0]), float(box[3] - box[1])


def _tiles_around(box: Box, width: int, height: int, options: TileOptions, wide: bool) -> list[Box]:
    across, down = _size(box)
    grow = 1 + 2 * options.margin
    smallest = _SMALLEST * max(width, height)
    centre_x, centre_y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    if wide:
        high = max(across * grow * 9 / 16, down * grow)
        return [_moved_into(centre_x, centre_y, (high * 16 / 9, high), width, height)]
    if options.max_tiles < 2 or across <= _WIDE * down:
        side = max(across * grow, down * grow, smallest)
        return [_moved_into(centre_x, centre_y, (side, side), width, height)]
    # Two squares side by side that overlap, as high as the people or wide enough to cover them.
    side = max(down * grow, across * grow / (2 - _OVERLAP), smallest)
    reach = max(0.0, across * grow - side) / 2
    return [
        _moved_into(centre_x + offset, centre_y, (side, side), width, height) for offset in (-reach, reach)
    ]


def _moved_into(centre_x: float, centre_y: float, size: tuple[float, float], width: int, height: int) -> Box:
    """A tile of this size, moved into the image; where it does not fit, the network sees it squeezed.

    That costs less than black borders, which often make the network take everything for a person. Its edges
    are those of pixels, so that it is easily sampled.
    """
    left, right = _moved_inside(centre_x, size[0], width)
    top, bottom = _moved_inside(centre_y, size[1], height)
    return np.array([left, top, right, bottom])


def _moved_inside(centre: float, side: float, length: int) -> tuple[float, float]:
    side = math.ceil(side)
    if side >= length:
        return 0.0, float(length)
    start = min(max(round(centre - side / 2), 0), length - side)
    return float(start), float(start + side)


def whole_view(width: int, height: int) -> Box:
    """The smallest box with the aspect ratio 16:9 round an image, in the middle of it."""
    across, down = max(width, height * 16 / 9), max(height, width * 9 / 16)
    return np.array([(width - across) / 2, (height - down) / 2, (width + across) / 2, (height + down) / 2])
