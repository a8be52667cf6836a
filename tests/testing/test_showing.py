"""Payloads in a few words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.image_format import ImageFormat
from mpgraph.testing import ANY, detection, gradient, mask, solid, tensor
from mpgraph.testing.showing import MAX_WIDTH, show


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2, "2"),
        ("x", "'x'"),
        (ANY, "ANY"),
        (int, "any int"),
        ([1, "a"], "[1, 'a']"),
        (list(range(20)), "[0, 1, 2, 3, 4, 5, 6, 7, ...]"),
        (gradient(4, 3), "ImageFrame 4x3 SRGB 0 to 255"),
        (solid((1, 2, 3), 4, 3), "ImageFrame 4x3 SRGB all (1, 2, 3)"),
        (solid(0, 4, 3, ImageFormat.GRAY8), "ImageFrame 4x3 GRAY8 all 0"),
        (mask(), "ImageFrame 16x12 VEC32F1 0 to 1"),
        (tensor(), "Tensor float32[1, 2, 3] 0 to 5"),
        (np.array([1, 2]), "array([1, 2])"),
        (np.zeros((5, 5)), "ndarray float64[5, 5] all 0"),
        (np.zeros((0, 9, 9)), "array([], shape=(0, 9, 9), dtype=float64)"),
        (show, "show"),
    ],
)
def test_in_a_few_words(value: Any, text: str) -> None:
    assert show(value) == text


def test_never_too_long() -> None:
    assert show(detection()).startswith("Detection { label:")
    assert len(show(detection())) == len(show("x" * 500)) == MAX_WIDTH
