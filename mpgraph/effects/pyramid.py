"""Smaller copies of an image, each half as large as the last, which the stages of a matte share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mpgraph.effects.buffers import OutputPool
from mpgraph.effects.matte import Pixels, fitted

Size = tuple[int, int]
"""Width and height in pixels."""


def level_sizes(width: int, height: int, side: int, small_side: int) -> tuple[Size, Size]:
    """Return the sizes of the two levels: with their longer side at most `side` and `small_side` pixels.

    The larger is the image's own size, or half, a quarter ... of it if that is more than 0.75 of `side`. The
    smaller one is half, a quarter ... of the larger one.
    """
    detail = _halved_to(width, height, side)
    return detail, _halved_to(*detail, small_side)


def _halved_to(width: int, height: int, side: int) -> Size:
    exact = fitted(width, height, side)
    while max(width, height) > side:
        width, height = half(width, height)
    return (width, height) if max(width, height) > 0.75 * side else exact


def half(width: int, height: int) -> Size:
    """Return half the size, rounded up."""
    return (width + 1) // 2, (height + 1) // 2


def reduced(image: NDArray[Any], size: Size, pool: OutputPool | None = None) -> Pixels:
    """Return `image` reduced to `size`, by halves as long as possible; the same array if it has that size.

    Halving averages 2x2 pixels, which is OpenCV's fast path; the rest, less than half, is sampled bilinearly.
    An array from the pool holds the result, if there is one.
    """
    for step in steps((image.shape[1], image.shape[0]), size):
        # As a result, memory of the pool; in between, what OpenCV allocates.
        out: Any = None
        if step == size and pool is not None:
            out = pool.take((size[1], size[0], *image.shape[2:]), image.dtype)
        image = cv2.resize(image, step, dst=out, interpolation=cv2.INTER_LINEAR)
    return np.asarray(image)


def steps(start: Size, size: Size) -> Iterator[Size]:
    """Yield the sizes through which an image is reduced: halves that are larger than `size`, then `size`."""
    while start != size:
        halved = half(*start)
        start = size if halved[0] < size[0] or halved[1] < size[1] else halved
        yield start
