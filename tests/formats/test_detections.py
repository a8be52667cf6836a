"""Detections as arrays."""

from __future__ import annotations

import numpy as np
import pytest

from mpgraph.formats import detections
from mpgraph.testing import detection


def test_boxes_and_key_points() -> None:
    given = [detection((0.5, 0.25, 1, 2)), detection((0, 0, 0.25, 0.5))]
    for each in given:
        each.location_data.relative_keypoints.add(x=0.5, y=each.location_data.relative_bounding_box.width)
    assert detections.relative_boxes(given).tolist() == [[0.5, 0.25, 1, 2], [0, 0, 0.25, 0.5]]
    assert detections.relative_key_points(given, 1).tolist() == [[[0.5, 1]], [[0.5, 0.25]]]
    with pytest.raises(IndexError):
        detections.relative_key_points(given, 2)
    assert detections.relative_boxes([]).shape == (0, 4)
    assert detections.relative_boxes(given).dtype == np.float32


def test_copy_is_independent() -> None:
    original = detection((0.5, 0.25, 1, 2))
    copy = detections.copy_of(original)
    detections.set_relative_box(copy, (0, 0.5, 0.25, 1))
    assert detections.relative_boxes([original, copy]).tolist() == [[0.5, 0.25, 1, 2], [0, 0.5, 0.25, 1]]
