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


def test_new_detection_has_the_box_and_the_key_points() -> None:
    boxes = np.array([[0.5, 0.25, 1, 2], [0, 0, 1, 1]], np.float32)
    points = np.array([[[0.5, -1], [np.inf, 0]], [[1, 2], [3, 4]]], np.float32)
    made = detections.relative_detections(boxes, points)
    assert detections.relative_boxes(made).tolist() == boxes.tolist()
    assert detections.relative_key_points(made, 2).tolist() == points.tolist()
    assert {each.location_data.format for each in made} == {detections.RELATIVE_BOUNDING_BOX}
    without = detections.relative_detections(boxes, points[:, :0])
    assert [len(each.location_data.relative_keypoints) for each in without] == [0, 0]
    assert detections.relative_detections(boxes[:0], points[:0]) == []


def test_relocated_copy_keeps_the_rest() -> None:
    box = np.array([[0.5, 0.25, 1, 2]], np.float32)
    (original,) = detections.relative_detections(box, np.ones((1, 1, 2), np.float32))
    original.score.append(0.75)
    copy = detections.relocated(original, (0, 0, 0.5, 1), np.zeros((1, 2), np.float32))
    assert list(copy.score) == [0.75]
    assert detections.relative_boxes([original, copy]).tolist() == [[0.5, 0.25, 1, 2], [0, 0, 0.5, 1]]
    assert detections.relative_key_points([original, copy], 1).tolist() == [[[1, 1]], [[0, 0]]]
