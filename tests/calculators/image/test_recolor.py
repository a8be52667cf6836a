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


ON_GPU = GRAPH.replace("IMAGE:", "IMAGE_GPU:").replace("MASK:", "MASK_GPU:")


def recolored(image: Any, weights: Any, color: tuple[int, int, int], luminance: bool = False) -> Any:
    """RecolorCalculator's shader, in float64; image and what is returned: HxWx4."""
    image = image.astype(np.float64)
    mix = weights * (image[..., :3] @ (0.299, 0.587, 0.114)) / 255 if luminance else weights
    return image * (1 - mix[..., None]) + np.array([*color, 255.0]) * mix[..., None]


@pytest.mark.parametrize(("width", "height"), [(1, 1), (333, 517)])
@pytest.mark.parametrize(("mask_width", "mask_height"), [(333, 517), (64, 36)])
@pytest.mark.parametrize("luminance", [False, True])
def test_on_the_gpu(
    run: Any,
    on_gpu: Any,
    bilinear: Any,
    same_greys: Any,
    width: int,
    height: int,
    mask_width: int,
    mask_height: int,
    luminance: bool,
) -> None:
    source = np.random.default_rng(1)
    image = source.integers(0, 256, (height, width, 4), np.uint8)
    mask = source.integers(0, 256, (mask_height, mask_width, 4), np.uint8)
    options = "color { r: 10 g: 200 b: 30 } invert_mask: true " + (
        "" if luminance else "adjust_with_luminance: false"
    )
    [(_, out)] = run(ON_GPU % options, [("image", 0, on_gpu(image)), ("mask", 0, on_gpu(mask))])["out"]
    x = (np.arange(width) + 0.5) * mask_width / width
    y = ((np.arange(height) + 0.5) * mask_height / height)[:, None]
    weights = 1 - bilinear(mask[..., 0], x, y) / 255
    actual = out.to_frame()
    assert actual.image_format is ImageFormat.SRGBA
    assert same_greys(actual.pixels, recolored(image, weights, (10, 200, 30), luminance))


def test_float_masks_and_alpha_on_the_gpu(run: Any, on_gpu: Any, same_greys: Any) -> None:
    image = np.full((2, 2, 4), 100, np.uint8)
    weights = np.array([[0, 1], [0.5, 0.25]], np.float32)
    [(_, out)] = run(ON_GPU % BLUE, [("image", 0, on_gpu(image)), ("mask", 0, on_gpu(weights))])["out"]
    expected = recolored(image, weights, (0, 0, 255))
    assert same_greys(out.to_frame().pixels, expected)
    mask = np.zeros((2, 2, 4), np.uint8)
    mask[..., 3] = weights * 255
    alpha = ON_GPU % (BLUE + "mask_channel: ALPHA")
    [(_, out)] = run(alpha, [("image", 0, on_gpu(image)), ("mask", 0, on_gpu(mask))])["out"]
    assert same_greys(out.to_frame().pixels, recolored(image, mask[..., 3] / 255, (0, 0, 255)))
    with pytest.raises(ValueError, match="mask_channel is ALPHA, but the mask is VEC32F1"):
        run(alpha, [("image", 0, on_gpu(image)), ("mask", 0, on_gpu(weights))])


def test_without_a_mask_a_picture_on_the_gpu_passes_unchanged(run: Any, on_gpu: Any) -> None:
    given = on_gpu(np.zeros((2, 2, 3), np.uint8))
    [(_, out)] = run(ON_GPU % BLUE, [("image", 5, given), ("mask", 5, None)])["out"]
    assert out is given


@pytest.mark.parametrize(
    ("ports", "message"),
    [
        (("IMAGE_GPU", "MASK", "IMAGE_GPU"), "CPU and GPU ports cannot be mixed: MASK and IMAGE_GPU are"),
        (("IMAGE", "MASK", "IMAGE_GPU"), "Connect IMAGE, MASK, or else IMAGE_GPU, MASK_GPU."),
        (("IMAGE", "", "IMAGE"), 'Tag "MASK" index 0 is a required input stream'),
        (("IMAGE_GPU", "", "IMAGE_GPU"), 'Tag "MASK_GPU" index 0 is a required input stream'),
    ],
)
def test_ports_of_two_places(run: Any, ports: tuple[str, str, str], message: str) -> None:
    image, mask, out = ports
    text = GRAPH % BLUE
    text = (
        text.replace("MASK:mask", f"{mask}:mask") if mask else text.replace('input_stream: "MASK:mask"', "")
    )
    text = text.replace("IMAGE:image", f"{image}:image").replace("IMAGE:out", f"{out}:out")
    with pytest.raises(ValueError, match=message):
        run(text)
