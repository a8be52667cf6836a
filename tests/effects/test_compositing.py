from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.effects.compositing import Composer, compose, cut_out, spread
from mpgraph.effects.matte import hard_matte, soft_matte
from mpgraph.formats.yuv420 import Yuv420

Pixels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.float32]


def test_person_and_background_pixels_are_unchanged(disc_image: Pixels, disc_mask: Mask) -> None:
    blue = np.full_like(disc_image, (0, 0, 255))
    matte = soft_matte(disc_image, disc_mask)
    result = compose(disc_image, matte, blue)
    assert (result[matte == 255] == disc_image[matte == 255]).all()
    assert (result[matte == 0] == (0, 0, 255)).all()
    assert (matte == 255).mean() > 0.2 and (matte == 0).mean() > 0.5
    assert (blue == (0, 0, 255)).all()


@pytest.mark.parametrize("width", [255, 252, 250, 17])
def test_widths_that_eight_does_not_divide_are_composed_alike(
    disc_image: Pixels, disc_mask: Mask, width: int
) -> None:
    matte = soft_matte(disc_image, disc_mask)
    blue = np.full_like(disc_image, (0, 0, 255))
    first = (256 - width) // 2
    part = (slice(None), slice(first, first + width))
    edge = (matte > 0) & (matte < 255)
    whole, parts = compose(disc_image, matte, blue), compose(disc_image[part], matte[part], blue[part])
    assert edge[part].any()
    assert np.abs(whole[part].astype(int) - parts)[edge[part]].mean() < 4
    assert (whole[part] == parts)[~edge[part]].all()


def test_old_background_leaves_no_rim(disc_image: Pixels, disc_mask: Mask) -> None:
    black = np.zeros_like(disc_image)
    matte = soft_matte(disc_image, disc_mask)
    rim = compose(disc_image, matte, black)[(matte > 0) & (matte < 255)]
    alpha = matte[(matte > 0) & (matte < 255), None] / 255
    plain = alpha * disc_image[(matte > 0) & (matte < 255)]
    assert rim[:, 1].mean() < 0.6 * plain[:, 1].mean()


def test_hard_matte_copies_pixels(disc_image: Pixels, disc_mask: Mask) -> None:
    grey = np.full_like(disc_image, 128)
    matte = hard_matte(disc_mask, 0.5)
    result = compose(disc_image, matte, grey)
    assert (result == np.where(matte[..., None] == 255, disc_image, grey)).all()


def test_no_background_color_remains_under_transparency(disc_image: Pixels, disc_mask: Mask) -> None:
    matte = soft_matte(disc_image, disc_mask)
    result = cut_out(disc_image, matte)
    assert result.shape == (*matte.shape, 4)
    assert (result[..., 3] == matte).all()
    assert not result[matte == 0].any()
    assert (result[matte == 255, :3] == disc_image[matte == 255]).all()


def test_read_only_images_are_accepted_and_unchanged(disc_image: Pixels, disc_mask: Mask) -> None:
    before = disc_image.copy()
    disc_image.flags.writeable = False
    matte = soft_matte(disc_image, disc_mask)
    compose(disc_image, matte, disc_image)
    cut_out(disc_image, matte)
    assert (disc_image == before).all()


def test_spreading_ignores_pixels_without_weight() -> None:
    image = np.zeros((40, 40, 3), np.uint8)
    image[:, 20:] = 200
    weight = np.zeros((40, 40), np.float32)
    weight[:, 20:] = 1
    assert abs(int(spread(image, weight, 3.0)[20, 19, 0]) - 200) <= 4
    assert not spread(image, np.zeros_like(weight), 3.0)[20, 0].any()


def test_frames_of_videos_are_composed_alike(disc_image: Pixels, disc_mask: Mask) -> None:
    # Light wrap, which is off by default, is linear like everything else.
    matte = soft_matte(disc_image, disc_mask)
    behind = np.full_like(disc_image, (20, 60, 200))
    as_rgb = Composer(light_wrap=0.5).compose(disc_image, matte, behind)
    image, background = (converted(each) for each in (disc_image, behind))
    result = Composer(light_wrap=0.5).compose_yuv(image, matte, background)
    assert (result.luma[matte == 255] == image.luma[matte == 255]).all()
    assert (result.luma[matte == 0] == background.luma[matte == 0]).all()
    difference = np.abs(result.rgb().astype(int) - converted(as_rgb).rgb())
    assert difference.mean() < 0.5 and difference[(matte > 0) & (matte < 255)].mean() < 4


def converted(image: Pixels) -> Yuv420:
    yuv = Yuv420.empty(image.shape[1], image.shape[0])
    yuv.fill(image)
    return yuv
