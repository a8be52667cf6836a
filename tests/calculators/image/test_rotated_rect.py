from __future__ import annotations

import math

import numpy as np
import pytest

from mpgraph.calculators.image.rotated_rect import RotatedRect
from mpgraph.testing import normalized_rect


def test_whole_image_without_a_rectangle() -> None:
    assert RotatedRect.of_image(641, 480) == RotatedRect.of(320.5, 240, 641, 480)


def test_normalized_rect_is_in_fractions_of_the_image() -> None:
    part = normalized_rect(0.25, 0.5, 0.5, 0.125, 0.5)
    assert RotatedRect.of_image(640, 480, part) == RotatedRect.of(160, 240, 320, 60, 0.5)


@pytest.mark.parametrize(
    ("target", "size", "padding"),
    [
        ((100, 100), (200, 200), (0, 0.25, 0, 0.25)),
        ((400, 100), (400, 100), (0.25, 0, 0.25, 0)),
        ((200, 100), (200, 100), (0, 0, 0, 0)),
    ],
)
def test_padded_has_the_aspect_ratio_of_the_target(
    target: tuple[int, int], size: tuple[int, int], padding: tuple[float, ...]
) -> None:
    assert RotatedRect.of(50, 50, 200, 100, 0.3).padded(*target) == (
        RotatedRect.of(50, 50, *size, 0.3),
        padding,
    )


def test_corners_start_at_the_bottom_left_and_go_clockwise() -> None:
    assert RotatedRect.of(10, 20, 4, 6).corners().tolist() == [[8, 23], [8, 17], [12, 17], [12, 23]]


@pytest.mark.parametrize("rotation", [0.3, -1.2, math.pi, 5.0])
def test_corners_rotate_clockwise_about_the_center(rotation: float) -> None:
    upright = RotatedRect.of(0, 0, 8, 2).corners()
    cosine, sine = math.cos(rotation), math.sin(rotation)
    expected = upright @ np.array([[cosine, sine], [-sine, cosine]]) + (3, 4)
    np.testing.assert_allclose(RotatedRect.of(3, 4, 8, 2, rotation).corners(), expected, atol=1e-5)


def test_onto_maps_the_corners_to_those_of_the_target() -> None:
    rotated = RotatedRect.of(50, 40, 30, 10, 0.4)
    mapped = np.c_[rotated.corners(), np.ones(4)] @ rotated.onto(6, 5).T
    np.testing.assert_allclose(mapped[:, :2] / mapped[:, 2:], [[0, 5], [0, 0], [6, 0], [6, 5]], atol=1e-4)


def test_from_output_maps_the_corners_of_the_output_back() -> None:
    rotated = RotatedRect.of(50, 40, 30, 10, 0.4)
    a, b, c, d, e, f = rotated.from_output(6, 5)
    mapped = [(a * x + b * y + c, d * x + e * y + f) for x, y in [(0, 5), (0, 0), (6, 0), (6, 5)]]
    np.testing.assert_allclose(mapped, rotated.corners(), atol=1e-4)


@pytest.mark.parametrize("rotation", [0.0, 0.7, -2.0])
def test_matrix_maps_positions_in_the_tensor_to_positions_in_the_image(rotation: float) -> None:
    roi = RotatedRect.of(100, 80, 60, 40, rotation)
    matrix = np.array(roi.tensor_to_image_matrix(320, 240)).reshape(4, 4)
    corners = np.array([[0, 1], [0, 0], [1, 0], [1, 1]])
    mapped = np.c_[corners, np.zeros(4), np.ones(4)] @ matrix.T
    np.testing.assert_allclose(mapped[:, :2] * (320, 240), roi.corners(), atol=1e-4)
    assert matrix[2].tolist() == [0, 0, pytest.approx(60 / 320), 0] and matrix[3].tolist() == [0, 0, 0, 1]
