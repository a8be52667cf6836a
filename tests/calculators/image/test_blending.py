from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.calculators.image.blending import recolor, weights_of

Array = npt.NDArray[Any]


def recolored_slowly(image: Array, weights: Array, color: Any, invert: bool, luminance: bool) -> Array:
    """The formula in its own words, pixel by pixel: two products rounded to bytes, then their sum."""
    result = np.empty_like(image)
    one = np.float32(1)
    for index in np.ndindex(*weights.shape):
        red, green, blue = (float(value) for value in image[index])
        weight = one - weights[index] if invert else weights[index]
        if luminance:
            weight = weight * np.float32((red * 0.299 + green * 0.587 + blue * 0.114) / 255)
        mix = float(weight)
        for channel in range(3):
            kept = round(float(image[index][channel]) * (1.0 - mix))  # to the nearest, ties to even
            added = round(color[channel] * mix)
            result[index][channel] = min(min(max(kept, 0), 255) + min(max(added, 0), 255), 255)
    return result


@pytest.mark.parametrize("invert", [False, True])
@pytest.mark.parametrize("luminance", [False, True])
@pytest.mark.parametrize("color", [(0, 0, 255), (255, 255, 255), (17, 200, 1)])
def test_equals_the_formula_to_the_last_bit(color: Any, invert: bool, luminance: bool) -> None:
    rng = np.random.default_rng(7)
    image = rng.integers(0, 256, (131, 11, 3)).astype(np.uint8)
    weights = rng.random((131, 11), dtype=np.float32)
    weights[0, :9] = [0, 1, 0.5, 0.25, 1e-9, 1 - 1e-7, 0.1, 1.5, -0.25]
    got = recolor(image, weights, color, invert=invert, adjust_with_luminance=luminance)
    assert (got == recolored_slowly(image, weights, color, invert, luminance)).all()


@pytest.mark.parametrize("size", [(1, 1), (1, 4), (4, 1), (2, 2), (1, 3)])
def test_pictures_that_opencv_could_take_for_a_number_or_a_color(size: tuple[int, int]) -> None:
    image = np.full((*size, 3), 200, np.uint8)
    weights = np.full(size, 0.3, np.float32)
    got = recolor(image, weights, (10, 20, 30), invert=True, adjust_with_luminance=True)
    assert (got == recolored_slowly(image, weights, (10, 20, 30), True, True)).all()


def test_products_are_rounded_one_by_one() -> None:
    image = np.full((1, 1, 3), 1, np.uint8)
    half = np.full((1, 1), 0.5, np.float32)
    # 0.5 + 0.5 is 1, but each half is rounded to 0 first; 1.5 + 0.5 becomes 2 + 0.
    assert not recolor(image, half, (1, 1, 1), invert=False, adjust_with_luminance=False).any()
    assert recolor(image * 3, half, (1, 1, 1), invert=False, adjust_with_luminance=False).tolist() == [
        [[2, 2, 2]]
    ]


def test_the_picture_itself_stays_as_it_is() -> None:
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
