from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.effects.background import Blur, covering, parse_background
from mpgraph.errors import InvalidArgumentError, MediaError
from mpgraph.media.images import write_image

Picture = npt.NDArray[np.uint8]
NOBODY = np.zeros((48, 64), np.uint8)
IMAGE = np.full((48, 64, 3), 7, np.uint8)


def test_a_colour_fills_the_frame() -> None:
    made = parse_background("1,2,3").behind(IMAGE, NOBODY)
    assert made.shape == IMAGE.shape and (made == (1, 2, 3)).all()


def test_a_picture_file_covers_the_frame(tmp_path: Path) -> None:
    stripes = np.zeros((30, 90, 3), np.uint8)
    stripes[:, 30:60] = 255
    write_image(tmp_path / "stripes.png", stripes)
    backdrop = parse_background(str(tmp_path / "stripes.png"))
    made = backdrop.behind(IMAGE, NOBODY)
    assert made.shape == IMAGE.shape
    assert (made[:, 16:48] == 255).all()
    assert backdrop.behind(IMAGE, NOBODY) is made
    assert backdrop.behind(IMAGE[:20], NOBODY[:20]).shape == (20, 64, 3)


def test_a_missing_picture_is_named_with_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "beach.jpg").write_bytes(b"x")
    with pytest.raises(MediaError, match=r'no file.*Did you mean "beach.jpg"'):
        parse_background(str(tmp_path / "beech.jpg"))


def test_a_word_that_is_nothing_is_answered_with_the_choices() -> None:
    with pytest.raises(InvalidArgumentError, match="blur or transparent"):
        parse_background("bluur")


def test_blur_keeps_the_person_out_of_the_background(
    disc_picture: Picture, disc_mask: npt.NDArray[np.float32]
) -> None:
    matte = (disc_mask * 255).astype(np.uint8)
    made = Blur().behind(disc_picture, matte)
    outside = made[matte == 0]
    assert (np.abs(outside.astype(int) - (20, 200, 20)).max(axis=1) <= 6).all()


def test_blur_blurs(portrait: Picture) -> None:
    made = Blur().behind(portrait, np.zeros(portrait.shape[:2], np.uint8))
    before, after = (float(np.abs(np.diff(each.astype(int), axis=1)).mean()) for each in (portrait, made))
    assert after < before / 5
    assert np.abs(made.mean(axis=(0, 1)) - portrait.mean(axis=(0, 1))).max() < 3


@pytest.mark.parametrize("size", [(1, 1), (64, 48), (10, 100), (300, 7)])
def test_covering_has_the_asked_size(size: tuple[int, int]) -> None:
    assert covering(np.zeros((30, 40, 3), np.uint8), *size).shape == (size[1], size[0], 3)
