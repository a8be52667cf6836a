from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat

GRAPH = """
    input_stream: "new" input_stream: "old" output_stream: "out"
    node {
      calculator: "SegmentationSmoothingCalculator"
      input_stream: "MASK:new" input_stream: "MASK_PREVIOUS:old" output_stream: "MASK_SMOOTHED:out"
      options { [mediapipe.SegmentationSmoothingCalculatorOptions.ext] { combine_with_previous_ratio: %s } }
    }"""


def mask(values: Any) -> Image:
    return Image.wrap(np.array(values, np.float32))


def mixed_slowly(new: float, old: float, ratio: float) -> float:
    x = (new - 0.5) ** 2
    polynomial = x * (5.68842 + x * (-0.748699 + x * (-57.8051 + x * (291.309 + x * -624.717))))
    return new + (old - new) * (1 - min(1.0, polynomial)) * ratio


@pytest.mark.parametrize("ratio", [0.0, 0.3, 0.9, 1.0])
def test_follows_the_formula(run: Any, ratio: float) -> None:
    new, old = np.random.default_rng(3).random((2, 9, 11), dtype=np.float32)
    [(_, out)] = run(GRAPH % ratio, [("new", 0, mask(new)), ("old", 0, mask(old))])["out"]
    np.testing.assert_allclose(out.pixels, np.vectorize(mixed_slowly)(new, old, ratio), atol=1e-6)


def test_what_is_certain_stays_and_what_is_not_follows_the_old_mask(run: Any) -> None:
    [(_, out)] = run(GRAPH % 1, [("new", 0, mask([[0, 0.5, 1]])), ("old", 0, mask([[1, 0.9, 0]]))])["out"]
    assert out.pixels.tolist() == [pytest.approx([0, 0.9, 1], abs=1e-4)]


def test_without_an_old_mask_the_new_one_passes_and_without_a_new_one_nothing_comes(run: Any) -> None:
    first = mask([[0.5]])
    out = run(GRAPH % 1, [("new", 0, first), ("old", 1, first)])["out"]
    assert [(t, image is first) for t, image in out] == [(0, True)]


@pytest.mark.parametrize(
    ("new", "old", "message"),
    [
        (mask([[1, 1]]), mask([[1]]), "MASK is 2x1, MASK_PREVIOUS 1x1"),
        (Image.wrap(np.zeros((1, 1), np.uint8)), mask([[1]]), "MASK must .* not GRAY8"),
        (mask([[1]]), Image.wrap(np.zeros((1, 1, 3), np.uint8)), "MASK_PREVIOUS must .* not SRGB"),
    ],
)
def test_masks_it_cannot_mix(run: Any, new: Image, old: Image, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(GRAPH % 1, [("new", 0, new), ("old", 0, old)])


def mixed(new: Any, old: Any, ratio: float) -> Any:
    return np.vectorize(mixed_slowly)(new, old, ratio)


@pytest.mark.parametrize("shape", [(1, 1), (333, 517)])
@pytest.mark.parametrize("channels", [3, 4])
def test_on_the_gpu_red_counts_and_goes_to_red_and_alpha(
    run: Any, on_gpu: Any, same_greys: Any, shape: tuple[int, int], channels: int
) -> None:
    new, old = np.random.default_rng(3).integers(0, 256, (2, *shape, channels), np.uint8)
    events = [("new", 0, Image.from_gpu_buffer(on_gpu(new))), ("old", 0, Image.from_gpu_buffer(on_gpu(old)))]
    [(_, out)] = run(GRAPH % 0.9, events)["out"]
    assert out.uses_gpu() and out.image_format is ImageFormat.SRGBA
    assert same_greys(out.pixels[..., 0], mixed(new[..., 0] / 255, old[..., 0] / 255, 0.9) * 255)
    assert (out.pixels[..., 3] == out.pixels[..., 0]).all() and not out.pixels[..., 1:3].any()


def test_floats_on_the_gpu_stay_floats(run: Any, on_gpu: Any) -> None:
    new, old = np.random.default_rng(3).random((2, 17, 31), dtype=np.float32) * 1.2 - 0.1
    events = [("new", 0, Image.from_gpu_buffer(on_gpu(new))), ("old", 0, Image.from_gpu_buffer(on_gpu(old)))]
    [(_, out)] = run(GRAPH % 0.7, events)["out"]
    assert out.uses_gpu() and out.image_format is ImageFormat.VEC32F1
    np.testing.assert_allclose(out.pixels, mixed(new, old, 0.7), atol=1e-6)


@pytest.mark.parametrize("floats", [False, True])
def test_an_old_mask_in_host_memory_and_of_another_size(
    run: Any, on_gpu: Any, bilinear: Any, same_greys: Any, floats: bool
) -> None:
    source = np.random.default_rng(4)
    new, old = source.integers(0, 256, (20, 33), np.uint8), source.random((7, 5), dtype=np.float32)
    scaled = bilinear(old, (np.arange(33) + 0.5) * 5 / 33, ((np.arange(20) + 0.5) * 7 / 20)[:, None])
    given = new / np.float32(255) if floats else new
    [(_, out)] = run(GRAPH % 1, [("new", 0, Image.from_gpu_buffer(on_gpu(given))), ("old", 0, mask(old))])[
        "out"
    ]
    expected = mixed(new / 255, scaled, 1)
    if floats:
        np.testing.assert_allclose(out.pixels, expected, atol=1e-5)
    else:
        assert same_greys(out.pixels[..., 0], expected * 255)


def test_a_mask_on_the_gpu_passes_without_an_old_one(run: Any, on_gpu: Any) -> None:
    first = Image.from_gpu_buffer(on_gpu(np.zeros((2, 2, 4), np.uint8)))
    [(_, out)] = run(GRAPH % 1, [("new", 0, first)])["out"]
    assert out is first
