from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import pytest

from mpgraph.errors import ConfigError
from mpgraph.formats.image import Image
from mpgraph.gpu import upload
from mpgraph.testing import run, t

NAME = "EdgeMatteCalculator"


@pytest.fixture
def blurry(portrait: Any) -> tuple[Image, Image]:
    """A mask of the portrait, blurred, 128x128, and the image, 256x256."""
    y, x = np.mgrid[:128, :128]
    disc = np.clip((48 - np.hypot(x - 60, y - 70)) / 10 + 0.5, 0, 1).astype(np.float32)
    return Image.wrap(disc), Image.wrap(np.asarray(cv2.resize(portrait, (256, 256))))


def matte(pair: Sequence[Image], size: Any, options: str = "") -> Any:
    mask, image = pair
    node = run(NAME, options, unread=False).send("MASK", mask @ t(0)).send("IMAGE", image @ t(0))
    [packet] = node.send("SIZE", size @ t(0)).take("MATTE")
    return packet.payload


@pytest.mark.parametrize("size", [(256, 256), (512, 512), (500, 300)])
def test_the_matte_has_the_wanted_size(blurry: Any, size: tuple[int, int]) -> None:
    found = matte(blurry, size).pixels
    assert found.shape == size[::-1] and found.dtype == np.uint8
    assert found[size[1] // 2, size[0] // 2] == 255 and found[0, -1] == 0


@pytest.mark.parametrize("options", ["", "reach: 0", "radius: 3 epsilon: 1e-3", "reach: 2", "passes: 1"])
def test_mattes_are_equal_on_the_gpu(blurry: Any, options: str) -> None:
    on_gpu = [Image.from_gpu_buffer(upload(image)) for image in blurry]
    one, other = matte(blurry, (512, 512), options), matte(on_gpu, (512, 512), options)
    assert other.uses_gpu()
    assert (np.abs(one.pixels.astype(int) - other.pixels) <= 2).mean() > 0.998


def test_nothing_is_sent_without_a_mask(blurry: Any) -> None:
    node = run(NAME).send("IMAGE", blurry[1] @ t(0)).send("SIZE", (8, 8) @ t(0)).bound("MASK", 1)
    node.settles("MATTE", 0).expect_nothing("MATTE")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("radius: 0", "at least 1"),
        ("passes: 0", "at least 1"),
        ("epsilon: 0", "must be positive"),
        ("reach: -1", "must not be negative"),
    ],
)
def test_options_are_checked(blurry: Any, options: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        matte(blurry, (8, 8), options)
