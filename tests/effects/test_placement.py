from __future__ import annotations

from typing import Any

import numpy as np

from mpgraph.effects.boxes import Box
from mpgraph.effects.placement import SEEN, MaskPlacer
from mpgraph.effects.tiles import TileSampler

IMAGE = (1280, 720)
SMALL = (320, 180)


def smooth(x: Any, y: Any) -> Any:
    return 0.5 + 0.5 * np.sin(x / 60) * np.cos(y / 50)


def seen(tile: Any) -> Any:
    """A smooth function of the image as a network would see it in a tile."""
    x = tile[0] + (np.arange(256) + 0.5) * (tile[2] - tile[0]) / 256
    y = tile[1] + (np.arange(256) + 0.5) * (tile[3] - tile[1]) / 256
    return smooth(x[None], y[:, None]).astype(np.float32)


def truth() -> Any:
    x, y = (np.arange(320) + 0.5) * 4, (np.arange(180) + 0.5) * 4
    return smooth(x[None], y[:, None])


def test_a_mask_lands_where_its_tile_was() -> None:
    tile = Box(311.3, 20.7, 987.2, 720)
    placed = MaskPlacer().place([seen(tile)], [tile], IMAGE, SMALL)
    inside = np.zeros((180, 320), bool)
    inside[5:180, 78:247] = True
    assert np.abs(placed - truth())[inside].max() < 0.03
    assert not placed[~inside].any()


def test_zero_means_that_nobody_has_looked() -> None:
    tiles = [Box(0, 0, 400, 400), Box(200, 0, 600, 400)]
    nobody = np.zeros((256, 256), np.float32)
    for count in (1, 2):
        placed = MaskPlacer().place([nobody] * count, tiles[:count], IMAGE, SMALL)
        looked = np.zeros((180, 320), bool)
        looked[:100, : (100, 150)[count - 1]] = True
        assert ((placed > 0) == looked).all() and placed.max() == SEEN


def test_overlapping_masks_fade_into_one_another() -> None:
    tiles = [Box(0, 0, 720, 720), Box(560, 0, 1280, 720)]
    placed = MaskPlacer().place([seen(tile) for tile in tiles], tiles, IMAGE, SMALL)
    assert np.abs(placed - truth()).max() < 0.03
    ones, zeros = np.ones((256, 256), np.float32), np.zeros((256, 256), np.float32)
    faded = MaskPlacer().place([ones, zeros], tiles, IMAGE, SMALL)[90]
    assert (np.diff(faded) <= 1e-5).all() and faded[100] == 1 and faded[200] == SEEN


def test_views_of_one_tile_are_averaged() -> None:
    tile = Box(0, 0, 1280, 720)
    masks = [np.full((256, 256), value, np.float32) for value in (0.2, 0.6)]
    placed = MaskPlacer().place(masks, [tile, tile], IMAGE, SMALL)
    assert np.allclose(placed, 0.4, atol=1e-5)


def test_tiles_beyond_the_image_and_tiny_images() -> None:
    outside = Box(2000, 0, 2100, 100)
    assert not MaskPlacer().place([np.ones((8, 8), np.float32)], [outside], IMAGE, SMALL).any()
    one = MaskPlacer().place([np.ones((8, 8), np.float32)], [Box(0, 0, 1, 1)], (1, 1), (1, 1))
    assert one.shape == (1, 1) and one[0, 0] == 1


def test_sampling_and_placing_are_inverse() -> None:
    x = np.arange(1280, dtype=np.float32)[None, :, None]
    image = np.broadcast_to(128 + 80 * np.sin(x / 90), (720, 1280, 3)).astype(np.uint8)
    tile = Box(203.0, 51, 803, 651)
    values = TileSampler(256, 256).sample(image, tile, mirrored=False)[..., 0]
    placed = MaskPlacer().place([np.ascontiguousarray(values)], [tile], IMAGE, SMALL)[100]
    small = image[400].reshape(320, 4, 3)[..., 0].mean(axis=1) / 255
    assert np.abs(placed - small)[60:190].max() < 0.02
