"""From the raw answers of models to probabilities, in float32."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def sigmoid(values: Floats) -> Floats:
    """1 / (1 + e^-x); large negative values give 0."""
    one = np.float32(1)
    with np.errstate(over="ignore"):
        share: Floats = one / (one + np.exp(-values))
    return share


def softmax_of_two(values: Floats, channel: int) -> Floats:
    """The HxW share of `channel` in HxWx2 scores, shifted by the larger one so that nothing overflows."""
    shifted = np.exp(values - values.max(axis=2, keepdims=True))
    share: Floats = shifted[:, :, channel] / (shifted[:, :, 0] + shifted[:, :, 1])
    return share
