from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.calculators.image.recolor import recolor, weights_of
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.testing import CalculatorRunner, run, solid, t

Array = npt.NDArray[Any]

NAME = "RecolorCalculator"
BLUE = "color { r: 0 g: 0 b: 255 } adjust_with_luminance: false "


def recolored_slowly(image: Array, weights: Array, color: Any, invert: bool, luminance: bool) -> Array:
    """Evaluate the formula pixel by pixel: two products rounded to bytes, then their sum."""
    result = np.empty_like(image)
    one = np.float32(1)
    for index in np.ndindex(*weights.shape):
        red, green, blue = (float(value) for value in image[index])
        weight = one - weights[index] if invert else weights[index]
        if luminance:
            weight = weight * np.float32((red * 0.299 + green * 0.587 + blue * 0.114) / 255)
        mix = float(weight)
        for channel in range(3):
            kept = round(float(image[index][channel]) * (1.0 - mix))  # To the nearest, ties to even.
            added = round(color[channel] * mix)
            result[index][channel] = min(min(max(kept, 0), 255) + min(max(added, 0), 255), 255)
    return result


@pytest.mark.parametrize("invert", [False, True])
@pytest.mark.parametrize("luminance", [False, True])
@pytest.mark.parametrize("color", [(0, 0, 255), (255, 255, 255), (17, 200, 1)])
def test_recolor_equals_the_formula_to_the_last_bit(color: Any, invert: bool, luminance: bool) -> None:
    rng = np.random.default_rng(7)
    image = rng.integers(0, 256, (131, 11, 3)).astype(np.uint8)
    weights = rng.random((131, 11), dtype=np.float32)
    weights[0, :9] = [0, 1, 0.5, 0.25, 1e-9, 1 - 1e-7, 0.1, 1.5, -0.25]
    # Bands in which weights are all but 0 or 1, and one that is neither.
    weights[64:, :5] = rng.random((67, 5), dtype=np.float32) / 128
    weights[64:, 5:] = 1 - rng.random((67, 6), dtype=np.float32) / 128
    weights[128:] = [-0.25, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1.5]
    result = recolor(image, weights, color, invert=invert, adjust_with_luminance=luminance)
    assert (result == recolored_slowly(image, weights, color, invert, luminance)).all()


@pytest.mark.parametrize("size", [(1, 1), (1, 4), (4, 1), (2, 2), (1, 3)])
def test_recolor_of_images_that_opencv_could_mistake_for_scalars(size: tuple[int, int]) -> None:
    image = np.full((*size, 3), 200, np.uint8)
    weights = np.full(size, 0.3, np.float32)
    result = recolor(image, weights, (10, 20, 30), invert=True, adjust_with_luminance=True)
    assert (result == recolored_slowly(image, weights, (10, 20, 30), True, True)).all()


def test_recolor_rounds_each_product() -> None:
    image = np.full((1, 1, 3), 1, np.uint8)
    half = np.full((1, 1), 0.5, np.float32)
    # 0.5 + 0.5 is 1, but each half is rounded to 0 first; 1.5 + 0.5 becomes 2 + 0.
    assert not recolor(image, half, (1, 1, 1), invert=False, adjust_with_luminance=False).any()
    result = recolor(image * 3, half, (1, 1, 1), invert=False, adjust_with_luminance=False)
    assert result.tolist() == [[[2, 2, 2]]]


def test_recolor_does_not_change_its_input() -> None:
    image = np.full((2, 2, 3), 9, np.uint8)
    image.flags.writeable = False
    recolor(image, np.ones((2, 2), np.float32), (1, 2, 3), invert=False, adjust_with_luminance=False)
    assert (image == 9).all()


def test_weights_of_bytes_are_255ths() -> None:
    mask = np.array([[0, 51, 255]], np.uint8)
    assert weights_of(mask, 3, 1).tolist() == [[0.0, float(np.float32(51 * (1.0 / 255.0))), 1.0]]


def test_weights_are_scaled_bilinearly() -> None:
    mask = np.array([[0, 1]], np.float32)
    assert weights_of(mask, 4, 2).tolist() == [[0.0, 0.25, 0.75, 1.0]] * 2
    assert weights_of(mask, 2, 1) is mask


def masked(options: str, mask: Any, image: Any = 100) -> CalculatorRunner:
    frame = solid(image, 2, 2) if isinstance(image, int) else ImageFrame.wrap(image)
    node = run(NAME, options, outputs=["IMAGE"]).send("IMAGE", frame @ t(3))
    return node.send("MASK", ImageFrame.wrap(np.array(mask)) @ t(3))


def pixels(*rows: Any) -> Any:
    return ImageFrame.wrap(np.array(rows, np.uint8), ImageFormat.SRGB) @ t(3)


def test_masked_pixels_take_the_color() -> None:
    masked(BLUE, np.array([[0, 1], [0.5, 0.25]], np.float32)).expect(
        "IMAGE", pixels([[100, 100, 100], [0, 0, 255]], [[50, 50, 178], [75, 75, 139]])
    )


def test_invert_mask_colors_the_background() -> None:
    blue, gray = [0, 0, 255], [100, 100, 100]
    mask = np.array([[0, 255], [255, 255]], np.uint8)
    masked(BLUE + "invert_mask: true", mask).expect("IMAGE", pixels([blue, gray], [gray, gray]))


def test_luminance_weakens_the_color_by_default() -> None:
    # A gray of 51 has a luminance of 0.2.
    masked("color { b: 255 }", np.ones((2, 2), np.float32), 51).expect(
        "IMAGE", pixels([[41, 41, 92]] * 2, [[41, 41, 92]] * 2)
    )


@pytest.mark.parametrize(("channel", "expected"), [("RED", [0, 0, 255]), ("ALPHA", [100, 100, 100])])
def test_mask_channel(channel: str, expected: list[int]) -> None:
    mask = np.tile(np.array([255, 9, 9, 0], np.uint8), (2, 2, 1))
    masked(BLUE + f"mask_channel: {channel}", mask).expect("IMAGE", pixels([expected] * 2, [expected] * 2))


def test_small_mask_is_scaled_to_the_image() -> None:
    masked(BLUE, np.ones((1, 1), np.float32)).expect("IMAGE", pixels([[0, 0, 255]] * 2, [[0, 0, 255]] * 2))


def test_image_is_passed_on_unchanged_without_a_mask() -> None:
    image = solid(100, 2, 2)
    node = run(NAME, BLUE, inputs=["IMAGE", "MASK"], outputs=["IMAGE"])
    node.send("IMAGE", image @ t(5)).bound("MASK", 6).expect("IMAGE", (lambda frame: frame is image) @ t(5))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("", "Missing color option"),
        ("color { r: 256 }", "color.r is 256"),
        ("color { b: -1 }", "color.b is -1"),
    ],
)
def test_wrong_color_is_refused(options: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(NAME, options, inputs=["IMAGE", "MASK"], outputs=["IMAGE"])


@pytest.mark.parametrize(
    ("channels", "mask", "options", "message"),
    [
        (4, np.zeros((2, 2), np.uint8), "", "SRGB images on the CPU, not SRGBA"),
        (3, np.zeros((2, 2), np.uint16), "", "uint8 or float32, not GRAY16"),
        (3, np.zeros((2, 2, 3), np.uint8), "mask_channel: ALPHA", "SRGB, which has no alpha"),
    ],
)
def test_unsupported_formats_are_reported(channels: int, mask: Any, options: str, message: str) -> None:
    image = np.zeros((2, 2, channels), np.uint8)
    masked(BLUE + options, mask, image).expect_error(message, ValueError)


def recolored(image: Any, weights: Any, color: tuple[int, int, int], luminance: bool = False) -> Any:
    """RecolorCalculator's shader, in float64. image and the result: HxWx4."""
    image = image.astype(np.float64)
    mix = weights * (image[..., :3] @ (0.299, 0.587, 0.114)) / 255 if luminance else weights
    return image * (1 - mix[..., None]) + np.array([*color, 255.0]) * mix[..., None]


def masked_on_gpu(options: str, image: Any, mask: Any) -> CalculatorRunner:
    node = run(NAME, options, outputs=["IMAGE_GPU"])
    return node.send("IMAGE_GPU", image @ t(0)).send("MASK_GPU", mask @ t(0))


@pytest.mark.parametrize(("width", "height"), [(1, 1), (333, 517)])
@pytest.mark.parametrize(("mask_width", "mask_height"), [(333, 517), (64, 36)])
@pytest.mark.parametrize("luminance", [False, True])
def test_gpu(
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
    options = "color { r: 10 g: 200 b: 30 } invert_mask: true "
    options += "" if luminance else "adjust_with_luminance: false"
    [packet] = masked_on_gpu(options, on_gpu(image), on_gpu(mask)).take("IMAGE_GPU")
    x = (np.arange(width) + 0.5) * mask_width / width
    y = ((np.arange(height) + 0.5) * mask_height / height)[:, None]
    weights = 1 - bilinear(mask[..., 0], x, y) / 255
    actual = packet.payload.to_frame()
    assert actual.image_format is ImageFormat.SRGBA
    assert same_greys(actual.pixels, recolored(image, weights, (10, 200, 30), luminance))


def test_gpu_mask_of_floats_or_alpha(on_gpu: Any, same_greys: Any) -> None:
    image = np.full((2, 2, 4), 100, np.uint8)
    weights = np.array([[0, 1], [0.5, 0.25]], np.float32)
    [packet] = masked_on_gpu(BLUE, on_gpu(image), on_gpu(weights)).take("IMAGE_GPU")
    assert same_greys(packet.payload.to_frame().pixels, recolored(image, weights, (0, 0, 255)))
    mask = np.zeros((2, 2, 4), np.uint8)
    mask[..., 3] = weights * 255
    [packet] = masked_on_gpu(BLUE + "mask_channel: ALPHA", on_gpu(image), on_gpu(mask)).take("IMAGE_GPU")
    assert same_greys(packet.payload.to_frame().pixels, recolored(image, mask[..., 3] / 255, (0, 0, 255)))
    masked_on_gpu(BLUE + "mask_channel: ALPHA", on_gpu(image), on_gpu(weights)).expect_error(
        "mask_channel is ALPHA, but the mask is VEC32F1", ValueError
    )


def test_gpu_image_is_passed_on_unchanged_without_a_mask(on_gpu: Any) -> None:
    image = on_gpu(np.zeros((2, 2, 3), np.uint8))
    node = run(NAME, BLUE, inputs=["IMAGE_GPU", "MASK_GPU"], outputs=["IMAGE_GPU"])
    node.send("IMAGE_GPU", image @ t(5)).bound("MASK_GPU", 6).expect(
        "IMAGE_GPU", (lambda buffer: buffer is image) @ t(5)
    )


@pytest.mark.parametrize(
    ("inputs", "output", "message"),
    [
        (["IMAGE_GPU", "MASK"], "IMAGE_GPU", "CPU and GPU ports cannot be mixed: MASK and IMAGE_GPU are"),
        (["IMAGE", "MASK"], "IMAGE_GPU", "Connect IMAGE, MASK, or else IMAGE_GPU, MASK_GPU."),
        (["IMAGE"], "IMAGE", 'Tag "MASK" index 0 is a required input stream'),
        (["IMAGE_GPU"], "IMAGE_GPU", 'Tag "MASK_GPU" index 0 is a required input stream'),
    ],
)
def test_ports_of_both_devices_are_refused(inputs: list[str], output: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(NAME, BLUE, inputs=inputs, outputs=[output])
