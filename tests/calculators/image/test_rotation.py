from __future__ import annotations

import numpy as np
import pytest

from mpgraph.calculators.image.rotation import degrees_of_mode, known_degrees, rotate

IMAGE = np.arange(6, dtype=np.uint8).reshape(2, 3) + 1


def test_degrees_of_modes_and_numbers() -> None:
    assert [degrees_of_mode(mode) for mode in range(5)] == [0, 0, 90, 180, 270]
    numbers = (0, 90, 180, 270, 45, -90, 360)
    assert [known_degrees(number) for number in numbers] == [0, 90, 180, 270, 0, 0, 0]


@pytest.mark.parametrize("degrees", [90, 270])
def test_quarter_turn_into_the_rotated_size_is_exact(degrees: int) -> None:
    assert (rotate(IMAGE, degrees, 2, 3) == np.rot90(IMAGE, degrees // 90)).all()


def test_no_rotation_returns_the_image_itself() -> None:
    assert rotate(IMAGE, 0, 3, 2) is IMAGE


def test_rotation_within_the_same_size_is_about_a_point_between_pixels() -> None:
    square = np.arange(1, 10, dtype=np.uint8).reshape(3, 3)
    # One pixel beside the exact rotation, and black where no pixel was.
    assert rotate(square, 180, 3, 3).tolist() == [[0, 0, 0], [0, 9, 8], [0, 6, 5]]
    assert rotate(square, 90, 3, 3).tolist() == [[0, 0, 0], [3, 6, 9], [2, 5, 8]]
