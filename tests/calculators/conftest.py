"""Fixtures of calculator tests: GPU uploads, and reference image arithmetic."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_frame import ImageFrame

Array = npt.NDArray[Any]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect GPU tests without wgpu, which does not exist for Python 3.10."""
    if importlib.util.find_spec("wgpu") is not None:
        return
    deselected = [item for item in items if "on_gpu" in getattr(item, "fixturenames", ())]
    items[:] = [item for item in items if item not in deselected]
    config.hook.pytest_deselected(items=deselected)


@pytest.fixture(scope="session")
def on_gpu() -> Callable[[Array], GpuBuffer]:
    """`on_gpu(pixels)`: an image on the GPU."""
    from mpgraph import gpu

    return lambda pixels: gpu.upload(ImageFrame.wrap(pixels))


@pytest.fixture(scope="session")
def natural() -> Callable[[int, int], Array]:
    """`natural(rows, columns)`: RGBA whose neighboring pixels are as similar as in photographs.

    In noise, an error of 1e-5 pixels in a position, which float32 allows, changes one rounded value in 200.
    """

    def blurred_noise(rows: int, columns: int) -> Array:
        noise = np.random.default_rng(rows).integers(0, 256, (rows, columns, 4), np.uint8)
        return cv2.GaussianBlur(noise, (0, 0), 3)

    return blurred_noise


def _bilinear(image: Array, x: Array, y: Array) -> Array:
    height, width = image.shape[:2]
    left, top = np.floor(x - 0.5), np.floor(y - 0.5)
    across, down = x - 0.5 - left, y - 0.5 - top

    def texels(dx: int, dy: int) -> Array:
        column = np.clip(left + dx, 0, width - 1).astype(int)
        row = np.clip(top + dy, 0, height - 1).astype(int)
        return image[np.broadcast_arrays(row, column)[0], np.broadcast_arrays(row, column)[1]]

    def weights(values: Array) -> Array:
        return values[..., None] if image.ndim == 3 else values

    above = texels(0, 0) * weights(1 - across) + texels(1, 0) * weights(across)
    below = texels(0, 1) * weights(1 - across) + texels(1, 1) * weights(across)
    return above * weights(1 - down) + below * weights(down)


@pytest.fixture(scope="session")
def bilinear() -> Callable[[Array, Array, Array], Array]:
    """`bilinear(image, x, y)`: float64 values at positions in pixels, whose centers are at halves.

    x and y broadcast to the height and width of the result; pixels of the edges repeat outside the image.
    """
    return lambda image, x, y: _bilinear(image.astype(np.float64), np.asarray(x), np.asarray(y))


@pytest.fixture(scope="session")
def same_greys() -> Callable[[Array, Array], bool]:
    """`same_greys(bytes, expected)`: whether bytes are `expected`, rounded; one in 1000 may be off by 1."""

    def same(actual: Array, expected: Array) -> bool:
        off = np.abs(actual.astype(int) - np.floor(np.clip(expected, 0, 255) + 0.5).astype(int))
        return bool(off.max() <= 1 and np.count_nonzero(off) <= max(off.size / 1000, 1))

    return same
