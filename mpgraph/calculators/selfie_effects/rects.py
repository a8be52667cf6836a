"""Boxes in pixels as normalized rectangles, and back."""

from __future__ import annotations

from typing import Any

from mpgraph import protos
from mpgraph.effects.boxes import Box

_NORM_RECT = protos.message_class("mediapipe.NormalizedRect")


def norm_rect(box: Box, width: int, height: int, *, mirrored: bool = False) -> Any:
    """The NormalizedRect of a box in an image of this size; mirrored ones have a negative width."""
    return _NORM_RECT(
        x_center=(box.left + box.right) / 2 / width,
        y_center=(box.top + box.bottom) / 2 / height,
        width=(-1 if mirrored else 1) * box.width / width,
        height=box.height / height,
    )


def box_of(rect: Any, width: int, height: int) -> Box:
    """The box of an upright NormalizedRect in an image of this size."""
    across, down = abs(rect.width) / 2, rect.height / 2
    x, y = rect.x_center, rect.y_center
    return Box((x - across) * width, (y - down) * height, (x + across) * width, (y + down) * height)


def is_mirrored(rect: Any) -> bool:
    """Whether a part of an image is seen mirrored."""
    return bool(rect.width < 0)
