from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame

NODE = """
    input_stream: "image" {0} output_stream: "out"
    node {{
      calculator: "SetAlphaCalculator"
      input_stream: "IMAGE:image" {1} output_stream: "IMAGE:out"
      options {{ [mediapipe.SetAlphaCalculatorOptions.ext] {{ {2} }} }}
    }}"""
BY_MASK = NODE.format('input_stream: "alpha"', 'input_stream: "ALPHA:alpha"', "")


def by_value(value: int) -> str:
    return NODE.format("", "", f"alpha_value: {value}")


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize(("value", "alpha"), [(0, 0), (7, 7), (255, 255), (300, 255)])
def test_one_value_for_all_pixels(run: Any, channels: int, value: int, alpha: int) -> None:
    pixels = np.arange(5 * 6 * channels, dtype=np.uint8).reshape(5, 6, channels)
    [(_, out)] = run(by_value(value), [("image", 1, ImageFrame.wrap(pixels))])["out"]
    assert out.image_format is ImageFormat.SRGBA
    assert (out.pixels[..., :3] == pixels[..., :3]).all() and (out.pixels[..., 3] == alpha).all()


@pytest.mark.parametrize("mask_channels", [1, 3, 4])
def test_the_first_channel_of_a_picture(run: Any, mask_channels: int) -> None:
    pixels = np.full((4, 3, 3), 50, np.uint8)
    mask = np.arange(12 * mask_channels, dtype=np.uint8).reshape(4, 3, mask_channels)
    events = [("image", 0, ImageFrame.wrap(pixels)), ("alpha", 0, ImageFrame.wrap(mask))]
    [(_, out)] = run(BY_MASK, events)["out"]
    assert (out.pixels[..., 3] == mask[..., 0]).all() and (out.pixels[..., :3] == 50).all()


def test_floats_are_rounded_halves_up_and_cut_off(run: Any) -> None:
    # Recorded from MediaPipe 0.10.21, but for the last two, which it lets overflow.
    values = [0.0, 1.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.5, -0.2]
    mask = np.array([values], np.float32)
    events = [
        ("image", 0, ImageFrame.wrap(np.zeros((1, 9, 3), np.uint8))),
        ("alpha", 0, ImageFrame.wrap(mask)),
    ]
    [(_, out)] = run(BY_MASK, events)["out"]
    assert out.pixels[0, :, 3].tolist() == [0, 255, 26, 77, 128, 179, 230, 255, 0]


def test_where_the_mask_is_missing_alpha_is_0_and_without_a_picture_nothing_comes(run: Any) -> None:
    picture = ImageFrame.wrap(np.ones((1, 1, 3), np.uint8))
    mask = ImageFrame.wrap(np.full((1, 1), 9, np.uint8))
    out = run(BY_MASK, [("image", 0, picture), ("alpha", 1, mask), ("image", 2, picture), ("alpha", 2, mask)])
    assert [(t, frame.pixels[0, 0].tolist()) for t, frame in out["out"]] == [
        (0, [1, 1, 1, 0]),
        (2, [1, 1, 1, 9]),
    ]


@pytest.mark.parametrize(
    "graph",
    [
        NODE.format("", "", ""),
        NODE.format('input_stream: "alpha"', 'input_stream: "ALPHA:alpha"', "alpha_value: 1"),
    ],
)
def test_alpha_needs_exactly_one_source(run: Any, graph: str) -> None:
    with pytest.raises(RuntimeError, match="Must use either image mask or options alpha value"):
        run(graph)


@pytest.mark.parametrize(
    ("image", "mask", "message"),
    [
        (np.zeros((2, 2), np.uint8), np.zeros((2, 2), np.uint8), "SRGB and SRGBA pictures, not GRAY8"),
        (np.zeros((2, 2, 3), np.uint8), np.zeros((2, 3), np.uint8), "ALPHA is 3x2, IMAGE 2x2"),
        (np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2), np.uint16), "not GRAY16"),
    ],
)
def test_pictures_it_cannot_take(run: Any, image: Any, mask: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(BY_MASK, [("image", 0, ImageFrame.wrap(image)), ("alpha", 0, ImageFrame.wrap(mask))])


BY_MASK_ON_GPU = BY_MASK.replace("IMAGE:", "IMAGE_GPU:").replace("ALPHA:", "ALPHA_GPU:")


@pytest.mark.parametrize(("width", "height"), [(1, 1), (333, 517)])
@pytest.mark.parametrize("channels", [3, 4])
def test_alpha_of_a_mask_on_the_gpu(
    run: Any, on_gpu: Any, bilinear: Any, same_greys: Any, width: int, height: int, channels: int
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
        [(_, out)] = run(BY_MASK_ON_GPU, [("image", 0, on_gpu(image)), ("alpha", 0, on_gpu(mask))])["out"]
        pixels = out.to_frame().pixels
        assert (pixels[..., :3] == image[..., :3]).all() and same_greys(pixels[..., 3], red)


@pytest.mark.parametrize(("value", "alpha"), [(0, 0), (7, 7), (300, 255)])
def test_one_value_for_all_pixels_on_the_gpu(run: Any, on_gpu: Any, value: int, alpha: int) -> None:
    image = np.arange(5 * 6 * 3, dtype=np.uint8).reshape(5, 6, 3)
    text = by_value(value).replace("IMAGE:", "IMAGE_GPU:")
    [(_, out)] = run(text, [("image", 1, on_gpu(image))])["out"]
    frame = out.to_frame()
    assert frame.image_format is ImageFormat.SRGBA
    assert (frame.pixels[..., :3] == image).all() and (frame.pixels[..., 3] == alpha).all()


def test_alpha_is_0_where_the_gpu_mask_is_missing(run: Any, on_gpu: Any) -> None:
    image = on_gpu(np.full((2, 2, 3), 9, np.uint8))
    [(_, out)] = run(BY_MASK_ON_GPU, [("image", 0, image), ("alpha", 0, None)])["out"]
    assert out.to_frame().pixels[0, 0].tolist() == [9, 9, 9, 0]
