from __future__ import annotations

import numpy as np
import pytest

from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.testing import run, t

NAME = "ColorConvertCalculator"


@pytest.mark.parametrize(
    ("source", "target", "given", "expected", "image_format"),
    [
        ("RGBA_IN", "RGB_OUT", [1, 2, 3, 4], [1, 2, 3], ImageFormat.SRGB),
        ("GRAY_IN", "RGB_OUT", 5, [5, 5, 5], ImageFormat.SRGB),
        ("RGB_IN", "GRAY_OUT", [100, 50, 200], 82, ImageFormat.GRAY8),  # 29.9 + 29.35 + 22.8
        ("RGB_IN", "RGBA_OUT", [1, 2, 3], [1, 2, 3, 255], ImageFormat.SRGBA),
        ("BGRA_IN", "RGBA_OUT", [1, 2, 3, 4], [3, 2, 1, 4], ImageFormat.SRGBA),
        ("RGBA_IN", "BGRA_OUT", [1, 2, 3, 4], [3, 2, 1, 4], ImageFormat.SBGRA),
        ("BGR_IN", "RGB_OUT", [1, 2, 3], [3, 2, 1], ImageFormat.SRGB),
    ],
)
def test_conversions(
    source: str, target: str, given: object, expected: object, image_format: ImageFormat
) -> None:
    pixels = np.tile(np.array(given, np.uint8), (3, 2, 1) if isinstance(given, list) else (3, 2))
    node = run(NAME, inputs=[source], outputs=[target]).send(source, ImageFrame.wrap(pixels) @ t(1))
    [packet] = node.take(target)
    assert packet.payload.image_format is image_format
    assert (packet.payload.pixels == expected).all() and packet.payload.pixels.shape[:2] == (3, 2)


def test_other_channels_than_the_tag_says() -> None:
    image = ImageFrame.wrap(np.zeros((2, 2, 3), np.uint8))
    node = run(NAME, inputs=["RGBA_IN"], outputs=["RGB_OUT"]).send("RGBA_IN", image @ t(1))
    node.expect_error("RGBA_IN takes images of 4 bytes per pixel, not SRGB", InvalidArgumentError)


@pytest.mark.parametrize(
    ("inputs", "outputs", "message"),
    [
        (["GRAY_IN"], ["RGBA_OUT"], "Unsupported image format conversion"),
        (["GRAY_IN", "RGB_IN"], ["RGB_OUT"], "Only one input stream"),
        (["RGB_IN"], ["GRAY_OUT", "RGBA_OUT"], "one output stream"),
    ],
)
def test_contract(inputs: list[str], outputs: list[str], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        run(NAME, inputs=inputs, outputs=outputs)
