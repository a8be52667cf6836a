"""Matrix: column-major, read-only, float32."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as npst

import mpgraph as mp
from mpgraph.formats.matrix import MATRIX, Matrix


@given(npst.arrays(npst.floating_dtypes() | npst.integer_dtypes(), npst.array_shapes(min_dims=2, max_dims=2)))
def test_values_are_kept_as_float32(data: np.ndarray[Any, Any]) -> None:
    with np.errstate(over="ignore"):
        expected = data.astype(np.float32)
        made = Matrix(data)
    assert np.array_equal(made, expected, equal_nan=True)
    assert made.dtype == np.float32
    assert made.flags.f_contiguous and not made.flags.writeable
    assert not np.may_share_memory(made, data)


def test_one_dimension_becomes_a_column() -> None:
    assert Matrix([1, 2, 3]).tolist() == [[1], [2], [3]]


def test_column_major_array_is_shared_without_copy() -> None:
    data = np.zeros((2, 3), np.float32, order="F")
    made = Matrix(data, copy=False)
    assert np.shares_memory(made, data)
    assert not data.flags.writeable


def test_copy_leaves_the_argument_writable() -> None:
    data = np.zeros((2, 3), np.float32, order="F")
    made = Matrix(data)
    data[:] = 1
    assert not made.any()


@pytest.mark.parametrize("data", [3.0, np.zeros((1, 2, 3)), "a", [["a"]], [[1j]], None])
def test_invalid_matrices_are_refused(data: Any) -> None:
    with pytest.raises(TypeError, match="A Matrix needs a 2-D array of numbers"):
        Matrix(data)


def test_payload_type() -> None:
    assert mp.make_packet(Matrix([[1.0]])).type is MATRIX
