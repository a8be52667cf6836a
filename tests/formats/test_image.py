"""Image: reading image files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import mpgraph as mp
from mpgraph.errors import MediaError


def write(path: Path, pixels: np.ndarray[Any, Any]) -> Path:
    assert cv2.imwrite(str(path), pixels)
    return path


@pytest.mark.parametrize(
    ("shape", "image_format"),
    [((3, 4), "GRAY8"), ((3, 4, 3), "SRGB"), ((3, 4, 4), "SRGBA")],
)
def test_file_is_read_as_stored(tmp_path: Path, shape: tuple[int, ...], image_format: str) -> None:
    stored = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    image = mp.Image.create_from_file(str(write(tmp_path / "a.png", stored)))
    assert image.image_format is mp.ImageFormat[image_format]
    order = {"GRAY8": ..., "SRGB": [2, 1, 0], "SRGBA": [2, 1, 0, 3]}[image_format]
    assert np.array_equal(image.numpy_view(), stored[..., order] if len(shape) == 3 else stored)
    assert image.is_contiguous()


def test_sixteen_bits_become_eight(tmp_path: Path) -> None:
    file = write(tmp_path / "a.png", np.array([[0, 300, 65535]], np.uint16))
    image = mp.Image.create_from_file(file)
    assert image.image_format is mp.ImageFormat.GRAY8
    assert image.numpy_view().tolist() == [[0, 1, 255]]


def test_shipped_portrait(portrait_file: Path, portrait: np.ndarray[Any, Any]) -> None:
    assert np.array_equal(mp.Image.create_from_file(file_name=str(portrait_file)).numpy_view(), portrait)


@pytest.mark.parametrize("content", [b"", b"not an image at all", b"\x89PNG\r\n\x1a\n"])
def test_files_that_are_not_images_are_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(content)
    with pytest.raises(RuntimeError, match=r"a\.png"):
        mp.Image.create_from_file(str(file))


def test_truncated_file(tmp_path: Path, portrait_file: Path) -> None:
    file = tmp_path / "cut.jpg"
    file.write_bytes(portrait_file.read_bytes()[:5000])
    with pytest.raises(MediaError, match="cut off"):
        mp.Image.create_from_file(str(file))


def test_floating_point_images_are_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "a.tiff", np.zeros((2, 2), np.float32))
    with pytest.raises(MediaError, match="not an image of 8 or 16 bits"):
        mp.Image.create_from_file(str(file))


def test_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="there is no file"):
        mp.Image.create_from_file(str(tmp_path / "a.png"))
    with pytest.raises(TypeError):
        mp.Image.create_from_file(3)  # type: ignore[arg-type]


def test_image_frame_is_in_host_memory() -> None:
    assert not mp.Image.wrap(np.zeros((2, 2), np.uint8)).uses_gpu()
