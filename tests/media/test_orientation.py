from __future__ import annotations

import numpy as np
import pytest

from mpgraph.media.orientation import Orientation

ONE = 1 << 16


@pytest.mark.parametrize(
    ("matrix", "expected", "degrees"),
    [
        ((ONE, 0, 0, ONE), [[1, 2, 3], [4, 5, 6]], 0),
        ((0, ONE, -ONE, 0), [[4, 1], [5, 2], [6, 3]], 90),
        ((-ONE, 0, 0, -ONE), [[6, 5, 4], [3, 2, 1]], 180),
        ((0, -ONE, ONE, 0), [[3, 6], [2, 5], [1, 4]], 270),
        ((-ONE, 0, 0, ONE), [[3, 2, 1], [6, 5, 4]], 0),
        ((0, ONE, ONE, 0), [[1, 4], [2, 5], [3, 6]], 90),
        ((ONE - 9, 700, -700, ONE - 9), [[1, 2, 3], [4, 5, 6]], 0),
    ],
)
def test_display_matrices(matrix: tuple[int, int, int, int], expected: list[list[int]], degrees: int) -> None:
    pixels = np.repeat(np.array([[[1], [2], [3]], [[4], [5], [6]]], np.uint8), 3, axis=2)
    orientation = Orientation.from_matrix(*matrix)
    turned = orientation.apply(pixels)
    np.testing.assert_array_equal(turned[:, :, 0], expected)
    assert turned.flags.c_contiguous
    assert orientation.degrees == degrees
    assert orientation.size(3, 2) == (turned.shape[1], turned.shape[0])
