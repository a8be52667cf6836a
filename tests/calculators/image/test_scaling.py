from __future__ import annotations

import cv2
import numpy as np
import pytest

from mpgraph.calculators.image.scaling import FILL_AND_CROP, FIT, STRETCH, Scaling, letterbox_padding


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (height, width, 3)).astype(np.uint8)


@pytest.mark.parametrize(
    ("size", "method"),
    [((20, 10), cv2.INTER_AREA), ((60, 10), cv2.INTER_LINEAR), ((60, 70), cv2.INTER_LINEAR)],
)
def test_stretch_averages_only_if_both_sides_shrink(size: tuple[int, int], method: int) -> None:
    image = noise(30, 40)
    scaled = Scaling(*size, STRETCH, False, None).apply(image)
    assert (scaled == cv2.resize(image, size, interpolation=method)).all()


def test_nearest_creates_no_new_values() -> None:
    image = np.array([[0, 200]], np.uint8)
    assert set(Scaling(7, 3, STRETCH, True, None).apply(image).ravel().tolist()) == {0, 200}


def test_fit_adds_a_border_on_both_sides_and_the_odd_pixel_below() -> None:
    scaled = Scaling(8, 7, FIT, False, (9, 8, 7)).apply(np.full((2, 4, 3), 100, np.uint8))
    assert scaled.shape == (7, 8, 3)
    inside = (scaled == 100).all(axis=(1, 2))
    assert inside.tolist() == [False, True, True, True, True, False, False]
    assert scaled[0, 0].tolist() == [9, 8, 7]


def test_fit_can_repeat_the_edge() -> None:
    scaled = Scaling(2, 6, FIT, False, None).apply(np.array([[10, 10], [200, 200]], np.uint8))
    assert scaled[:, 0].tolist() == [10, 10, 10, 200, 200, 200]


def test_fill_and_crop_is_fit_without_the_border() -> None:
    assert Scaling(8, 8, FILL_AND_CROP, False, (0, 0, 0)).apply(noise(2, 4)).shape == (4, 8, 3)


def test_image_that_would_vanish_is_refused() -> None:
    with pytest.raises(ValueError, match="leaves no pixels"):
        Scaling(10, 10, FIT, False, None).apply(noise(1, 300))


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((100, 100, 200, 100), (0.25, 0.0, 0.25, 0.0)),
        ((200, 100, 100, 100), (0.0, 0.25, 0.0, 0.25)),
        ((64, 36, 128, 72), (0.0, 0.0, 0.0, 0.0)),
    ],
)
def test_letterbox_padding(sizes: tuple[int, int, int, int], expected: tuple[float, ...]) -> None:
    assert letterbox_padding(*sizes) == expected
