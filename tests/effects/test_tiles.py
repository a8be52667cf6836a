from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.effects.boxes import Box
from mpgraph.effects.tiles import DARK, MOST_GAIN, TileSampler, gain_for

RAMP: Any = np.repeat(np.arange(64, dtype=np.uint8)[None, :, None] * 3 + 60, 32, axis=0).repeat(3, axis=2)


def test_pixels_are_sampled_at_their_centers() -> None:
    whole = TileSampler(32, 16).sample(RAMP, Box(0.0, 0, 64, 32), mirrored=False)
    assert whole.shape == (16, 32, 3)
    expected = RAMP[::2].reshape(16, 32, 2, 3).mean(axis=2) / 255
    assert np.abs(whole - expected).max() <= 0.51 / 255


def test_boxes_of_whole_pixels_are_sampled_like_others() -> None:
    sampler = TileSampler(24, 16)
    whole, shifted = (sampler.sample(RAMP, Box(5 + shift, 3, 53 + shift, 29), False) for shift in (0, 1 / 8))
    assert np.abs(shifted - whole - 3 / 8 / 255).max() <= 1.51 / 255


def test_results_are_not_overwritten_by_the_next() -> None:
    sampler = TileSampler(8, 8)
    first = sampler.sample(RAMP, Box(0.0, 0, 32, 32), False)
    copy = first.copy()
    sampler.sample(RAMP, Box(32.0, 0, 64, 32), False)
    assert (first == copy).all()


def test_mirroring_exchanges_left_and_right() -> None:
    box = Box(5.0, 3, 45, 29)
    sampler = TileSampler(24, 24)
    one, other = (sampler.sample(RAMP, box, mirrored=mirrored) for mirrored in (False, True))
    assert np.abs(one - other[:, ::-1]).max() <= 1.01 / 255


def test_outside_of_the_image_is_black() -> None:
    sampled = TileSampler(10, 10).sample(np.full((10, 10, 3), 200, np.uint8), Box(-10.0, 0, 10, 20), False)
    assert not sampled[:, :4].any() and not sampled[6:].any()
    assert sampled[1, 8] == pytest.approx(200 / 255)


def test_dark_parts_are_brightened() -> None:
    dark = np.full((20, 20, 3), 40, np.uint8)
    assert TileSampler(8, 8).sample(dark, Box(0.0, 0, 20, 20), False).mean() == pytest.approx(DARK / 255)
    assert gain_for(0) == MOST_GAIN and gain_for(DARK) == 1 and gain_for(200) == 1


def test_borders_do_not_count_as_dark_and_nothing_is_brighter_than_white() -> None:
    image = np.full((20, 20, 3), 100, np.uint8)
    beyond = TileSampler(20, 20).sample(image, Box(-10.0, 0, 10, 20), False)
    assert beyond.max() == pytest.approx(100 / 255)
    image[:] = 10
    image[5:7] = 200
    assert TileSampler(20, 20).sample(image, Box(0.0, 0, 20, 20), False).max() == 1
