"""Activation functions: from the scores of models to probabilities, in float32."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mpgraph.framework.c_math import expf

Floats = npt.NDArray[np.float32]


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


def exact_exp(values: Floats) -> Floats:
    """Return e^x of each value, correctly rounded; numpy's float32 exp is up to 2 units off.

    One value in a thousand is still a unit off the C library's; see `c_sigmoid`.
    """
    with np.errstate(over="ignore"):
        result: Floats = np.exp(values, dtype=np.float64).astype(np.float32)
    return result


def exact_sigmoid(values: Floats) -> Floats:
    """Return the sigmoid of each value, as C++ computes it in float32. Slower than `sigmoid`."""
    one = np.float32(1)
    result: Floats = one / (one + exact_exp(-values))
    return result


def c_exp(values: Floats) -> Floats:
    """Return e^x of each of a few values, to the last bit as the C library computes it in float32."""
    powers = [expf(value) for value in values.ravel().tolist()]
    return np.array(powers, np.float32).reshape(values.shape)


def c_sigmoid(values: Floats) -> Floats:
    """Return the sigmoid of each of a few values, to the last bit as C++ computes it in float32."""
    one = np.float32(1)
    with np.errstate(over="ignore"):
        result: Floats = one / (one + c_exp(-values))
    return result
