"""Fully connected layers of few outputs, rounded as in MediaPipe 0.10.21 on x86-64.

XNNPACK's matrix kernels compute 16 outputs at a time, or 32 with AVX-512. For a layer with fewer, MediaPipe's
version has another kernel: each output is four sums, of every fourth product, and each product and sum is
rounded separately. LiteRT's version computes such layers like all others. Only the last digits of Objectron's
corners and of the scores of hands differ, but tracking carries that on from frame to frame, and after a few
frames boxes differ visibly; hence numpy computes these layers.
"""

from __future__ import annotations

import platform
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

FULLY_CONNECTED = "FULLY_CONNECTED"

_SUMS = 4


@cache
def kernel_width() -> int:
    """The number of outputs below which MediaPipe's kernel is another; 0 on other machines than x86-64."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return 0
    try:
        has_avx512 = "avx512f" in Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").split()
    except OSError:  # Not Linux.
        has_avx512 = False
    return 32 if has_avx512 else 16


class NarrowLayer:
    """A fully connected layer.

    weights: float32, outputs x inputs, with a multiple of four inputs. bias: float32, one an output.
    """

    def __init__(self, weights: Floats, bias: Floats) -> None:
        outputs, inputs = weights.shape
        self._weights = weights.reshape(outputs, inputs // _SUMS, _SUMS)
        self._start = np.zeros((outputs, 1, _SUMS), np.float32)
        self._start[:, 0, 0] = bias

    @staticmethod
    def accepts(weights: tuple[int, ...]) -> bool:
        """Whether MediaPipe computes a layer with weights of this shape by the kernel for few outputs."""
        return len(weights) == 2 and weights[0] < kernel_width() and weights[1] % _SUMS == 0

    def __call__(self, values: Floats) -> Floats:
        """Compute the outputs, 1xN, for the inputs, an array of any shape."""
        products = self._weights * values.reshape(-1, _SUMS)
        terms = np.concatenate([self._start, products], axis=1)
        a, b, c, d = np.add.accumulate(terms, axis=1)[:, -1].T
        result: Floats = ((a + c) + (b + d))[None]
        return result
