from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.errors import ConfigError
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.gpu import upload
from mpgraph.testing import run, t

NAME = "PyramidCalculator"
FRAME = ImageFrame.wrap(np.random.default_rng(1).integers(0, 256, (72, 128, 3), np.uint8))


def levels(options: str, port: str, image: Any) -> list[Any]:
    node = run(NAME, options, unread=False).send(port, image @ t(0))
    return [node.take(level)[0].payload for level in ("DETAIL", "SMALL")]


def test_levels_are_halves_of_the_image() -> None:
    detail, small = levels("side: 64 small_side: 32", "IMAGE", FRAME)
    assert (detail.width, detail.height) == (64, 36) and (small.width, small.height) == (32, 18)
    means = FRAME.pixels.reshape(36, 2, 64, 2, 3).mean(axis=(1, 3))
    assert np.abs(detail.pixels - means).max() <= 0.5


def test_a_small_image_is_passed_on() -> None:
    assert levels("", "IMAGE", FRAME)[0].pixels is FRAME.pixels


def test_levels_are_equal_on_the_gpu() -> None:
    options = "side: 64 small_side: 32"
    on_cpu, on_gpu = levels(options, "IMAGE", FRAME), levels(options, "IMAGE_GPU", upload(FRAME))
    for one, other in zip(on_cpu, on_gpu, strict=True):
        assert other.uses_gpu()
        assert np.abs(one.pixels.astype(int) - other.pixels).max() <= 1


def test_sides_are_checked() -> None:
    with pytest.raises(ConfigError, match="1 <= small_side <= side"):
        levels("side: 10 small_side: 20", "IMAGE", FRAME)


def test_other_formats_are_refused() -> None:
    grey = ImageFrame(ImageFormat.GRAY8, np.zeros((2, 2), np.uint8))
    run(NAME, inputs=["IMAGE"]).send("IMAGE", grey @ t(0)).expect_error("IMAGE must be SRGB, not GRAY8")
