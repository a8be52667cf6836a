"""Where people are: the box around them in a mask, and tiles that follow them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mpgraph.effects.boxes import Box
from mpgraph.effects.matte import fitted
from mpgraph.effects.pyramid import reduced
from mpgraph.effects.turns import Turns

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
_MOST = 0.1


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
    regions = stats[1:].tolist()  # left, top, width, height, area of each
    largest = max(area for *_, area in regions)
    if largest < _NOTHING and above.size > 64 * _NOTHING:
        return None
    lefts, tops, rights, bottoms = zip(
        *(
            (left, top, left + across, top + down)
            for left, top, across, down, area in regions
            if area >= _SPECK * largest
        ),
        strict=True,
    )
    rows, columns = above.shape
    return Box(min(lefts) / columns, min(tops) / rows, max(rights) / columns, max(bottoms) / rows)


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
        side = max(width, height)
        if self._box is None or self._seen is None:
            box = ahead = seen
            resting = False
        else:
            moved = [now - before for now, before in zip(seen, self._seen, strict=True)]
            resting = max(map(abs, moved)) <= _FAST * side
            box = self._box.united_with(seen).towards(seen, _SHRINK)
            # Only outwards: the box shrinks slowly anyhow.
            most = _MOST * side
            velocity = (min(max(each, -most), most) for each in moved)
            ahead = box.united_with(Box(*map(add, seen, velocity)))
        self._box, self._seen = box, seen
        ahead = ahead.inside(width, height)
        wide = self._is_wide(ahead, height)
        wanted = _tiles_around(ahead, width, height, self._options, wide)
        if wide != self.wide or not self._holds(ahead, wanted, width, height):
            self.wide, self._tiles = wide, wanted
        self.left_out = self._turns.next(len(self._tiles), resting)
        return self._tiles

    def _beyond(self, seen: Box, width: int, height: int) -> Box:
        """The box, larger where people reach the edge of the tiles, since they may go on beyond it."""
        whole = reduce(Box.united_with, self._tiles)
        size = max(whole.width, whole.height)
        edges: list[float] = []
        for edge, end, border, outwards in zip(
            seen, whole, (0, 0, width, height), (-1, -1, 1, 1), strict=True
        ):
            is_cut_off = abs(edge - end) < _TOUCH * size and abs(end - border) > 1
            edges.append(edge + is_cut_off * outwards * _BEYOND * size)
        return Box(*edges)

    def _is_wide(self, box: Box, height: int) -> bool:
        if not self._options.landscape or self._options.max_tiles > 1:
            return False
        needed = _STAYS if self.wide else 1
        squeezed = box.width * (1 + 2 * self._options.margin) / height
        return box.width > needed * _WIDE * box.height and squeezed > needed * _SQUEEZED

    def _holds(self, box: Box, wanted: list[Box], width: int, height: int) -> bool:
        if len(wanted) != len(self._tiles):
            return False
        hold = self._options.hold * max(box.width, box.height)
        whole = reduce(Box.united_with, self._tiles)
        # No margin is needed at the edge of the image, where nobody can be cut off.
        fits = all(
            gap >= hold or (abs(edge - border) < 1 and gap >= -1)
            for edge, border, gap in (
                (box.left, 0, box.left - whole.left),
                (box.top, 0, box.top - whole.top),
                (box.right, width, whole.right - box.right),
                (box.bottom, height, whole.bottom - box.bottom),
            )
        )
        return fits and self._tiles[0].width <= _TOO_LARGE * wanted[0].width


def _tiles_around(box: Box, width: int, height: int, options: TileOptions, wide: bool) -> list[Box]:
    across, down = box.width, box.height
    grow = 1 + 2 * options.margin
    smallest = _SMALLEST * max(width, height)
    centre_x, centre_y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
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
    return Box(left, top, right, bottom)


def _moved_inside(centre: float, side: float, length: int) -> tuple[float, float]:
    side = math.ceil(side)
    if side >= length:
        return 0.0, float(length)
    start = min(max(round(centre - side / 2), 0), length - side)
    return float(start), float(start + side)
