from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.media.images import read_image, write_image
from mpgraph.solutions.selfie_segmentation import SelfieSegmentation

Pixels = npt.NDArray[np.uint8]


@pytest.fixture
def me(tmp_path: Path, portrait_file: Path) -> Path:
    """A copy of the portrait."""
    file = tmp_path / "me.jpg"
    file.write_bytes(portrait_file.read_bytes())
    return file


def test_default_is_a_blurred_background_next_to_the_input(cli: Any, me: Path, portrait: Pixels) -> None:
    target = me.with_name("me-selfie.jpg")
    assert cli("selfie", me) == (0, f"{target} (512x512)\n", "")
    result = read_image(target).astype(int)
    face, wall = (slice(60, 150), slice(190, 270)), (slice(0, 150), slice(380, 500))
    assert np.abs(result[face] - portrait[face]).mean() < 4
    sharpness = [float(np.abs(np.diff(each[wall].astype(int), axis=1)).mean()) for each in (portrait, result)]
    assert sharpness[1] < 0.5 * sharpness[0]


def test_transparent_result_is_png(cli: Any, me: Path) -> None:
    assert cli("selfie", me, "-b", "transparent").code == 0
    result = read_image(me.with_name("me-selfie.png"), alpha=True)
    assert result.shape == (512, 512, 4)
    assert result[100, 230, 3] == 255 and result[20, 480, 3] == 0
    assert 0.5 < (result[..., 3] > 127).mean() < 0.6


def test_mask_only_writes_the_mask_of_the_solution(
    cli: Any, me: Path, portrait: Pixels, tmp_path: Path
) -> None:
    assert cli("selfie", me, "--mask-only").code == 0
    with SelfieSegmentation() as segmenter:
        mask = segmenter.process(portrait).segmentation_mask
    grey = read_image(tmp_path / "me-mask.png")[..., 0]
    assert np.abs(grey - 255 * mask).max() <= 0.51
    assert cli("selfie", me, tmp_path / "hard.png", "--mask-only", "--threshold", "0.1").code == 0
    assert ((read_image(tmp_path / "hard.png")[..., 0] == 255) == (mask > 0.1)).all()


def test_models_differ(cli: Any, me: Path, tmp_path: Path) -> None:
    for model in ("general", "landscape"):
        assert cli("selfie", me, tmp_path / f"{model}.png", "--mask-only", "--model", model).code == 0
    general, landscape = (read_image(tmp_path / f"{model}.png") for model in ("general", "landscape"))
    assert (general != landscape).any()
    assert ((general > 127) == (landscape > 127)).mean() > 0.9


def test_image_as_background(cli: Any, me: Path, tmp_path: Path) -> None:
    write_image(tmp_path / "blue.png", np.full((10, 30, 3), (0, 0, 200), np.uint8))
    assert cli("selfie", me, tmp_path / "out.png", "-b", tmp_path / "blue.png").code == 0
    assert (read_image(tmp_path / "out.png")[20, 480] == (0, 0, 200)).all()


def test_folder_of_images(cli: Any, me: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    portrait = read_image(me)
    for name in ("a.jpg", "a.png", "2.png", "10.png"):
        write_image(photos / name, np.ascontiguousarray(portrait[:200, :300]))
    (photos / "notes.txt").write_text("no image", "utf-8")
    (photos / "cut.jpg").write_bytes(me.read_bytes()[:9000])
    code, out, err = cli("selfie", photos, "-b", "transparent")
    done = tmp_path / "photos-selfie"
    assert code == 1 and out == f"{done}: 4 of 5 images\n"
    assert err == f'error: "{photos / "cut.jpg"}" is cut off: the JPEG has no end marker\n'
    assert {file.name for file in done.iterdir()} == {"2.png", "10.png", "a.jpg.png", "a.png.png"}
    (photos / "cut.jpg").unlink()
    assert "--force" in cli("selfie", photos, done, "-b", "transparent").err
    assert cli("selfie", photos, done, "-b", "transparent", "--force").code == 0


@pytest.mark.parametrize("size", [(1, 1), (3, 1000), (517, 333)])
def test_any_size(cli: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    write_image(tmp_path / "odd.png", np.full((*size, 3), 90, np.uint8))
    assert cli("selfie", tmp_path / "odd.png").code == 0
    assert read_image(tmp_path / "odd-selfie.png").shape == (*size, 3)
