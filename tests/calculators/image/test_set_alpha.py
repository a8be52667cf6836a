from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.testing import CalculatorRunner, run, t

NAME = "SetAlphaCalculator"


def masked(image: Any, mask: Any) -> CalculatorRunner:
    node = run(NAME, outputs=["IMAGE"]).send("IMAGE", ImageFrame.wrap(image) @ t(0))
    return node.send("ALPHA", ImageFrame.wrap(mask) @ t(0))


def rgba(color: Any, alpha: Any) -> ImageFrame:
    alpha = np.broadcast_to(np.array(alpha, np.uint8), color.shape[:2])
    return ImageFrame.wrap(np.dstack([color[..., :3], alpha]), ImageFormat.SRGBA)


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize(("value", "alpha"), [(0, 0), (7, 7), (255, 255), (300, 255)])
def test_one_value_for_all_pixels(channels: int, value: int, alpha: int) -> None:
    pixels = np.arange(5 * 6 * channels, dtype=np.uint8).reshape(5, 6, channels)
    node = run(NAME, f"alpha_value: {value}").send("IMAGE", ImageFrame.wrap(pixels) @ t(1))
    node.expect("IMAGE", rgba(pixels, alpha) @ t(1))


@pytest.mark.parametrize("mask_channels", [1, 3, 4])
def test_alpha_is_the_first_channel_of_the_mask(mask_channels: int) -> None:
    pixels = np.full((4, 3, 3), 50, np.uint8)
    mask = np.arange(12 * mask_channels, dtype=np.uint8).reshape(4, 3, mask_channels)
    masked(pixels, mask).expect("IMAGE", rgba(pixels, mask[..., 0]) @ t(0))


def test_float_masks_are_rounded_halves_up_and_clamped() -> None:
    # Recorded from MediaPipe 0.10.21, except for the last two, which overflow there.
    values = [0.0, 1.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.5, -0.2]
    black = np.zeros((1, 9, 3), np.uint8)
    masked(black, np.array([values], np.float32)).expect(
        "IMAGE", rgba(black, [[0, 255, 26, 77, 128, 179, 230, 255, 0]]) @ t(0)
    )


def test_alpha_is_0_without_a_mask_and_nothing_is_sent_without_an_image() -> None:
    pixels = np.ones((1, 1, 3), np.uint8)
    image, mask = ImageFrame.wrap(pixels), ImageFrame.wrap(np.full((1, 1), 9, np.uint8))
    node = run(NAME).send("IMAGE", image @ t(0)).send("ALPHA", mask @ t(1))
    node.send("IMAGE", image @ t(2)).send("ALPHA", mask @ t(2))
    node.expect("IMAGE", rgba(pixels, 0) @ t(0), rgba(pixels, 9) @ t(2))


@pytest.mark.parametrize(("options", "inputs"), [("", ["IMAGE"]), ("alpha_value: 1", ["IMAGE", "ALPHA"])])
def test_alpha_needs_exactly_one_source(options: str, inputs: list[str]) -> None:
    with pytest.raises(RuntimeError, match="Must use either image mask or options alpha value"):
        run(NAME, options, inputs=inputs, outputs=["IMAGE"])


@pytest.mark.parametrize(
    ("image", "mask", "message"),
    [
        (np.zeros((2, 2), np.uint8), np.zeros((2, 2), np.uint8), "SRGB and SRGBA images, not GRAY8"),
        (np.zeros((2, 2, 3), np.uint8), np.zeros((2, 3), np.uint8), "ALPHA is 3x2, IMAGE 2x2"),
        (np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2), np.uint16), "not GRAY16"),
    ],
)
def test_unsuitable_images_are_reported(image: Any, mask: Any, message: str) -> None:
    masked(image, mask).expect_error(message, ValueError)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (333, 517)])
@pytest.mark.parametrize("channels", [3, 4])
def test_gpu_takes_alpha_from_a_mask(
    on_gpu: Any, bilinear: Any, same_greys: Any, width: int, height: int, channels: int
) -> None:
    source = np.random.default_rng(1)
    image = source.integers(0, 256, (height, width, channels), np.uint8)
    for mask in (image, source.random((7, 5), dtype=np.float32)):
        rows, columns = mask.shape[:2]
        red = bilinear(
            mask[..., 0] if mask.ndim == 3 else mask * 255,
            (np.arange(width) + 0.5) * columns / width,
            ((np.arange(height) + 0.5) * rows / height)[:, None],
        )
        node = run(NAME).send("IMAGE_GPU", on_gpu(image) @ t(0)).send("ALPHA_GPU", on_gpu(mask) @ t(0))
        [packet] = node.take("IMAGE_GPU")
        pixels = packet.payload.to_frame().pixels
        assert (pixels[..., :3] == image[..., :3]).all() and same_greys(pixels[..., 3], red)


@pytest.mark.parametrize(("value", "alpha"), [(0, 0), (7, 7), (300, 255)])
def test_gpu_sets_one_value_for_all_pixels(on_gpu: Any, value: int, alpha: int) -> None:
    image = np.arange(5 * 6 * 3, dtype=np.uint8).reshape(5, 6, 3)
    [packet] = run(NAME, f"alpha_value: {value}").send("IMAGE_GPU", on_gpu(image) @ t(1)).take("IMAGE_GPU")
    frame = packet.payload.to_frame()
    assert frame.image_format is ImageFormat.SRGBA
    assert (frame.pixels[..., :3] == image).all() and (frame.pixels[..., 3] == alpha).all()


def test_gpu_alpha_is_0_without_a_mask(on_gpu: Any) -> None:
    node = run(NAME, inputs=["IMAGE_GPU", "ALPHA_GPU"], outputs=["IMAGE_GPU"]).bound("ALPHA_GPU", 1)
    [packet] = node.send("IMAGE_GPU", on_gpu(np.full((2, 2, 3), 9, np.uint8)) @ t(0)).take("IMAGE_GPU")
    assert packet.payload.to_frame().pixels[0, 0].tolist() == [9, 9, 9, 0]
