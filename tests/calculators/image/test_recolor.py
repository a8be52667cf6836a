from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame

GRAPH = """
    input_stream: "image" input_stream: "mask" output_stream: "out"
    node {
      calculator: "RecolorCalculator"
      input_stream: "IMAGE:image" input_stream: "MASK:mask" output_stream: "IMAGE:out"
      options { [mediapipe.RecolorCalculatorOptions.ext] { %s } }
    }"""
BLUE = "color { r: 0 g: 0 b: 255 } adjust_with_luminance: false "


def picture(value: int = 100) -> ImageFrame:
    return ImageFrame.wrap(np.full((2, 2, 3), value, np.uint8))


def test_masked_pixels_take_the_color(run: Any) -> None:
    mask = ImageFrame.wrap(np.array([[0, 1], [0.5, 0.25]], np.float32))
    [(t, out)] = run(GRAPH % BLUE, [("image", 3, picture()), ("mask", 3, mask)])["out"]
    assert t == 3 and out.image_format is ImageFormat.SRGB
    assert out.pixels.tolist() == [[[100, 100, 100], [0, 0, 255]], [[50, 50, 178], [75, 75, 139]]]


def test_invert_mask_colors_the_background(run: Any) -> None:
    mask = ImageFrame.wrap(np.array([[0, 255], [255, 255]], np.uint8))
    out = run(GRAPH % (BLUE + "invert_mask: true"), [("image", 0, picture()), ("mask", 0, mask)])["out"]
    assert out[0][1].pixels[0].tolist() == [[0, 0, 255], [100, 100, 100]]


def test_luminance_counts_unless_switched_off(run: Any) -> None:
    mask = ImageFrame.wrap(np.ones((2, 2), np.float32))
    out = run(GRAPH % "color { b: 255 }", [("image", 0, picture(51)), ("mask", 0, mask)])["out"]
    assert out[0][1].pixels[0, 0].tolist() == [41, 41, 92]  # mixed by 0.2


@pytest.mark.parametrize(("channel", "expected"), [("RED", [0, 0, 255]), ("ALPHA", [100, 100, 100])])
def test_one_channel_of_a_mask_with_several_counts(run: Any, channel: str, expected: list[int]) -> None:
    mask = ImageFrame.wrap(np.tile(np.array([255, 9, 9, 0], np.uint8), (2, 2, 1)))
    out = run(GRAPH % (BLUE + f"mask_channel: {channel}"), [("image", 0, picture()), ("mask", 0, mask)])
    assert out["out"][0][1].pixels[0, 0].tolist() == expected


def test_a_small_mask_is_scaled_to_the_picture(run: Any) -> None:
    mask = ImageFrame.wrap(np.ones((1, 1), np.float32))
    out = run(GRAPH % BLUE, [("image", 0, picture()), ("mask", 0, mask)])["out"]
    assert out[0][1].pixels.shape == (2, 2, 3) and (out[0][1].pixels == (0, 0, 255)).all()


def test_without_a_mask_the_picture_passes_unchanged(run: Any) -> None:
    given = picture()
    out = run(GRAPH % BLUE, [("image", 5, given), ("mask", 5, None)])["out"]
    assert [(t, frame is given) for t, frame in out] == [(5, True)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("", "Missing color option"),
        ("color { r: 256 }", "color.r is 256"),
        ("color { b: -1 }", "color.b is -1"),
    ],
)
def test_a_wrong_color_is_told_when_the_graph_is_built(run: Any, options: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(GRAPH % options)


@pytest.mark.parametrize(
    ("image", "mask", "options", "message"),
    [
        (
            np.zeros((2, 2, 4), np.uint8),
            np.zeros((2, 2), np.uint8),
            "",
            "SRGB pictures on the CPU, not SRGBA",
        ),
        (np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2), np.uint16), "", "uint8 or float32, not GRAY16"),
        (
            np.zeros((2, 2, 3), np.uint8),
            np.zeros((2, 2, 3), np.uint8),
            "mask_channel: ALPHA",
            "SRGB, which has no alpha",
        ),
    ],
)
def test_pictures_it_cannot_take(run: Any, image: Any, mask: Any, options: str, message: str) -> None:
    events = [("image", 0, ImageFrame.wrap(image)), ("mask", 0, ImageFrame.wrap(mask))]
    with pytest.raises(ValueError, match=message):
        run(GRAPH % (BLUE + options), events)
