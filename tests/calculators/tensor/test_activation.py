from __future__ import annotations

import math

import numpy as np
import pytest

from mpgraph.calculators.tensor.activation import (
    c_exp,
    c_sigmoid,
    exact_exp,
    exact_sigmoid,
    sigmoid,
    softmax_of_two,
)


def test_sigmoid() -> None:
    values = np.array([-200, -3, 0, 3, 200], np.float32)
    expected = [0, 1 / (1 + math.exp(3)), 0.5, 1 / (1 + math.exp(-3)), 1]
    assert sigmoid(values).tolist() == pytest.approx(expected, rel=1e-6)
    assert sigmoid(values).dtype == np.float32


@pytest.mark.parametrize("channel", [0, 1])
def test_softmax_of_two(channel: int) -> None:
    scores = np.array([[[1, 3], [-500, 500], [9, 9]]], np.float32)
    shares = [[1 / (1 + math.exp(2)), 0, 0.5], [1 / (1 + math.exp(-2)), 1, 0.5]]
    assert softmax_of_two(scores, channel).tolist() == [pytest.approx(shares[channel], rel=1e-6)]


def test_exact_functions_are_rounded_like_cpp_float32() -> None:
    values = np.linspace(-100, 100, 4001, dtype=np.float32)
    one = np.float32(1)
    with np.errstate(over="ignore"):
        expected = np.array([math.exp(value) for value in values.astype(float)]).astype(np.float32)
        powers = np.array([math.exp(-value) for value in values.astype(float)]).astype(np.float32)
    assert np.array_equal(exact_exp(values), expected)
    assert np.array_equal(exact_sigmoid(values), one / (one + powers))


def test_c_functions_keep_the_shape_and_are_within_a_unit_of_the_exact_ones() -> None:
    values = np.linspace(-100, 100, 202, dtype=np.float32).reshape(2, 101)
    for of_c, exact in ((c_exp, exact_exp), (c_sigmoid, exact_sigmoid)):
        assert of_c(values).shape == values.shape
        assert of_c(values).dtype == np.float32
        np.testing.assert_allclose(of_c(values), exact(values), rtol=2e-7, atol=1e-44)
    assert c_sigmoid(np.array([-1000, 1000], np.float32)).tolist() == [0, 1]
