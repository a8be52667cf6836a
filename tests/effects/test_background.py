from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.effects.background import Backdrop, Background, Blur, covering, parse_background
from mpgraph.effects.matte import soft_matte
from mpgraph.errors import InvalidArgumentError, MediaError
from mpgraph.formats.yuv420 import Yuv420
from mpgraph.media.images import write_image

Pixels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.float32]
NOBODY = np.zeros((48, 64), np.uint8)
IMAGE = np.full((48, 64, 3), 7, np.uint8)


def test_color_fills_the_frame() -> None:
    result = parse_background("1,2,3").behind(IMAGE, NOBODY)
    assert result.shape == IMAGE.shape and (result == (1, 2, 3)).all()


def test_image_file_covers_the_frame(tmp_path: Path) -> None:
    stripes = np.zeros((30, 90, 3), np.uint8)
    stripes[:, 30:60] = 255
    write_image(tmp_path / "stripes.png", stripes)
    backdrop = parse_background(str(tmp_path / "stripes.png"))
    result = backdrop.behind(IMAGE, NOBODY)
    assert result.shape == IMAGE.shape
    assert (result[:, 16:48] == 255).all()
    assert backdrop.behind(IMAGE, NOBODY) is result
    assert backdrop.behind(IMAGE[:20], NOBODY[:20]).shape == (20, 64, 3)


def test_missing_image_is_reported_with_near_matches(tmp_path: Path) -> None:
    (tmp_path / "beach.jpg").write_bytes(b"x")
    with pytest.raises(MediaError, match=r'no file.*Did you mean "beach.jpg"'):
        parse_background(str(tmp_path / "beech.jpg"))


def test_invalid_background_lists_the_choices() -> None:
    with pytest.raises(InvalidArgumentError, match="blur or transparent"):
        parse_background("bluur")


def test_blur_keeps_the_person_out_of_the_background(
    disc_image: Pixels, disc_mask: npt.NDArray[np.float32]
) -> None:
    matte = (disc_mask * 255).astype(np.uint8)
    result = Blur().behind(disc_image, matte)
    outside = result[matte == 0]
    assert (np.abs(outside.astype(int) - (20, 200, 20)).max(axis=1) <= 6).all()


def test_blur_blurs(portrait: Pixels) -> None:
    result = Blur().behind(portrait, np.zeros(portrait.shape[:2], np.uint8))
    before, after = (float(np.abs(np.diff(each.astype(int), axis=1)).mean()) for each in (portrait, result))
    assert after < before / 5
    assert np.abs(result.mean(axis=(0, 1)) - portrait.mean(axis=(0, 1))).max() < 3


@pytest.mark.parametrize("size", [(1, 1), (64, 48), (10, 100), (300, 7)])
def test_covering_has_the_requested_size(size: tuple[int, int]) -> None:
    assert covering(np.zeros((30, 40, 3), np.uint8), *size).shape == (size[1], size[0], 3)


@pytest.mark.parametrize("background", [Backdrop.from_color((200, 30, 90)), Blur(0.5)])
def test_backgrounds_of_frames_of_videos_are_alike(
    background: Background, disc_image: Pixels, disc_mask: Mask
) -> None:
    matte = soft_matte(disc_image, disc_mask)
    yuv = Yuv420.empty(disc_image.shape[1], disc_image.shape[0])
    yuv.fill(disc_image)
    result = background.behind_yuv(yuv, matte).rgb().astype(int)
    assert np.abs(result - background.behind(disc_image, matte)).mean() < 1.5
