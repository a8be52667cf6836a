"""Activation functions: from the scores of models to probabilities, in float32."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mpgraph.framework.c_math import expf

Floats = npt.NDArray[np.float32]

_FEW = 32
"""So many calls of the C library take less time than one of each function of numpy."""

_CLOSE_TO_THE_MIDDLE = 0.48
"""In units of the last place: C libraries' float32 exponentials are off by less than 0.52 of them."""


def sigmoid(values: Floats) -> Floats:
    """Return 1 / (1 + e^-x) of each value; 0 for large negative values."""
    one = np.float32(1)
    with np.errstate(over="ignore"):
        result: Floats = one / (one + np.exp(-values))
    return result


def softmax_of_two(values: Floats, channel: int) -> Floats:
    """Return the HxW probability of `channel` in HxWx2 scores."""
    # Subtracting the larger score keeps the exponentials from overflowing.
    powers = np.exp(values - values.max(axis=2, keepdims=True))
    result: Floats = powers[:, :, channel] / (powers[:, :, 0] + powers[:, :, 1])
    return result


def c_exp(values: Floats) -> Floats:
    """Return e^x of each value, to the last bit as the C library computes it in float32.

    C libraries round correctly except close to the middle between two floats; only there are they called.
    """
    if values.size <= _FEW:
        return np.array([expf(value) for value in values.ravel().tolist()], np.float32).reshape(values.shape)
    with np.errstate(all="ignore"):
        exact = np.exp(values, dtype=np.float64)
        powers: Floats = exact.astype(np.float32)
        close = np.abs(exact - powers) > _CLOSE_TO_THE_MIDDLE * np.spacing(powers).astype(np.float64)
    powers[close] = [expf(value) for value in values[close].tolist()]
    return powers


def c_sigmoid(values: Floats) -> Floats:
    """Return the sigmoid of each value, to the last bit as C++ computes it in float32."""
    one = np.float32(1)
    with np.errstate(over="ignore"):
        result: Floats = one / (one + c_exp(-values))
    return result
