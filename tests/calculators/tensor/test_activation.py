from __future__ import annotations

import math

import numpy as np
import pytest

from mpgraph.calculators.tensor.activation import c_exp, c_sigmoid, sigmoid, softmax_of_two
from mpgraph.framework.c_math import expf


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


def test_c_functions_equal_the_c_library_to_the_last_bit() -> None:
    # Powers of 2 and denormals have another spacing on either side.
    values = np.concatenate([np.linspace(-104, 89, 100_003), np.arange(-150, 129) * math.log(2)])
    values = values.astype(np.float32).reshape(-1, 2)
    powers = np.array([[expf(value) for value in row] for row in values.tolist()], np.float32)
    assert np.array_equal(c_exp(values), powers)
    assert c_exp(values).dtype == np.float32
    one = np.float32(1)
    assert np.array_equal(c_sigmoid(-values), one / (one + powers))
    assert c_exp(np.array([-1000, 1000, math.inf], np.float32)).tolist() == [0, math.inf, math.inf]
    assert c_sigmoid(np.array([-1000, 1000], np.float32)).tolist() == [0, 1]
