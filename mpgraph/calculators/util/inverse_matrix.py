"""InverseMatrixCalculator: the inverse of a 4x4 matrix."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mpgraph.errors import ret_check
from mpgraph.formats.arrays import FLOATS_16
from mpgraph.framework import calculator_framework as mp

Matrix = npt.NDArray[np.float32]

_SMALLEST_DETERMINANT = float(np.finfo(np.float64).eps)


@mp.register
class InverseMatrixCalculator(mp.Calculator):
    """Inverts a 4x4 matrix; one without inverse is an error.

    MATRIX: sixteen floats, row by row.
    Output MATRIX: sixteen floats, row by row.
    """

    matrix = mp.Input("MATRIX", FLOATS_16)
    inverse = mp.Output("MATRIX", FLOATS_16)
    timestamp_offset = 0

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        matrix = np.array(cc[self.matrix], np.float32).reshape(4, 4)
        with np.errstate(all="ignore"):
            cc.emit(self.inverse, tuple(_inverse(matrix).ravel().tolist()))


def _inverse(matrix: Matrix) -> Matrix:
    """The inverse from blocks of 2x2, in the order in which Eigen computes it with SSE, to the last bit."""
    a, b, c, d = matrix[:2, :2], matrix[:2, 2:], matrix[2:, :2], matrix[2:, 2:]
    ab, dc = _product(_adjugate(a), b), _product(_adjugate(d), c)
    det_a, det_b, det_c, det_d = _determinant(a), _determinant(b), _determinant(c), _determinant(d)
    both = ab * dc.T
    trace = (both[0, 0] + both[1, 0]) + (both[0, 1] + both[1, 1])
    determinant = det_a * det_d + det_b * det_c - trace
    ret_check(
        abs(determinant) > _SMALLEST_DETERMINANT,
        f"Inverse matrix cannot be calculated for: {matrix.tolist()}",
    )
    blocks = [
        [a * det_d - _product(b, dc), c * det_b - _product(d, _adjugate(ab))],
        [b * det_c - _product(a, _adjugate(dc)), d * det_a - _product(c, ab)],
    ]
    inverse: Matrix = np.block([[_adjugate(block) for block in row] for row in blocks])
    inverse *= np.float32(1) / determinant
    return inverse


def _adjugate(m: Matrix) -> Matrix:
    return np.array([[m[1, 1], -m[0, 1]], [-m[1, 0], m[0, 0]]])


def _determinant(m: Matrix) -> np.float32:
    return np.float32(m[0, 0] * m[1, 1] - m[0, 1] * m[1, 0])


def _product(left: Matrix, right: Matrix) -> Matrix:
    """The matrix product; unlike `left @ right` certainly without fused operations."""
    return left[:, :1] * right[:1] + left[:, 1:] * right[1:]
