from __future__ import annotations

import numpy as np
import pytest

from mpgraph.testing import run, t

NAME = "InverseMatrixCalculator"


def inverse(matrix: tuple[float, ...]) -> tuple[float, ...]:
    [packet] = run(NAME).send("MATRIX", matrix @ t(0)).take("MATRIX")
    result: tuple[float, ...] = packet.payload
    return result


def test_inverse_of_a_region_equals_mediapipes_to_the_last_bit() -> None:
    # Of the region (0.55, 0.4), 0.7 by 0.8, rotated by 0.6, of an image of 90 by 61, as MediaPipe sends it.
    region = (
        *(0.5777349472045898, -0.39524972438812256, 0, 0.4587574005126953),
        *(0.5831552743911743, 0.85239577293396, 0, -0.31777554750442505),
        *(0, 0, 0.7, 0),
        *(0, 0, 0, 1),
    )
    found = inverse(region)
    assert found[:8] == (
        *(1.1790508031845093, 0.5467173457145691, 0, -0.36716488003730774),
        *(-0.8066320419311523, 0.7991344928741455, 0, 0.6239938735961914),
    )
    assert found[10] == pytest.approx(1 / 0.7)
    assert found[12:] == (0, 0, 0, 1)


def test_inverse_of_any_matrix() -> None:
    matrices = np.random.default_rng(5).uniform(-1, 1, (20, 4, 4)).astype(np.float32)
    for matrix in matrices:
        found = np.array(inverse(tuple(matrix.ravel().tolist()))).reshape(4, 4)
        np.testing.assert_allclose(found @ matrix.astype(np.float64), np.eye(4), atol=1e-4)


@pytest.mark.parametrize("matrix", [(0.0,) * 16, (1.0,) * 16, (float("nan"),) * 16])
def test_matrix_without_inverse_is_an_error(matrix: tuple[float, ...]) -> None:
    run(NAME).send("MATRIX", matrix @ t(0)).expect_error("Inverse matrix cannot be calculated for: [[")
