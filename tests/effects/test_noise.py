from __future__ import annotations

import cv2
import numpy as np
import pytest

from mpgraph.effects.noise import Smoothing, noise


@pytest.mark.parametrize("level", [2, 5, 12])
def test_the_noise_of_an_image_with_edges_is_found(level: int) -> None:
    random = np.random.default_rng(level)
    squares = np.kron(random.integers(40, 216, (12, 20, 3)), np.ones((30, 32, 1)))
    slope = np.linspace(-20, 20, 640)[None, :, None]
    image = np.clip(np.rint(squares + slope + random.normal(0, level, (360, 640, 3))), 0, 255)
    assert noise(image.astype(np.uint8)) == pytest.approx(level, rel=0.12)


def test_texture_in_half_of_the_image_is_no_noise() -> None:
    image = np.random.default_rng(0).normal(128, 2, (360, 640, 3))
    image[:, :320] += np.random.default_rng(1).normal(0, 30, (360, 320, 1))
    assert noise(np.rint(image).clip(0, 255).astype(np.uint8)) < 5


@pytest.mark.parametrize("size", [(1, 1), (2, 9), (3, 3), (5, 300)])
def test_small_and_flat_images_have_none(size: tuple[int, int]) -> None:
    assert noise(np.full((*size, 3), 77, np.uint8)) == 0


def test_noise_beyond_all_measure() -> None:
    checks = np.indices((90, 160)).sum(axis=0) % 2 * 255
    assert noise(cv2.merge([checks.astype(np.uint8)] * 3)) > 100


@pytest.mark.parametrize(
    ("level", "scale", "radii"),
    [
        (0, 2, (1, 0)),
        (1.9, 2, (1, 0)),
        (2.1, 2, (1, 1)),
        (2, 4, (1, 1)),
        (3, 4, (2, 1)),
        (6, 4, (2, 2)),
        (12, 4, (3, 2)),
        (0, 1, (1, 0)),
    ],
)
def test_noise_is_smoothed_as_far_as_the_guide_is_large(
    level: float, scale: float, radii: tuple[int, int]
) -> None:
    assert Smoothing().radii(level, scale) == radii


def test_smoothing_is_held_while_noise_hardly_changes() -> None:
    smoothing = Smoothing()
    first = [smoothing.radii(level, 4) for level in (2.7, 2.9, 2.7, 3.1, 2.4)]
    assert first == [(1, 1)] * 5
    assert smoothing.radii(5, 4) == (2, 1) == smoothing.radii(2.7, 4)
    smoothing.forget()
    assert smoothing.radii(2.7, 4) == (1, 1)
