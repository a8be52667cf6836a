from __future__ import annotations

import math

import numpy as np
import pytest

from mpgraph.calculators.image.rotated_rect import RotatedRect


def rect(*values: float) -> RotatedRect:
    return RotatedRect(*map(np.float32, values))


def test_corners_start_at_the_bottom_left_and_go_clockwise() -> None:
    assert rect(10, 20, 4, 6, 0).corners().tolist() == [[8, 23], [8, 17], [12, 17], [12, 23]]


@pytest.mark.parametrize("turn", [0.3, -1.2, math.pi, 5.0])
def test_corners_turn_clockwise_about_the_centre(turn: float) -> None:
    upright = rect(0, 0, 8, 2, 0).corners()
    cosine, sine = math.cos(turn), math.sin(turn)
    expected = upright @ np.array([[cosine, sine], [-sine, cosine]]) + (3, 4)
    np.testing.assert_allclose(rect(3, 4, 8, 2, turn).corners(), expected, atol=1e-5)


def test_onto_takes_the_corners_to_those_of_the_target() -> None:
    turned = rect(50, 40, 30, 10, 0.4)
    mapped = np.c_[turned.corners(), np.ones(4)] @ turned.onto(6, 5).T
    np.testing.assert_allclose(mapped[:, :2] / mapped[:, 2:], [[0, 5], [0, 0], [6, 0], [6, 5]], atol=1e-4)
