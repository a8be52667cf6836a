"""Activation functions: from the scores of models to probabilities, in float32."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

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
