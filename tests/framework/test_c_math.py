from __future__ import annotations

import math

import numpy as np
import pytest

from mpgraph.framework import c_math

VALUES = np.linspace(-6, 6, 49, dtype=np.float32)


@pytest.mark.parametrize(
    ("function", "double"),
    [(c_math.cosf, math.cos), (c_math.sinf, math.sin), (c_math.expf, math.exp)],
    ids=["cosf", "sinf", "expf"],
)
def test_functions_are_those_of_math_in_float32(function: object, double: object) -> None:
    assert callable(function)
    assert callable(double)
    for value in VALUES:
        assert function(value) == pytest.approx(double(float(value)), rel=1e-6, abs=1e-7)


def test_arctangent_takes_y_first() -> None:
    assert c_math.atan2f(np.float32(1), np.float32(0)) == pytest.approx(math.pi / 2)


def test_arccosine_is_maths() -> None:
    for value in np.linspace(-1, 1, 9, dtype=np.float32):
        assert c_math.acosf(value) == pytest.approx(math.acos(value), rel=1e-6)


def test_large_exponentials_are_infinite() -> None:
    assert c_math.expf(1000.0) == c_math._exp(1000.0) == math.inf
    assert c_math.expf(-1000.0) == c_math._exp(-1000.0) == 0


def test_double_function_stands_in_for_a_missing_one() -> None:
    assert c_math._from_c("no_such_function", math.cos, 1) is math.cos


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.5, 1),
        (-0.5, -1),
        (2.5, 3),
        (-2.4, -2),
        (0.49999999999999994, 0),
        (1e300, 1e300),
        (-math.inf, -math.inf),
    ],
)
def test_rounding_takes_halves_away_from_zero(value: float, expected: float) -> None:
    assert c_math.rounded(value) == expected
    assert math.isnan(c_math.rounded(math.nan))
