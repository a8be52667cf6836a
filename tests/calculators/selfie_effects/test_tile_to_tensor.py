from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.errors import ConfigError
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.gpu import upload
from mpgraph.testing import normalized_rect, run, t

NAME = "TileToTensorCalculator"
FRAME = ImageFrame.wrap(np.random.default_rng(1).integers(90, 256, (72, 128, 3), np.uint8))
DARK = ImageFrame.wrap(FRAME.pixels // 8)


def tensor(port: str, image: Any, rect: Any, options: str = "width: 32 height: 24") -> Any:
    node = run(NAME, options, unread=False).send(port, image @ t(0)).send("NORM_RECT", rect @ t(0))
    [[found]] = [packet.payload for packet in node.take("TENSORS")]
    return found.array


def rect_of(width: float, x: float = 0.5, y: float = 0.5, height: float = 0.5) -> Any:
    return normalized_rect(x, y, width, height)


def test_values_are_those_of_the_part() -> None:
    values = tensor("IMAGE", FRAME, rect_of(0.25, 0.375, 24 / 72, 24 / 72), "width: 32 height: 24")
    assert values.shape == (1, 24, 32, 3) and values.dtype == np.float32
    assert np.allclose(values[0], FRAME.pixels[12:36, 32:64] / 255, atol=1e-6)


def test_a_negative_width_mirrors() -> None:
    plain, mirrored = (tensor("IMAGE", FRAME, rect_of(width))[0] for width in (0.4, -0.4))
    assert np.abs(plain - mirrored[:, ::-1]).max() <= 2 / 255


@pytest.mark.parametrize("image", [FRAME, DARK], ids=["bright", "dark"])
@pytest.mark.parametrize("width", [0.37, -0.37, 1.5])
def test_values_are_equal_on_the_gpu(image: ImageFrame, width: float) -> None:
    rect = rect_of(width, 0.47, 0.55)
    one, other = tensor("IMAGE", image, rect), tensor("IMAGE_GPU", upload(image), rect)
    assert (
        np.abs(one - other).max() <= 8.5 / 255
    )  # A level, times the gain of dark images, and more at 32nds.
    assert np.abs(one - other).mean() <= 0.7 / 255


def test_nothing_is_sent_without_a_rectangle() -> None:
    node = run(NAME).send("IMAGE", FRAME @ t(0)).bound("NORM_RECT", 1)
    node.settles("TENSORS", 0).expect_nothing("TENSORS")


def test_other_formats_are_refused() -> None:
    grey = ImageFrame(ImageFormat.GRAY8, np.zeros((2, 2), np.uint8))
    node = run(NAME, inputs=["IMAGE", "NORM_RECT"]).send("IMAGE", grey @ t(0))
    node.send("NORM_RECT", rect_of(1) @ t(0)).expect_error("IMAGE must be SRGB, not GRAY8")


def test_sizes_are_checked() -> None:
    with pytest.raises(ConfigError, match="width is 0"):
        tensor("IMAGE", FRAME, rect_of(1), "width: 0")
