"""Deterministic images for tests: `gradient()`, `checkerboard()`, `solid()`, `noise()`, `mask()`.

Each takes any ImageFormat that can be held in memory and returns an ImageFrame, or an Image with
`cls=Image`. Values run from 0 to the format's white: 255 for bytes, 65535 for uint16, 1 for floats.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.pixels import Pixels

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    # With a default, `gradient()` is known to be an ImageFrame.
    P = TypeVar("P", bound=Pixels, default=ImageFrame)
else:
    from typing import TypeVar

    P = TypeVar("P", bound=Pixels)
_Floats = np.ndarray[Any, np.dtype[np.float64]]


def gradient(
    width: int = 16,
    height: int = 12,
    image_format: ImageFormat = ImageFormat.SRGB,
    *,
    cls: type[P] = ImageFrame,  # type: ignore[assignment]
) -> P:
    """Create an image whose first channel rises from left to right and whose second rises downwards.

    A third channel falls from left to right; a fourth, alpha, is white. An image with one channel rises along
    both axes. No two rows, columns or channels are equal, so that rotation, mirroring, cropping and swapped
    channels are all visible.
    """
    across = np.broadcast_to(_ramp(width), (height, width))
    down = np.broadcast_to(_ramp(height)[:, None], (height, width))
    channels: list[_Floats] = [across, down, 1 - across, np.ones((height, width))]
    if image_format.channels == 1:
        channels = [(across + 2 * down) / 3]
    return _image(np.stack(channels[: image_format.channels], axis=-1), image_format, cls)


def checkerboard(
    width: int = 16,
    height: int = 12,
    image_format: ImageFormat = ImageFormat.SRGB,
    *,
    square: int = 2,
    cls: type[P] = ImageFrame,  # type: ignore[assignment]
) -> P:
    """Create squares of `square` pixels, alternately black and white, with a black one at the top left."""
    if square < 1:
        raise InvalidArgumentError(f"A square has at least one pixel, not {square}.")
    rows, columns = np.indices((height, width)) // square
    board = ((rows + columns) % 2).astype(np.float64)
    return _image(np.repeat(board[:, :, None], image_format.channels, axis=2), image_format, cls)


def solid(
    color: float | Sequence[float],
    width: int = 16,
    height: int = 12,
    image_format: ImageFormat = ImageFormat.SRGB,
    *,
    cls: type[P] = ImageFrame,  # type: ignore[assignment]
) -> P:
    """Create an image of one color: `solid((255, 0, 0))` is red, `solid(0)` black.

    color: one value for all channels or one for each, as stored in this format.

    Raises:
        InvalidArgumentError: the number of values is wrong, or the format cannot store one of them.
    """
    values = np.atleast_1d(np.asarray(color))
    if values.shape not in ((1,), (image_format.channels,)):
        raise InvalidArgumentError(
            f"{image_format.name} has {image_format.channels} channels; the color {color!r} does not fit."
        )
    with np.errstate(all="ignore"):
        stored = values.astype(image_format.dtype)
    if image_format.dtype.kind == "u" and not np.array_equal(stored, values):
        raise InvalidArgumentError(f"The color {color!r} does not fit into {image_format.dtype} values.")
    return cls.wrap(np.full((height, width, image_format.channels), stored), image_format)


def noise(
    width: int = 16,
    height: int = 12,
    image_format: ImageFormat = ImageFormat.SRGB,
    *,
    seed: int = 0,
    cls: type[P] = ImageFrame,  # type: ignore[assignment]
) -> P:
    """Create an image of uniformly distributed random values, the same for the same `seed`."""
    random = np.random.default_rng(seed).random((height, width, image_format.channels))
    return _image(random, image_format, cls)


def mask(
    width: int = 16,
    height: int = 12,
    image_format: ImageFormat = ImageFormat.VEC32F1,
    *,
    cls: type[P] = ImageFrame,  # type: ignore[assignment]
) -> P:
    """Create a mask like that of a person: a white ellipse in the center, half the size, black outside.

    A pixel is white if its center is inside; `image_format` is VEC32F1 (0 and 1) or GRAY8 (0 and 255).
    """
    x = ((np.arange(width) + 0.5) / width - 0.5) * 4
    y = ((np.arange(height) + 0.5) / height - 0.5) * 4
    inside = (x[None, :] ** 2 + y[:, None] ** 2 <= 1).astype(np.float64)
    return _image(np.repeat(inside[:, :, None], image_format.channels, axis=2), image_format, cls)


def _ramp(size: int) -> _Floats:
    return np.linspace(0.0, 1.0, size)


def _image(values: _Floats, image_format: ImageFormat, cls: type[P]) -> P:
    """Create an image of `cls` from values in 0..1."""
    dtype = image_format.dtype
    if dtype.kind == "u":
        values = np.floor(values * np.iinfo(dtype).max + 0.5)
    return cls.wrap(values.astype(dtype), image_format)
