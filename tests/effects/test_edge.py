from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from mpgraph.effects.edge import EdgeOptions, EdgeRefiner


def refined(mask: Any, image: Any, size: tuple[int, int], **options: Any) -> Any:
    return EdgeRefiner(EdgeOptions(**options)).matte(mask, image, size)


@pytest.fixture
def blurry_mask(disc_mask: Any) -> Any:
    """A mask of the disc as a network gives it: at half size, blurred, and two pixels off."""
    moved = cv2.warpAffine(disc_mask, np.array([[1, 0, 3], [0, 1, -2]], np.float32), disc_mask.shape)
    return cv2.resize(cv2.GaussianBlur(moved, (0, 0), 5), (128, 128), interpolation=cv2.INTER_AREA)


def test_the_edge_moves_to_the_edge_of_the_image(disc_image: Any, disc_mask: Any, blurry_mask: Any) -> None:
    plain = cv2.resize(blurry_mask, (256, 256))
    matte = refined(blurry_mask, disc_image, (256, 256)) / 255
    assert np.abs(matte - disc_mask).mean() < 0.5 * np.abs(plain - disc_mask).mean()


def test_colors_of_equal_brightness_are_told_apart(blurry_mask: Any, disc_mask: Any) -> None:
    red, green = np.array([200.0, 40, 40]), np.array([40.0, 121.5, 40])
    image = np.rint(disc_mask[..., None] * red + (1 - disc_mask[..., None]) * green).astype(np.uint8)
    grey: Any = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    assert int(grey.max()) - int(grey.min()) < 10
    matte = refined(blurry_mask, image, (256, 256)) / 255
    assert np.abs(matte - disc_mask).mean() < 0.02


def test_what_is_uncertain_next_to_what_is_certain_is_raised() -> None:
    image = np.full((128, 128, 3), 90, np.uint8)
    body = np.zeros((64, 64), np.float32)
    body[16:48, 8:62] = 0.3
    alone = refined(body, image, (128, 128), passes=1)
    body[24:40, 16:40] = 1
    beside = refined(body, image, (128, 128), passes=1)
    assert beside[64, 83] > alone[64, 83] + 10
    assert abs(int(beside[64, 116]) - int(alone[64, 116])) < 3


def test_more_passes_carry_the_edge_farther(disc_image: Any, disc_mask: Any) -> None:
    moved = cv2.warpAffine(disc_mask, np.array([[1, 0, 14], [0, 1, 0]], np.float32), disc_mask.shape)
    mask = cv2.resize(moved, (128, 128), interpolation=cv2.INTER_AREA)
    errors = [
        np.abs(refined(mask, disc_image, (256, 256), passes=passes, reach=0) / 255 - disc_mask).mean()
        for passes in (1, 4)
    ]
    assert errors[1] < 0.75 * errors[0]


def test_grey_images_have_edges_too(blurry_mask: Any, disc_mask: Any) -> None:
    """Their variances of colours are singular but for epsilon."""
    grey = np.repeat(np.rint(240 * disc_mask[..., None]).astype(np.uint8), 3, axis=2)
    matte = refined(blurry_mask, grey, (256, 256)) / 255
    assert np.abs(matte - disc_mask).mean() < 0.02


def test_nothing_far_from_the_mask_and_no_hole_inside(blurry_mask: Any) -> None:
    stripes = np.zeros((256, 256, 3), np.uint8)
    stripes[::2] = 255
    matte = refined(blurry_mask, stripes, (256, 256), reach=1)
    y, x = np.mgrid[:256, :256]
    distance = np.hypot(x - 131, y - 126)
    assert not matte[distance > 105].any()
    assert (matte[distance < 50] == 255).all()


@pytest.mark.parametrize("size", [(256, 256), (512, 512), (300, 300), (1024, 1024)])
def test_the_matte_has_the_wanted_size(disc_image: Any, blurry_mask: Any, size: tuple[int, int]) -> None:
    matte = refined(blurry_mask, disc_image, size)
    assert matte.shape == size[::-1] and matte.dtype == np.uint8
    half = size[0] // 2
    assert matte[half, half] == 255 and matte[2, 2] == 0


def test_parts_and_wholes_are_enlarged_alike(disc_image: Any, blurry_mask: Any) -> None:
    small = refined(blurry_mask, disc_image, (256, 256))
    large = refined(blurry_mask, disc_image, (512, 512))
    assert np.abs(large.astype(int) - cv2.resize(small, (512, 512))).max() <= 1


def test_a_part_is_refined_like_the_whole() -> None:
    """Whose sizes do not halve: somebody far away enlarges the part that is computed."""
    y, x = np.mgrid[:270, :480]
    alone, two = (np.zeros((270, 480), np.float32) for _ in range(2))
    for mask, centers in ((alone, [(300, 190)]), (two, [(300, 190), (30, 30)])):
        for left, top in centers:
            mask[np.hypot(x - left, y - top) < 45 - 20 * (left < 100)] = 1
    noise = np.random.default_rng(1).normal(0, 6, (270, 480, 3))
    image = np.clip(two[..., None] * 120 + 60 + noise, 0, 255).astype(np.uint8)
    small = [cv2.resize(cv2.GaussianBlur(mask, (0, 0), 4), (160, 90)) for mask in (alone, two)]
    one, both = (refined(mask, image, (480, 270)).astype(int) for mask in small)
    assert np.abs(one - both)[:, 200:].max() <= 2 and both[30, 30] == 255 and one[30, 30] == 0


def test_noise_of_the_image_hardly_shows(disc_image: Any, disc_mask: Any) -> None:
    large = cv2.resize(disc_image, (512, 512)).astype(float)
    mask = cv2.resize(cv2.GaussianBlur(disc_mask, (0, 0), 5), (128, 128), interpolation=cv2.INTER_AREA)
    random = np.random.default_rng(2)
    mattes = [
        refined(mask, np.clip(large + random.normal(0, 12, large.shape), 0, 255).astype(np.uint8), (512, 512))
        for _ in range(2)
    ]
    assert np.abs(mattes[0].astype(int) - mattes[1]).mean() < 0.3


def test_nobody_and_everybody() -> None:
    image = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)
    assert not refined(np.zeros((32, 48), np.float32), image, (96, 64)).any()
    assert (refined(np.ones((32, 48), np.float32), image, (96, 64)) == 255).all()


@pytest.mark.parametrize(("width", "height"), [(1, 1), (2, 1), (3, 7), (1, 40)])
def test_tiny_images(width: int, height: int) -> None:
    image = np.full((height, width, 3), 90, np.uint8)
    matte = refined(np.ones((height, width), np.float32), image, (width, height))
    assert matte.shape == (height, width) and (matte == 255).all()


def test_results_are_not_overwritten_by_the_next(disc_image: Any, blurry_mask: Any) -> None:
    refiner = EdgeRefiner(EdgeOptions())
    first = refiner.matte(blurry_mask, disc_image, (256, 256))
    copy = first.copy()
    refiner.matte(np.zeros_like(blurry_mask), disc_image, (256, 256))
    assert (first == copy).all()
