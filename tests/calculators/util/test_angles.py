from __future__ import annotations

import math

import numpy as np
import pytest

from mpgraph.calculators.util.angles import cosine, normalize_radians, rotation_between, sine

ANGLES = np.linspace(-7, 7, 57, dtype=np.float32)


@pytest.mark.parametrize("angle", ANGLES)
def test_functions_are_float32_and_right(angle: np.float32) -> None:
    assert cosine(angle).dtype == sine(angle).dtype == normalize_radians(angle).dtype == np.float32
    assert cosine(angle) == pytest.approx(math.cos(angle), abs=1e-7)
    assert sine(angle) == pytest.approx(math.sin(angle), abs=1e-7)
    normal = normalize_radians(angle)
    assert -math.pi <= normal < math.pi
    assert math.remainder(float(normal) - float(angle), 2 * math.pi) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_no_angle_gives_nan(value: float) -> None:
    for function in (cosine, sine, normalize_radians):
        assert math.isnan(function(np.float32(value)))


def test_vector_that_points_at_the_target_needs_no_rotation() -> None:
    zero, one, up = np.float32(0), np.float32(1), np.float32(math.pi / 2)
    assert rotation_between(up, zero, one, zero, zero) == 0
    assert rotation_between(up, zero, zero, one, zero) == pytest.approx(math.pi / 2)
    assert rotation_between(zero, zero, zero, zero, one) == pytest.approx(math.pi / 2)
