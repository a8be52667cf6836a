"""TensorsToDetectionsCalculator with models of two or three boxes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from mpgraph.errors import InternalError, UnavailableError
from mpgraph.formats.tensor import Tensor
from mpgraph.protos import anchor_pb2
from mpgraph.testing import run, t

NAME = "TensorsToDetectionsCalculator"
SCALES = "x_scale: 10 y_scale: 10 w_scale: 10 h_scale: 10 "
TWO = "num_classes: 1 num_coords: 4 num_boxes: 2 " + SCALES
ANCHORS = [anchor_pb2.Anchor(x_center=0.5, y_center=0.25, w=1, h=0.5) for _ in range(3)]
BOXES = [[1, 2, 3, 4], [0, 0, 1, 1]]


def tensors(*arrays: Any) -> Any:
    return [Tensor(np.asarray(array, np.float32)) for array in arrays] @ t(1)


def found(options: str, *arrays: Any, side: Any = None) -> list[Any]:
    given = {"ANCHORS": ANCHORS} if side is None else side
    node = run(NAME, options, side=given).send("TENSORS", tensors(*arrays))
    detections: list[Any] = node.take("DETECTIONS")[0].payload
    return detections


def box(detection: Any) -> list[float]:
    relative = detection.location_data.relative_bounding_box
    return [relative.xmin, relative.ymin, relative.width, relative.height]


def points(detection: Any) -> list[float]:
    return [value for point in detection.location_data.relative_keypoints for value in (point.x, point.y)]


@pytest.mark.parametrize(
    ("options", "center", "size"),
    [
        ("", (2, 1), (4, 3)),
        ("box_format: YXHW", (2, 1), (4, 3)),
        ("reverse_output_order: true", (1, 2), (3, 4)),
        ("box_format: XYWH", (1, 2), (3, 4)),
        ("box_format: XYXY", (1, 1), (4, 6)),
    ],
)
def test_box_formats(options: str, center: tuple[int, int], size: tuple[int, int]) -> None:
    first, _ = found(TWO + options, [BOXES], [[[1], [2]]])
    width, height = size[0] / 10, size[1] / 10 / 2
    x, y = center[0] / 10 + 0.5, center[1] / 10 / 2 + 0.25
    assert box(first) == pytest.approx([x - width / 2, y - height / 2, width, height], abs=1e-6)
    assert first.location_data.format == first.location_data.RELATIVE_BOUNDING_BOX
    assert (list(first.score), list(first.label_id)) == ([1], [0])


def test_exponential_sizes() -> None:
    first, _ = found(TWO + "apply_exponential_on_box_size: true", [BOXES], [[[1], [2]]])
    assert box(first)[2:] == pytest.approx([math.exp(0.4), math.exp(0.3) / 2], rel=1e-6)


def test_key_points_and_flip() -> None:
    options = "num_classes: 1 num_boxes: 1 num_coords: 8 num_keypoints: 2 keypoint_coord_offset: 4 " + SCALES
    raw = [[[0, 0, 1, 1, 1, 2, 3, 4]]]
    (plain,) = found(options, raw, [[[1]]])
    assert points(plain) == pytest.approx([0.7, 0.3, 0.9, 0.4])
    (xy,) = found(options + "box_format: XYWH", raw, [[[1]]])
    assert points(xy) == pytest.approx([0.6, 0.35, 0.8, 0.45])
    (flipped,) = found(options + "flip_vertically: true", raw, [[[1]]])
    assert points(flipped) == pytest.approx([0.7, 0.7, 0.9, 0.6])
    x_min, y_min, width, height = box(plain)
    assert box(flipped) == pytest.approx([x_min, 1 - y_min - height, width, height])


def test_key_points_overwrite_the_box_as_in_mediapipe() -> None:
    """Without keypoint_coord_offset they are written where the box is, whatever box_coord_offset says."""
    options = "num_classes: 1 num_boxes: 1 num_coords: 6 num_keypoints: 1 box_coord_offset: 2 " + SCALES
    # The key point's x is read as the box's y_min, its y as x_min; y_max and x_max are the box's.
    (first,) = found(options, [[[1, 2, 0, 0, 20, 20]]], [[[1]]])
    assert points(first) == pytest.approx([0.7, 0.3])
    assert box(first) == pytest.approx([0.3, 0.7, 1.5 - 0.3, 0.75 - 0.7], abs=1e-6)


def test_scores_of_several_classes() -> None:
    options = "num_classes: 3 num_coords: 4 num_boxes: 2 " + SCALES
    scores = [[[0.1, 0.3, 0.3], [0.9, 0.2, 0.5]]]
    assert labels(found(options, [BOXES], scores)) == [(1, 0.3), (0, 0.9)]
    assert labels(found(options + "ignore_classes: 0", [BOXES], scores)) == [(1, 0.3), (2, 0.5)]
    assert labels(found(options + "allow_classes: [1]", [BOXES], scores)) == [(1, 0.3), (1, 0.2)]
    side = {"ANCHORS": ANCHORS, "IGNORE_CLASSES": [0, 1]}
    assert labels(found(options + "ignore_classes: 2", [BOXES], scores, side=side)) == [(2, 0.3), (2, 0.5)]
    assert labels(found(options + "ignore_classes: [0, 1, 2] min_score_thresh: 0", [BOXES], scores)) == []


def labels(detections: list[Any]) -> list[tuple[int, float]]:
    return [(each.label_id[0], round(each.score[0], 6)) for each in detections]


def test_threshold_is_inclusive_and_nan_is_no_score() -> None:
    options = TWO + "min_score_thresh: 0.5"
    assert labels(found(options, [BOXES], [[[0.5], [0.49]]])) == [(0, 0.5)]
    assert labels(found(options, [BOXES], [[[np.nan], [np.inf]]])) == [(0, math.inf)]
    (missing, _) = found(TWO, [BOXES], [[[np.nan], [1]]])
    assert missing.label_id[0] == -1


def test_sigmoid_with_clipping_is_cpp_float32() -> None:
    options = TWO + "sigmoid_score: true score_clipping_thresh: 2"
    first, second = found(options, [BOXES], [[[9], [-0.73]]])
    assert first.score[0] == np.float32(1 / (1 + np.float32(math.exp(-2))))
    assert second.score[0] == np.float32(1) / (np.float32(1) + np.float32(math.exp(np.float32(0.73))))


def test_negative_and_undefined_sizes_are_left_out() -> None:
    assert len(found(TWO, [[[0, 0, -1, 1], [0, 0, 1, np.nan]]], [[[1], [1]]])) == 0
    assert len(found(TWO, [[[0, 0, 0, 1], [0, 0, 1, 1]]], [[[1], [1]]])) == 2


def test_max_results_counts_from_the_first() -> None:
    assert labels(found(TWO + "max_results: 1 min_score_thresh: 0.2", [BOXES], [[[0.1], [0.3]]])) == [
        (0, 0.3)
    ]
    assert len(found(TWO + "max_results: -1", [BOXES], [[[0.1], [0.3]]])) == 2


def test_four_dimensions_and_anchors_as_a_tensor() -> None:
    expected = found(TWO, [BOXES], [[[1], [2]]])
    assert found(TWO, [[BOXES]], [[[[1], [2]]]]) == expected
    anchors = [[0.25, 0.5, 0.5, 1]] * 2  # y, x, height, width
    assert found(TWO, [BOXES], [[[1], [2]]], anchors, side={}) == expected
    swapped = "tensor_mapping { detections_tensor_index: 1 scores_tensor_index: 0 }"
    assert found(TWO + swapped, [[[1], [2]]], [BOXES]) == expected


DECODED = "num_classes: 9 num_coords: 4 "
RAW = [[[0.1, 0.2, 0.5, 0.7], [0.1, 0.2, 0.5, 0.7], [0, 0, 1, 1], [0, 0, 1, 1]]]


def test_model_with_suppression() -> None:
    first, second = found(DECODED, RAW, [[3, 4, 5, 6]], [[0.9, 0.8, 0.7, 0.6]], [2], side={})
    assert box(first) == pytest.approx([0.2, 0.1, 0.5, 0.4])
    assert labels([first, second]) == [(3, 0.9), (4, 0.8)]


def test_model_with_suppression_and_several_classes_a_box() -> None:
    options = DECODED + "max_classes_per_detection: 2 min_score_thresh: 0.65"
    first, second = found(options, RAW, [[3, 4, 5, 6]], [[0.9, 0.8, 0.7, 0.6]], [2], side={})
    assert (list(first.label_id), list(second.label_id)) == ([3, 4], [5])
    assert box(second) == [0, 0, 1, 1]


def test_custom_box_boundaries() -> None:
    indices = "box_boundaries_indices { xmin: 0 ymin: 1 xmax: 2 ymax: 3 }"
    first, *_ = found(DECODED + indices, RAW, [[0] * 4], [[1] * 4], [4], side={})
    assert box(first) == pytest.approx([0.1, 0.2, 0.4, 0.5])
    failing = run(NAME, TWO + indices, side={"ANCHORS": ANCHORS})
    failing.send("TENSORS", tensors([BOXES], [[[1], [2]]])).expect_error("needs four tensors", InternalError)


def test_anchors_are_required() -> None:
    node = run(NAME, TWO).send("TENSORS", tensors([BOXES], [[[1], [2]]]))
    node.expect_error("No anchor data available", UnavailableError)


@pytest.mark.parametrize(
    ("options", "arrays", "message"),
    [
        (TWO, ([BOXES],), "2, 3 or 4 tensors are expected, not 1"),
        (TWO, (BOXES, [[[1], [2]]]), "dimensions of box Tensor must be 3 or 4"),
        (TWO, ([BOXES], [[1], [2]]), "dimensions of score Tensor must be 3 or 4"),
        (TWO, ([BOXES], [[[1, 2]]]), "score tensor must have the shape (1, 2, 1)"),
        (TWO.replace("num_boxes: 2", ""), ([BOXES], [[[1], [2]]]), "Please set num_boxes"),
        (TWO.replace("num_boxes: 2", "num_boxes: 4"), ([BOXES * 2], [[[1]] * 4]), "3 anchors for 4 boxes"),
        (TWO, ([BOXES], [[[1], [2]]], [[1, 2, 3]] * 2), "anchors must have the shape (2, 4)"),
        (DECODED, (RAW, [[0] * 4], [[1] * 4], [5]), "reports 5 detections of 1 classes"),
        (DECODED, (RAW, [[0] * 3], [[1] * 4], [4]), "classes and scores must have the shape (1, 4)"),
        (DECODED, (RAW, [[0] * 4], [[1] * 4], [[4]]), "number of detections must have the shape (1,)"),
        (DECODED, (RAW[0], [[0] * 4], [[1] * 4], [4]), "boxes must have the shape (1, N, 4)"),
    ],
)
def test_unsuitable_tensors_are_reported(options: str, arrays: Any, message: str) -> None:
    side = {} if len(arrays) == 3 else {"ANCHORS": ANCHORS}
    run(NAME, options, side=side).send("TENSORS", tensors(*arrays)).expect_error(message, Exception)


def test_other_element_types_are_reported() -> None:
    node = run(NAME, TWO).send("TENSORS", [Tensor(np.zeros((1, 2, 4), np.int8))] @ t(1))
    node.expect_error("every tensor must be float32", InternalError)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("num_coords: 4", "num_classes must be set"),
        ("num_classes: 1", "num_coords must be set"),
        (TWO + "num_keypoints: 1", "so 6, not 4"),
        (TWO + "num_values_per_keypoint: 3", "num_values_per_keypoint must be 2"),
        (TWO + "max_results: 0", "must be non-zero"),
        (TWO + "box_coord_offset: 1", "leaves no room for 4 of 4"),
        (TWO + "keypoint_coord_offset: 5", "leaves no room for the key points"),
        (TWO + "max_classes_per_detection: 0", "must be 1 or more"),
        (TWO + "allow_classes: 1 ignore_classes: 2", "cannot be combined"),
        (TWO + "box_boundaries_indices { ymin: 1 }", "should only cover index 0, 1, 2, and 3"),
        (TWO + "tensor_mapping { scores_tensor_index: 0 }", "needs detections_tensor_index"),
        (
            TWO + "tensor_mapping { scores_tensor_index: 0 detections_tensor_index: 2 }",
            "should only cover index 0 and 1",
        ),
        (
            TWO
            + "tensor_mapping { scores_tensor_index: 0 detections_tensor_index: 1 classes_tensor_index: 2 }",
            "needs num_detections_tensor_index",
        ),
        (
            TWO
            + "tensor_mapping { scores_tensor_index: 0 detections_tensor_index: 1 classes_tensor_index: 2 "
            "anchors_tensor_index: 3 }",
            "has no classes and no number of detections",
        ),
    ],
)
def test_contradicting_options_are_refused(options: str, message: str) -> None:
    with pytest.raises((ValueError, RuntimeError), match=message):
        run(NAME, options, inputs=["TENSORS"], outputs=["DETECTIONS"])


def test_allowed_and_ignored_classes_exclude_each_other() -> None:
    node = run(NAME, TWO + "allow_classes: 1", side={"ANCHORS": ANCHORS, "IGNORE_CLASSES": [0]})
    with pytest.raises(AssertionError, match="cannot be combined"):
        node.send("TENSORS", tensors([BOXES], [[[1], [2]]]))
    node.abandon()
