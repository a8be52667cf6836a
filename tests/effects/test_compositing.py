from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mpgraph.effects.compositing import compose, cut_out, spread
from mpgraph.effects.matte import hard_matte, soft_matte

Picture = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.float32]


def test_person_and_background_come_through_unchanged(disc_picture: Picture, disc_mask: Mask) -> None:
    blue = np.full_like(disc_picture, (0, 0, 255))
    matte = soft_matte(disc_picture, disc_mask)
    made = compose(disc_picture, matte, blue)
    assert (made[matte == 255] == disc_picture[matte == 255]).all()
    assert (made[matte == 0] == (0, 0, 255)).all()
    assert (matte == 255).mean() > 0.2 and (matte == 0).mean() > 0.5
    assert (blue == (0, 0, 255)).all()


def test_the_old_background_leaves_no_rim(disc_picture: Picture, disc_mask: Mask) -> None:
    black = np.zeros_like(disc_picture)
    matte = soft_matte(disc_picture, disc_mask)
    rim = compose(disc_picture, matte, black)[(matte > 0) & (matte < 255)]
    alpha = matte[(matte > 0) & (matte < 255), None] / 255
    plain = alpha * disc_picture[(matte > 0) & (matte < 255)]
    assert rim[:, 1].mean() < 0.6 * plain[:, 1].mean()


def test_a_hard_matte_only_copies(disc_picture: Picture, disc_mask: Mask) -> None:
    grey = np.full_like(disc_picture, 128)
    matte = hard_matte(disc_mask, 0.5)
    made = compose(disc_picture, matte, grey)
    assert (made == np.where(matte[..., None] == 255, disc_picture, grey)).all()


def test_nothing_of_the_background_is_left_under_transparency(disc_picture: Picture, disc_mask: Mask) -> None:
    matte = soft_matte(disc_picture, disc_mask)
    made = cut_out(disc_picture, matte)
    assert made.shape == (*matte.shape, 4)
    assert (made[..., 3] == matte).all()
    assert not made[matte == 0].any()
    assert (made[matte == 255, :3] == disc_picture[matte == 255]).all()


def test_read_only_pictures_are_taken_and_left_alone(disc_picture: Picture, disc_mask: Mask) -> None:
    before = disc_picture.copy()
    disc_picture.flags.writeable = False
    matte = soft_matte(disc_picture, disc_mask)
    compose(disc_picture, matte, disc_picture)
    cut_out(disc_picture, matte)
    assert (disc_picture == before).all()


def test_spreading_ignores_pixels_without_weight() -> None:
    picture = np.zeros((40, 40, 3), np.uint8)
    picture[:, 20:] = 200
    weight = np.zeros((40, 40), np.float32)
    weight[:, 20:] = 1
    assert abs(int(spread(picture, weight, 3.0)[20, 19, 0]) - 200) <= 4
    assert not spread(picture, np.zeros_like(weight), 3.0)[20, 0].any()
