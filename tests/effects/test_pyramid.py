from __future__ import annotations

import numpy as np
import pytest

from mpgraph.effects.buffers import OutputPool
from mpgraph.effects.pyramid import level_sizes, reduced, steps


@pytest.mark.parametrize(
    ("size", "levels"),
    [
        ((1280, 720), ((640, 360), (320, 180))),
        ((720, 1280), ((360, 640), (180, 320))),
        ((1920, 1080), ((640, 360), (320, 180))),
        ((640, 480), ((640, 480), (320, 240))),
        ((300, 200), ((300, 200), (300, 200))),
        ((1281, 721), ((640, 360), (320, 180))),
        ((7680, 4320), ((640, 360), (320, 180))),
        ((1, 1), ((1, 1), (1, 1))),
        ((4000, 2), ((500, 1), (250, 1))),
    ],
)
def test_levels_are_halves_of_the_image_near_the_wanted_sides(
    size: tuple[int, int], levels: tuple[tuple[int, int], tuple[int, int]]
) -> None:
    assert level_sizes(*size, 640, 320) == levels


def test_halving_averages_four_pixels() -> None:
    image = np.random.default_rng(1).integers(0, 256, (8, 12, 3), np.uint8)
    exact = image.reshape(4, 2, 6, 2, 3).mean(axis=(1, 3))
    assert np.abs(reduced(image, (6, 4)) - exact).max() <= 0.5
    assert reduced(image, (12, 8)) is image


def test_steps_end_at_the_size() -> None:
    assert list(steps((1280, 720), (320, 180))) == [(640, 360), (320, 180)]
    assert list(steps((1000, 1000), (300, 300))) == [(500, 500), (300, 300)]
    assert list(steps((5, 5), (5, 5))) == []


def test_the_result_is_in_an_array_of_the_pool() -> None:
    pool = OutputPool()
    image = np.zeros((8, 8, 3), np.uint8)
    used = reduced(image, (2, 2), pool).__array_interface__["data"]
    assert reduced(image, (2, 2), pool).__array_interface__["data"] == used
