from __future__ import annotations

import math

import numpy as np
import pytest

from mpgraph.calculators.image.rotated_rect import RotatedRect
from mpgraph.calculators.tensor.region_of_interest import check, padded, region, tensor_to_image_matrix
from mpgraph.protos import rect_pb2


def rect(*values: float) -> RotatedRect:
    return RotatedRect(*map(np.float32, values))


def test_without_a_rectangle_the_whole_picture_counts() -> None:
    assert region(641, 480) == (320.5, 240, 641, 480, 0)


def test_a_rectangle_is_in_parts_of_the_picture() -> None:
    part = rect_pb2.NormalizedRect(x_center=0.25, y_center=0.5, width=0.5, height=0.125, rotation=0.5)
    assert region(640, 480, part) == (160, 240, 320, 60, 0.5)


@pytest.mark.parametrize(
    ("tensor", "size", "padding"),
    [
        ((100, 100), (200, 200), (0, 0.25, 0, 0.25)),
        ((400, 100), (400, 100), (0.25, 0, 0.25, 0)),
        ((200, 100), (200, 100), (0, 0, 0, 0)),
    ],
)
def test_a_region_grows_to_the_proportions_of_the_tensor(
    tensor: tuple[int, int], size: tuple[int, int], padding: tuple[float, ...]
) -> None:
    source = rect(50, 50, 200, 100, 0.3)
    roi, border = padded(source, *tensor)
    assert (roi.width, roi.height) == size and border == padding
    assert roi[:2] == source[:2] and roi.rotation == source.rotation


@pytest.mark.parametrize("turn", [0.0, 0.7, -2.0])
def test_the_matrix_takes_places_in_the_tensor_to_places_in_the_picture(turn: float) -> None:
    roi = rect(100, 80, 60, 40, turn)
    matrix = np.array(tensor_to_image_matrix(roi, 320, 240)).reshape(4, 4)
    corners = np.array([[0, 1], [0, 0], [1, 0], [1, 1]])
    mapped = np.c_[corners, np.zeros(4), np.ones(4)] @ matrix.T
    np.testing.assert_allclose(mapped[:, :2] * (320, 240), roi.corners(), atol=1e-4)
    assert matrix[2].tolist() == [0, 0, pytest.approx(60 / 320), 0] and matrix[3].tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("roi", "message"),
    [
        (rect(1, 1, 0, 2, 0), "must be > 0"),
        (rect(1, 1, 3, -2, 0), "must be > 0"),
        (rect(math.nan, 1, 3, 2, 0), "not finite"),
        (rect(1, 1, math.inf, 2, 0), "not finite"),
    ],
)
def test_regions_without_pixels_are_refused(roi: RotatedRect, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check(roi)
