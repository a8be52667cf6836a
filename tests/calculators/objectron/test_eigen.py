from __future__ import annotations

import numpy as np
import pytest

from mpgraph.calculators.objectron.eigen import gram, least_squares, smallest_eigenvector
from mpgraph.errors import InternalError

RANDOM = np.random.default_rng(3)


@pytest.mark.parametrize("size", [2, 3, 5, 9, 10, 11, 12])
def test_smallest_eigenvector_is_numpys(size: int) -> None:
    values = RANDOM.normal(size=(size, size)).astype(np.float32)
    symmetric = values + values.T
    found = smallest_eigenvector(symmetric)
    eigenvalues, vectors = np.linalg.eigh(symmetric.astype(np.float64))
    assert found.dtype == np.float32
    assert abs(vectors[:, 0] @ found) == pytest.approx(1, abs=1e-4)
    np.testing.assert_allclose(symmetric @ found, eigenvalues[0] * found, atol=1e-4)


def test_only_the_lower_triangle_is_read() -> None:
    values = RANDOM.normal(size=(12, 12)).astype(np.float32)
    lower = np.tril(values)
    np.testing.assert_array_equal(smallest_eigenvector(values), smallest_eigenvector(lower))


def test_eigenvectors_of_special_matrices() -> None:
    diagonal = np.diag(np.array([3, -2, 5, 1], np.float32))
    np.testing.assert_array_equal(smallest_eigenvector(diagonal), [0, 1, 0, 0])
    assert np.abs(smallest_eigenvector(np.zeros((3, 3), np.float32))).sum() == 1
    equal = np.array([[2, 1], [1, 2]], np.float32)  # Its eigenvalues are 1 and 3.
    np.testing.assert_allclose(np.abs(smallest_eigenvector(equal)), np.sqrt([0.5, 0.5]), rtol=1e-6)


def test_matrix_with_nan_is_an_error_not_a_hang() -> None:
    matrix = np.eye(12, dtype=np.float32)
    matrix[7, 3] = np.nan
    with np.errstate(all="ignore"), pytest.raises(InternalError, match="Eigen decomposition failed"):
        smallest_eigenvector(matrix)


@pytest.mark.parametrize("scales", [(1, 1, 1, 1), (1e-3, 1, 100, 1e-3)])
def test_least_squares_are_numpys(scales: tuple[float, ...]) -> None:
    a = (RANDOM.normal(size=(9, 4)) * scales).astype(np.float32)
    b = RANDOM.normal(size=(9, 3)).astype(np.float32)
    expected, *_ = np.linalg.lstsq(a.astype(np.float64), b.astype(np.float64), rcond=None)
    np.testing.assert_allclose(least_squares(a, b), expected, rtol=1e-3, atol=1e-4)


def test_columns_of_zeros_get_nothing() -> None:
    a = RANDOM.normal(size=(9, 4)).astype(np.float32)
    b = RANDOM.normal(size=(9, 2)).astype(np.float32)
    a[:, 1] = 0
    x = least_squares(a, b)
    expected, *_ = np.linalg.lstsq(a[:, [0, 2, 3]].astype(np.float64), b.astype(np.float64), rcond=None)
    np.testing.assert_array_equal(x[1], 0)
    np.testing.assert_allclose(x[[0, 2, 3]], expected, atol=1e-5)


def test_arguments_are_not_changed() -> None:
    a, b = np.eye(9, 4, dtype=np.float32), np.ones((9, 3), np.float32)
    least_squares(a, b)
    np.testing.assert_array_equal(a, np.eye(9, 4))
    np.testing.assert_array_equal(b, 1)


def test_gram_is_the_product_below_the_diagonal() -> None:
    m = RANDOM.normal(size=(16, 12)).astype(np.float32)
    np.testing.assert_allclose(np.tril(gram(m)), np.tril(m.T.astype(np.float64) @ m), atol=1e-5)
