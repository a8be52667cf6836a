from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.media.images import read_image, write_image

Deep = npt.NDArray[np.uint16]


def ramp() -> Deep:
    """A smooth image of 16 bits, HxWx3 RGB."""
    values = np.linspace(0, 65535, 40 * 60).reshape(40, 60)
    return np.stack([values, values[::-1], values[:, ::-1]], axis=-1).astype(np.uint16)


def deep_file(path: Path, pixels: Deep) -> Path:
    order = cv2.COLOR_RGB2BGR if pixels.shape[2] == 3 else cv2.COLOR_RGBA2BGRA
    assert cv2.imwrite(str(path), cv2.cvtColor(pixels, order))
    return path


def stored(path: Path) -> npt.NDArray[np.generic]:
    pixels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert pixels is not None
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB if pixels.shape[2] == 3 else cv2.COLOR_BGRA2RGBA)


@pytest.mark.parametrize("target", ["out.png", "out.tif"])
@pytest.mark.parametrize("source", ["in.png", "in.tif", "in.tiff"])
def test_what_has_not_changed_keeps_16_bits(source: str, target: str, tmp_path: Path) -> None:
    file = deep_file(tmp_path / source, ramp())
    result = read_image(file).copy()
    result[:, 30:] = (10, 200, 255)
    write_image(tmp_path / target, result, made_from=file)
    made = stored(tmp_path / target)
    assert made.dtype == np.uint16
    np.testing.assert_array_equal(made[:, :30], ramp()[:, :30])
    near = np.abs(made[:, 30:].astype(int) - np.array([10, 200, 255]) * 257)
    assert near.max() < 257 and (near == 0).mean() > 0.9


def test_with_transparency(tmp_path: Path) -> None:
    file = deep_file(tmp_path / "in.png", ramp())
    result = np.dstack([read_image(file), np.full((40, 60), 128, np.uint8)])
    write_image(tmp_path / "out.png", result, made_from=file)
    made = stored(tmp_path / "out.png")
    np.testing.assert_array_equal(made[..., :3], ramp())
    assert (made[..., 3] == 128 * 257).all()


def test_transparent_sources_are_flattened(tmp_path: Path) -> None:
    alpha = np.full((40, 60, 1), 65535, np.uint16)
    alpha[:, 30:] = 0
    file = deep_file(tmp_path / "in.png", np.dstack([ramp(), alpha]))
    write_image(tmp_path / "out.png", read_image(file), made_from=file)
    made = stored(tmp_path / "out.png")
    np.testing.assert_array_equal(made[:, :30], ramp()[:, :30])
    assert made[:, 30:].min() > 65535 - 257


@pytest.mark.parametrize("target", ["out.jpg", "out.webp", "out.bmp"])
def test_other_formats_have_8_bits(target: str, tmp_path: Path) -> None:
    file = deep_file(tmp_path / "in.png", ramp())
    write_image(tmp_path / target, read_image(file), made_from=file)
    assert stored(tmp_path / target).dtype == np.uint8


def test_masks_other_sizes_and_8_bits_stay(tmp_path: Path) -> None:
    file = deep_file(tmp_path / "in.png", ramp())
    for pixels in (np.zeros((40, 60), np.uint8), np.zeros((20, 30, 3), np.uint8)):
        write_image(tmp_path / "out.png", pixels, made_from=file)
        written = cv2.imread(str(tmp_path / "out.png"), cv2.IMREAD_UNCHANGED)
        assert written is not None and written.dtype == np.uint8
    write_image(tmp_path / "eight.png", read_image(file))
    write_image(tmp_path / "out.png", read_image(file), made_from=tmp_path / "eight.png")
    assert stored(tmp_path / "out.png").dtype == np.uint8
