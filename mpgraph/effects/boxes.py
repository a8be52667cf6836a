"""Boxes: where something is in an image.

Tuples, since computing with arrays of four numbers takes ten times as long.
"""

from __future__ import annotations

from typing import NamedTuple


class Box(NamedTuple):
    """A part of an image, in pixels; it may lie partly outside of it."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """The size across."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """The size down."""
        return self.bottom - self.top

    def united_with(self, other: Box) -> Box:
        """Return the box around both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def inside(self, width: float, height: float) -> Box:
        """Return what of the box is inside an image of this size."""
        return Box(
            min(max(self.left, 0.0), width),
            min(max(self.top, 0.0), height),
            min(max(self.right, 0.0), width),
            min(max(self.bottom, 0.0), height),
        )

    def towards(self, other: Box, share: float) -> Box:
        """Return the box with each edge moved by a share of the way to that of another one."""
        return Box(*(edge + share * (target - edge) for edge, target in zip(self, other, strict=True)))


def union(a: Box | None, b: Box | None) -> Box | None:
    """Return the box around two boxes, of which either may be None."""
    if a is None or b is None:
        return b if a is None else a
    return a.united_with(b)


def whole_view(width: int, height: int) -> Box:
    """The smallest box with the aspect ratio 16:9 round an image, in the middle of it."""
    across, down = max(width, height * 16 / 9), max(height, width * 9 / 16)
    return Box((width - across) / 2, (height - down) / 2, (width + across) / 2, (height + down) / 2)
