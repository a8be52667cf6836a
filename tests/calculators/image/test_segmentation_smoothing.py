from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.testing import CalculatorRunner, run, t

NAME = "SegmentationSmoothingCalculator"


def smoothed(new: Image, old: Image, ratio: float) -> CalculatorRunner:
    node = run(NAME, f"combine_with_previous_ratio: {ratio}")
    return node.send("MASK", new @ t(0)).send("MASK_PREVIOUS", old @ t(0))


def mask(values: Any) -> Image:
    return Image.wrap(np.array(values, np.float32))


def mixed_slowly(new: float, old: float, ratio: float) -> float:
    x = (new - 0.5) ** 2
    polynomial = x * (5.68842 + x * (-0.748699 + x * (-57.8051 + x * (291.309 + x * -624.717))))
    return new + (old - new) * (1 - min(1.0, polynomial)) * ratio


def mixed(new: Any, old: Any, ratio: float) -> Any:
    return np.vectorize(mixed_slowly)(new, old, ratio)


@pytest.mark.parametrize("ratio", [0.0, 0.3, 0.9, 1.0])
def test_mix_follows_the_formula(ratio: float) -> None:
    new, old = np.random.default_rng(3).random((2, 9, 11), dtype=np.float32)
    expected = mixed(new, old, ratio).astype(np.float32)
    smoothed(mask(new), mask(old), ratio).expect("MASK_SMOOTHED", expected @ t(0))


def test_only_uncertain_values_follow_the_previous_mask() -> None:
    node = smoothed(mask([[0, 0.5, 1]]), mask([[1, 0.9, 0]]), 1)
    node.expect("MASK_SMOOTHED", mask([[0, 0.9, 1]]) @ t(0), tolerance=1e-4)


def test_mask_is_passed_on_without_a_previous_mask_and_nothing_is_sent_without_a_mask() -> None:
    first = mask([[0.5]])
    node = run(NAME, "combine_with_previous_ratio: 1")
    node.send("MASK", first @ t(0)).send("MASK_PREVIOUS", first @ t(1))
    node.expect("MASK_SMOOTHED", (lambda image: image is first) @ t(0))


@pytest.mark.parametrize(
    ("new", "old", "message", "error"),
    [
        (mask([[1, 1]]), mask([[1]]), "MASK is 2x1, MASK_PREVIOUS 1x1", RuntimeError),
        (
            Image.wrap(np.zeros((1, 1), np.uint8)),
            mask([[1]]),
            "Only 1-channel float input image is supported: MASK must be VEC32F1, not GRAY8",
            ValueError,
        ),
        (
            mask([[1]]),
            Image.wrap(np.zeros((1, 1, 3), np.uint8)),
            "MASK_PREVIOUS must be VEC32F1, not SRGB",
            ValueError,
        ),
    ],
)
def test_unsuitable_masks_are_reported(new: Image, old: Image, message: str, error: type[Exception]) -> None:
    smoothed(new, old, 1).expect_error(message, error)


@pytest.mark.parametrize("shape", [(1, 1), (333, 517)])
@pytest.mark.parametrize("channels", [3, 4])
def test_gpu_mixes_red_into_red_and_alpha(
    on_gpu: Any, same_greys: Any, shape: tuple[int, int], channels: int
) -> None:
    new, old = np.random.default_rng(3).integers(0, 256, (2, *shape, channels), np.uint8)
    node = smoothed(Image.from_gpu_buffer(on_gpu(new)), Image.from_gpu_buffer(on_gpu(old)), 0.9)
    [packet] = node.take("MASK_SMOOTHED")
    out = packet.payload
    assert out.uses_gpu() and out.image_format is ImageFormat.SRGBA
    assert same_greys(out.pixels[..., 0], mixed(new[..., 0] / 255, old[..., 0] / 255, 0.9) * 255)
    assert (out.pixels[..., 3] == out.pixels[..., 0]).all() and not out.pixels[..., 1:3].any()


def test_gpu_keeps_floats(on_gpu: Any) -> None:
    new, old = np.random.default_rng(3).random((2, 17, 31), dtype=np.float32) * 1.2 - 0.1
    node = smoothed(Image.from_gpu_buffer(on_gpu(new)), Image.from_gpu_buffer(on_gpu(old)), 0.7)
    [packet] = node.take("MASK_SMOOTHED")
    assert packet.payload.uses_gpu() and packet.payload.image_format is ImageFormat.VEC32F1
    np.testing.assert_allclose(packet.payload.pixels, mixed(new, old, 0.7), atol=1e-6)


@pytest.mark.parametrize("floats", [False, True])
def test_gpu_accepts_a_previous_mask_of_another_size_in_host_memory(
    on_gpu: Any, bilinear: Any, same_greys: Any, floats: bool
) -> None:
    source = np.random.default_rng(4)
    new, old = source.integers(0, 256, (20, 33), np.uint8), source.random((7, 5), dtype=np.float32)
    scaled = bilinear(old, (np.arange(33) + 0.5) * 5 / 33, ((np.arange(20) + 0.5) * 7 / 20)[:, None])
    image = on_gpu(new / np.float32(255) if floats else new)
    [packet] = smoothed(Image.from_gpu_buffer(image), mask(old), 1).take("MASK_SMOOTHED")
    expected = mixed(new / 255, scaled, 1)
    if floats:
        np.testing.assert_allclose(packet.payload.pixels, expected, atol=1e-5)
    else:
        assert same_greys(packet.payload.pixels[..., 0], expected * 255)


def test_gpu_mask_is_passed_on_without_a_previous_mask(on_gpu: Any) -> None:
    first = Image.from_gpu_buffer(on_gpu(np.zeros((2, 2, 4), np.uint8)))
    node = run(NAME, "combine_with_previous_ratio: 1").send("MASK", first @ t(0)).bound("MASK_PREVIOUS", 1)
    node.expect("MASK_SMOOTHED", (lambda image: image is first) @ t(0))
