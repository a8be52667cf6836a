from __future__ import annotations

import numpy as np
import pytest

from mpgraph.calculators.tensor.value_range import to_floats, to_integers

BYTES = np.arange(256, dtype=np.uint8).reshape(16, 16)


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-1.0, 1.0), (-0.3, 2.7), (0.0, 255.0), (5.0, 6.0)])
def test_floats_are_the_nearest_to_the_exact_line(low: float, high: float) -> None:
    values = to_floats(BYTES, low, high)
    assert values.dtype == np.float32 and values.shape == BYTES.shape
    low32, scale = float(np.float32(low)), float((np.float32(high) - np.float32(low)) / np.float32(255))
    assert (values == (BYTES * scale + low32).astype(np.float32)).all()


@pytest.mark.parametrize(
    ("low", "high", "dtype"), [(0, 255, np.uint8), (-128, 127, np.int8), (0, 10, np.uint8), (-1, 1, np.int8)]
)
def test_integers_are_rounded(low: int, high: int, dtype: type) -> None:
    values = to_integers(BYTES, low, high)
    assert values.dtype == dtype
    np.testing.assert_allclose(values, BYTES / 255 * (high - low) + low, atol=0.5001)


def test_bytes_in_their_own_range_are_shared() -> None:
    assert to_integers(BYTES, 0, 255) is BYTES


@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (3, 5, 3)])
def test_the_shape_stays(shape: tuple[int, ...]) -> None:
    pixels = np.full(shape, 255, np.uint8)
    np.testing.assert_allclose(to_floats(pixels, -1, 1), np.ones(shape), atol=1e-6)
    assert to_integers(pixels, -128, 127).shape == shape
