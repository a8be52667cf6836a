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


def noisy(level: float, size: int) -> Image:
    """A grey image, size x size, with this noise."""
    pixels = np.random.default_rng(0).normal(128, level, (size, size, 3))
    return Image.wrap(np.rint(pixels).clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize(("size", "levels"), [(256, [1, 6]), (512, [2.7, 3.1, 12]), (128, [4])])
def test_noise_is_smoothed_alike_on_the_gpu(blurry: Any, size: int, levels: list[float]) -> None:
    """In the images of a video, by turns."""
    on_cpu, on_gpu = run(NAME, unread=False), run(NAME, unread=False)
    for index, level in enumerate(levels):
        image = noisy(level, size)
        found: list[Any] = []
        for node, pair in (
            (on_cpu, (blurry[0], image)),
            (on_gpu, [Image.from_gpu_buffer(upload(each)) for each in (blurry[0], image)]),
        ):
            node.send("MASK", pair[0] @ t(index)).send("IMAGE", pair[1] @ t(index))
            [packet] = node.send("SIZE", (size, size) @ t(index)).take("MATTE")
            found.append(packet.payload.pixels.astype(int))
        assert (np.abs(found[0] - found[1]) <= 2).mean() > 0.995


def test_single_images_do_not_depend_on_the_previous_one(blurry: Any) -> None:
    mask = blurry[0]
    levels = (2.7, 5, 2.7)
    mattes: dict[bool, list[Any]] = {}
    for use_previous in (True, False):
        node = run(NAME, side={"USE_PREVIOUS": use_previous}, unread=False)
        for index, level in enumerate(levels):
            node.send("MASK", mask @ t(index)).send("IMAGE", noisy(level, 512) @ t(index))
            [packet] = node.send("SIZE", (512, 512) @ t(index)).take("MATTE")
            mattes.setdefault(use_previous, []).append(packet.payload.pixels)
    assert (mattes[False][0] == mattes[False][2]).all()
    assert (mattes[True][0] != mattes[True][2]).any()


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
