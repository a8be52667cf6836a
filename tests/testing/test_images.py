"""Deterministic images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.testing import checkerboard, gradient, mask, noise, solid

FORMATS = [one for one in ImageFormat if one.name != "UNKNOWN" and not one.name.startswith("YCBCR")]


@pytest.mark.parametrize("image_format", FORMATS, ids=lambda one: one.name)
@pytest.mark.parametrize("make", [gradient, checkerboard, noise, mask], ids=lambda make: make.__name__)
def test_every_format(make: Callable[..., Any], image_format: ImageFormat) -> None:
    frame = make(9, 7, image_format)
    assert type(frame) is ImageFrame
    assert (frame.width, frame.height, frame.image_format) == (9, 7, image_format)
    again = make(9, 7, image_format, cls=Image)
    assert type(again) is Image
    np.testing.assert_array_equal(frame.pixels, again.pixels)
    white = {1: 255, 2: 65535, 4: 1.0}[frame.byte_depth]
    assert frame.pixels.min() >= 0
    assert 0.8 * white < frame.pixels.max() <= white


def test_rows_columns_and_channels_of_a_gradient_differ() -> None:
    pixels = gradient().pixels
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) == 12 * 16
    assert pixels[0, 0].tolist() == [0, 0, 255]
    assert pixels[-1, -1].tolist() == [255, 255, 0]
    gray = gradient(16, 12, ImageFormat.GRAY8).pixels
    assert len(np.unique(gray, axis=0)) == 12


def test_checkerboard() -> None:
    board = checkerboard(4, 2, ImageFormat.GRAY8, square=1).pixels
    assert board.tolist() == [[0, 255, 0, 255], [255, 0, 255, 0]]
    with pytest.raises(InvalidArgumentError, match="at least one pixel"):
        checkerboard(square=0)


def test_solid_colors() -> None:
    assert solid((255, 0, 7), 1, 1).pixels.tolist() == [[[255, 0, 7]]]
    assert solid(0.5, 1, 1, ImageFormat.VEC32F1).pixels.tolist() == [[0.5]]
    for color in (256, -1, 0.5, (1, 2)):
        with pytest.raises(InvalidArgumentError, match="does not fit"):
            solid(color)


def test_noise_depends_on_the_seed() -> None:
    np.testing.assert_array_equal(noise(seed=3).pixels, noise(seed=3).pixels)
    assert (noise(seed=3).pixels != noise(seed=4).pixels).any()


def test_mask_is_a_centered_ellipse() -> None:
    pixels = mask(40, 20).pixels
    assert pixels[10, 20] == 1
    assert pixels[0].max() == pixels[:, 0].max() == 0
    assert pixels.mean() == pytest.approx(np.pi / 16, abs=0.01)
