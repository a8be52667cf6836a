"""Eigen's float32 decompositions, rounded as in MediaPipe's build for x86-64.

In float32, the eigenvector that lifts a box to 3-D depends on the order of additions in the fourth digit,
and tracking carries the difference on to the next frames. So sums are taken here in the order of Eigen
3.4, whose vector instructions add four numbers at a time; every other operation is rounded separately.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from mpgraph.errors import InternalError
from mpgraph.formats.landmarks import Floats

_ZERO, _HALF, _ONE = np.float32(0), np.float32(0.5), np.float32(1)
_EPSILON, _TINY = np.finfo(np.float32).eps, np.finfo(np.float32).tiny

_LANES = 4
_PAIRED = 10
"""From this size on, Eigen's symmetric product treats the first two columns together."""
_LOWER, _BELOW = np.tri(12, dtype=np.float32), np.tri(12, k=-1, dtype=np.float32)
"""The triangles with and without the diagonal; np.tril would take a third of the time of a decomposition."""
_MAX_ITERATIONS = 30
"""The number of QR steps for each row before Eigen gives up."""


def gram(matrix: Floats) -> Floats:
    """Return the lower triangle of the product of a matrix of 12 columns with itself, transposed first.

    Above the diagonal, values are rounded differently.
    """
    products = matrix[:, :, None] * matrix[:, None, :]
    result: Floats = sequential_sum(products)
    # Eigen has two sums a value in rows that do not fill two vectors: of even and of odd terms.
    rows = slice(2 * _LANES, None)
    result[rows] = sequential_sum(products[::2, rows]) + sequential_sum(products[1::2, rows])
    return result


def smallest_eigenvector(matrix: Floats) -> Floats:
    """Return the eigenvector of the smallest eigenvalue of a symmetric matrix, NxN with N up to 12.

    Only the lower triangle is read.

    Raises:
        InternalError: the iteration does not converge, as with NaN.
    """
    matrix = np.tril(matrix)
    diagonal, below, vectors = _tridiagonal(matrix / (np.abs(matrix).max() or _ONE))
    columns: list[Floats] = list(vectors.T)
    start, end = 0, len(diagonal) - 1
    for _ in range(_MAX_ITERATIONS * len(diagonal) + 1):
        for k in range(start, end):
            scaled = below[k] / _EPSILON
            if abs(below[k]) < _TINY or scaled * scaled <= abs(diagonal[k]) + abs(diagonal[k + 1]):
                below[k] = _ZERO
        while end > 0 and below[end - 1] == 0:
            end -= 1
        if end == 0:
            return columns[int(np.argmin(diagonal))]
        start = end - 1
        while start > 0 and below[start - 1] != 0:
            start -= 1
        _qr_step(diagonal, below, columns, start, end)
    raise InternalError("Eigen decomposition failed.")


def least_squares(matrix: Floats, values: Floats) -> Floats:
    """Return the x for which matrix @ x is nearest to `values`.

    matrix: NxM with N > M. values: NxK. Returns MxK; rows of columns that are 0 are 0.
    """
    a, b = matrix.copy(), values.copy()
    rows, columns = a.shape
    order = np.arange(columns)
    # Norms of the columns below the current row: as last computed, and as known without computing them.
    computed = np.sqrt(_halved_sum(a * a))
    known = computed.copy()
    negligible = known.max() * _EPSILON
    negligible = negligible * negligible / np.float32(rows)
    rank, reflectors = columns, []
    for k in range(columns):
        pivot = k + int(np.argmax(known[k:]))
        if rank == columns and known[pivot] * known[pivot] < negligible * np.float32(rows - k):
            rank = k
        for table in (a.T, order, computed, known):
            table[[k, pivot]] = table[[pivot, k]]
        reflector = _reflector(a[k:, k], sequential_sum)
        reflectors.append(reflector)
        a[k, k] = reflector.length
        _reflect(a[k:, k + 1 :], reflector, sequential_sum)
        _lower_norms(a[k:, k + 1 :], computed[k + 1 :], known[k + 1 :])
    for k, reflector in enumerate(reflectors[:rank]):
        _reflect(b[k:], reflector, sequential_sum)
    for k in reversed(range(rank)):
        for j in range(k + 1, rank):
            b[k] -= b[j] * a[k, j]
        b[k] *= _ONE / a[k, k]
    result = np.zeros((columns, b.shape[1]), np.float32)
    result[order[:rank]] = b[:rank]
    return result


def _lower_norms(block: Floats, computed: Floats, known: Floats) -> None:
    """Take the first row of a block out of the norms of its columns; compute those that lose precision."""
    nonzero = known != 0
    ratio = np.abs(block[0]) / np.where(nonzero, known, _ONE)
    factor = np.maximum((_ONE + ratio) * (_ONE - ratio), _ZERO)
    relation = known / np.where(nonzero, computed, _ONE)
    imprecise = nonzero & (factor * (relation * relation) <= np.sqrt(_EPSILON))
    computed[imprecise] = np.sqrt(sequential_sum(block[1:] * block[1:]))[imprecise]
    known[:] = np.where(imprecise, computed, known * np.sqrt(factor))


# Sums over the first axis, in three orders.

Sum = Callable[[Floats], Any]


def sequential_sum(terms: Floats) -> Any:
    """Return the sum over the first axis, added one after the other."""
    return np.add.accumulate(terms, axis=0)[-1]


def _sum_of_lanes(lanes: Floats) -> Any:
    return (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])


def _vector_sum(terms: Floats) -> Any:
    """Four at a time, then the rest; for fewer than 16 terms."""
    whole = len(terms) // _LANES * _LANES
    if not whole:
        return sequential_sum(terms)
    total = _sum_of_lanes(sequential_sum(terms[:whole].reshape(-1, _LANES, *terms.shape[1:])))
    for term in terms[whole:]:
        total = total + term
    return total


def _halved_sum(terms: Floats) -> Any:
    """The sum of the first half plus the sum of the second, each taken in the same way."""
    middle = len(terms) // 2
    return _halved_sum(terms[:middle]) + _halved_sum(terms[middle:]) if middle else terms[0]


# Householder reflections


class _Reflector(NamedTuple):
    """The reflection that turns a vector into (length, 0, 0, ...): I - factor v v', v = (1, *rest)."""

    length: np.float32
    factor: np.float32
    rest: Floats


def _reflector(vector: Floats, total: Sum) -> _Reflector:
    first, rest = vector[0], vector[1:].copy()
    squared = total(rest * rest) if len(rest) else _ZERO
    if squared <= _TINY:
        return _Reflector(first, _ZERO, np.zeros_like(rest))
    length = np.sqrt(first * first + squared)
    if first >= 0:
        length = -length
    return _Reflector(length, (length - first) / length, rest / (first - length))


def _reflect(block: Floats, reflector: _Reflector, total: Sum) -> None:
    """Reflect the columns of a block, in place."""
    if len(block) == 1:
        block *= _ONE - reflector.factor
    elif reflector.factor != 0 and block.size:
        rest = reflector.rest[:, None]
        shares = total(rest * block[1:]) + block[0]
        block[0] -= reflector.factor * shares
        block[1:] -= reflector.factor * rest * shares


# Eigenvalues


def _tridiagonal(matrix: Floats) -> tuple[list[np.float32], list[np.float32], Floats]:
    """The diagonal of T, the values below it, and Q with Q T Q' = matrix."""
    rest, diagonal, reflectors = matrix, [], []
    for _ in range(len(matrix) - 1):
        diagonal.append(rest[0, 0])
        reflector = _reflector(rest[1:, 0], _vector_sum)
        reflectors.append(reflector)
        rest = rest[1:, 1:]
        v = np.concatenate([[_ONE], reflector.rest])
        w = _symmetric_product(rest, v, reflector.factor)
        w += (reflector.factor * -_HALF * _vector_sum(w * v)) * v
        rest = rest + (np.outer(v, -w) + np.outer(w, -v))
    diagonal.append(rest[0, 0])
    q = np.eye(len(matrix), dtype=np.float32)
    for k, reflector in reversed([*enumerate(reflectors, 1)]):
        _reflect(q[k:, k:], reflector, _vector_sum)
    return diagonal, [reflector.length for reflector in reflectors], q


def _symmetric_product(matrix: Floats, vector: Floats, factor: np.float32) -> Floats:
    """The product with `vector` and `factor` of the symmetric matrix that has this lower triangle."""
    size = len(matrix)
    left: Floats = sequential_sum((matrix * _LOWER[:size, :size] * (factor * vector)).T)
    terms = matrix * _BELOW[:size, :size] * vector[:, None]
    below: Floats = sequential_sum(terms)
    if size >= _PAIRED:
        # Four terms fill a vector; which ones follows from the address at which Eigen's result begins.
        lanes = slice(size - 6, size - 2)
        others = np.delete(terms[:, :2], lanes, axis=0)
        below[:2] = sequential_sum(others) + _sum_of_lanes(terms[lanes, :2])
    return left + factor * below


def _qr_step(
    diagonal: list[np.float32], below: list[np.float32], columns: list[Floats], start: int, end: int
) -> None:
    """One implicit QR step with Wilkinson's shift on the rows start..end, in place."""
    x, z = diagonal[start] - _shift(diagonal[end - 1], diagonal[end], below[end - 1]), below[start]
    for k in range(start, end):
        if z == 0:
            return
        c, s = _givens(x, z)
        upper, lower, beside = diagonal[k], diagonal[k + 1], below[k]
        across, down = s * upper + c * beside, s * beside + c * lower
        diagonal[k] = c * (c * upper - s * beside) - s * (c * beside - s * lower)
        diagonal[k + 1] = s * across + c * down
        below[k] = x = c * across - s * down
        if k > start:
            below[k - 1] = c * below[k - 1] - s * z
        if k < end - 1:
            z = -s * below[k + 1]
            below[k + 1] = c * below[k + 1]
        left, right = columns[k], columns[k + 1]
        columns[k], columns[k + 1] = c * left - s * right, s * left + c * right


def _shift(upper: np.float32, lower: np.float32, beside: np.float32) -> np.float32:
    """The eigenvalue of [[upper, beside], [beside, lower]] that is nearer to `lower`."""
    half = (upper - lower) * _HALF
    if half == 0:
        return lower - abs(beside)
    if beside == 0:
        return lower
    longer, shorter = max(abs(half), abs(beside)), min(abs(half), abs(beside))
    ratio = shorter / longer
    root: np.float32 = longer * np.sqrt(_ONE + ratio * ratio)
    divisor = half + (root if half > 0 else -root)
    squared = beside * beside
    return lower - (beside / (divisor / beside) if squared == 0 else squared / divisor)


def _givens(p: np.float32, q: np.float32) -> tuple[np.float32, np.float32]:
    """Cosine and sine of the rotation that turns (p, q) into (r, 0); q is not 0."""
    if p == 0:
        return _ZERO, _ONE if q < 0 else -_ONE
    larger, smaller = (p, q) if abs(p) > abs(q) else (q, p)
    ratio = smaller / larger
    root = np.sqrt(_ONE + ratio * ratio)
    if larger < 0:
        root = -root
    if abs(p) > abs(q):
        c = _ONE / root
        return c, -ratio * c
    s = -_ONE / root
    return -ratio * s, s
