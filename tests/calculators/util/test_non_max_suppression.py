from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.protos import detection_pb2, location_data_pb2
from mpgraph.testing import detection, run, solid, t

NAME = "NonMaxSuppressionCalculator"
IOU = "overlap_type: INTERSECTION_OVER_UNION "
WEIGHTED = IOU + "algorithm: WEIGHTED "

Location = location_data_pb2.LocationData


def at(left: float, score: float, width: float = 0.5, label: str = "person") -> Any:
    return detection((left, 0, width, 1), label, score)


def kept(options: str, *given: Any) -> list[Any]:
    node = run(NAME, options).send("", list(given) @ t(1))
    found: list[Any] = node.take("")[0].payload
    return found


def scores(detections: list[Any]) -> list[float]:
    return [round(each.score[0], 5) for each in detections]


def box(found: Any) -> list[float]:
    relative = found.location_data.relative_bounding_box
    return [relative.xmin, relative.ymin, relative.width, relative.height]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", [0.9, 0.8]),  # Every overlap is at most 1.
        (IOU + "min_suppression_threshold: 0.4", [0.9, 0.8]),
        (IOU + "min_suppression_threshold: 0.3", [0.9]),
        ("overlap_type: JACCARD min_suppression_threshold: 0.3", [0.9]),
        ("overlap_type: JACCARD min_suppression_threshold: 0.4", [0.9, 0.8]),
        ("overlap_type: MODIFIED_JACCARD min_suppression_threshold: 0.4", [0.9]),
        ("overlap_type: MODIFIED_JACCARD min_suppression_threshold: 0.6", [0.9, 0.8]),
    ],
)
def test_better_detections_suppress_worse_ones(options: str, expected: list[float]) -> None:
    # Half of each box, a third of both.
    assert scores(kept(options, at(0.25, 0.8), at(0, 0.9))) == expected


def test_modified_jaccard_is_relative_to_the_worse_one() -> None:
    options = "overlap_type: MODIFIED_JACCARD min_suppression_threshold: 0.6 "
    large, small = at(0, 0.9, width=1), at(0, 0.8, width=0.25)
    assert scores(kept(options, large, small)) == [0.9]
    large.score[0] = 0.7
    assert scores(kept(options, large, small)) == [0.8, 0.7]
    # The weighted algorithm has it the other way round.
    assert scores(kept(options + "algorithm: WEIGHTED", large, small)) == [0.8]


def test_suppressed_detections_suppress_nothing() -> None:
    options = IOU + "min_suppression_threshold: 0.3"
    assert scores(kept(options, at(0, 0.9), at(0.25, 0.8), at(0.5, 0.7))) == [0.9, 0.7]


def test_limits() -> None:
    apart = [at(0, 0.5), at(1, 0.9), at(2, 0.7)]
    assert scores(kept(IOU + "max_num_detections: 2", *apart)) == [0.9, 0.7]
    assert scores(kept(IOU + "min_score_threshold: 0.6", *apart)) == [0.9, 0.7]
    assert scores(kept(IOU + "min_score_threshold: 0.7", *apart)) == [0.9, 0.7]
    weighted = WEIGHTED + "min_suppression_threshold: 0.3 "
    assert scores(kept(weighted + "min_score_threshold: 0.6", *apart)) == [0.9, 0.7]
    assert scores(kept(weighted + "max_num_detections: 1", *apart)) == [0.9, 0.7, 0.5]


def test_touching_and_negative_boxes_do_not_overlap() -> None:
    options = IOU + "min_suppression_threshold: 0"
    assert len(kept(options, at(0, 0.9), at(0.5, 0.8))) == 2
    assert len(kept(options, at(0, 0.9), at(0.4, 0.8, width=-0.2))) == 2


def test_group_is_averaged_by_score() -> None:
    given = [at(0, 0.75), at(0.25, 0.25)]
    for each, x in zip(given, (0, 1), strict=True):
        each.location_data.relative_keypoints.add(x=x, y=0.5)
    (found,) = kept(WEIGHTED + "min_suppression_threshold: 0.3", *reversed(given))
    assert box(found) == pytest.approx([0.0625, 0, 0.5, 1])
    assert scores([found]) == [0.75]
    assert [(point.x, point.y) for point in found.location_data.relative_keypoints] == [(0.25, 0.5)]


def test_sums_are_in_order_and_float32() -> None:
    random = np.random.default_rng(3)
    lefts, weights = random.random((2, 40), np.float32)
    given = [at(float(left) / 100, float(weight)) for left, weight in zip(lefts, weights, strict=True)]
    (found,) = kept(WEIGHTED + "min_suppression_threshold: 0.3", *given)
    total = weighted = np.float32(0)
    for each in sorted(given, key=lambda each: -each.score[0]):
        total += np.float32(each.score[0])
        weighted += np.float32(box(each)[0]) * np.float32(each.score[0])
    assert box(found)[0] == weighted / total


def test_weighted_ends_at_a_detection_that_does_not_overlap_itself() -> None:
    assert scores(kept(WEIGHTED, at(0, 0.9), at(2, 0.8))) == [0.9]
    flat = at(0, 0.9, width=0)
    assert scores(kept(WEIGHTED + "min_suppression_threshold: 0.3", flat, at(2, 0.8))) == [0.9]


def test_best_label_remains() -> None:
    several = detection_pb2.Detection(label=["a", "b", "c"], score=[0.1, 0.5, 0.4])
    several.location_data.CopyFrom(at(0, 1).location_data)
    before = several.SerializeToString()
    unlabelled = at(5, 0.9)
    del unlabelled.label[:]
    (found,) = kept(IOU, several, unlabelled)
    assert (list(found.label), list(found.score)) == (["b"], [0.5])
    assert several.SerializeToString() == before
    numbered = at(0, 0.9)
    numbered.label[:] = ["a", "b"]
    numbered.label_id[:] = [7, 8]
    numbered.score[:] = [0.2, 0.9]
    (found,) = kept(IOU, numbered)
    assert (list(found.label), list(found.label_id)) == (["a", "b"], [8])


def test_equal_scores_keep_their_order() -> None:
    given = [at(i, 0.5, label=str(i)) for i in range(30)]
    assert [each.label[0] for each in kept(IOU, *given)] == [str(i) for i in range(30)]


def test_streams_are_considered_together() -> None:
    options = IOU + "num_detection_streams: 2 min_suppression_threshold: 0.3"
    node = run(NAME, options, inputs=["", ":1"])
    node.send("", [at(0, 0.8)] @ t(1), [at(0, 0.8)] @ t(2))
    node.send(":1", [at(0, 0.9)] @ t(1)).bound(":1", 3)
    node.expect("", [at(0, 0.9)] @ t(1), [at(0, 0.8)] @ t(2))


def test_without_detections() -> None:
    run(NAME).send("", [] @ t(1)).expect_nothing("")
    run(NAME, "return_empty_detections: true").send("", [] @ t(1)).expect("", [] @ t(1))
    unlabelled = detection_pb2.Detection(score=[0.5])
    run(NAME).send("", [unlabelled] @ t(1)).expect("", [] @ t(1))


def located(location: Any, score: float) -> Any:
    return detection_pb2.Detection(label=["x"], score=[score], location_data=location)


def test_image_size_makes_locations_comparable() -> None:
    mask = Location(format=Location.MASK)
    for y in (0, 9):
        mask.mask.rasterization.interval.add(y=y, left_x=0, right_x=9)
    pixels = Location.BoundingBox(xmin=0, ymin=0, width=10, height=10)
    given = [
        located(Location(format=Location.GLOBAL), 0.4),
        located(Location(format=Location.BOUNDING_BOX, bounding_box=pixels), 0.9),
        located(mask, 0.8),
        detection((0, 0, 0.5, 1), "x", 0.7),
        located(Location(format=Location.MASK), 0.6),
    ]
    node = run(NAME, IOU + "min_suppression_threshold: 0.45", inputs=["", "IMAGE"])
    node.send("", given @ t(1)).send("IMAGE", solid(20, 10) @ t(1))
    assert scores(node.take("")[0].payload) == [0.9, 0.6]


@pytest.mark.parametrize(
    ("options", "given", "message"),
    [
        (IOU, [located(Location(format=Location.GLOBAL), 0.4)], "must have a relative bounding box"),
        (IOU, [detection_pb2.Detection(label=["a"], score=[1, 2])], "Number of scores must be equal"),
        (IOU, [detection_pb2.Detection(label=["a"])], "Number of scores must be equal"),
    ],
)
def test_unsuitable_detections_are_reported(options: str, given: list[Any], message: str) -> None:
    run(NAME, options).send("", given @ t(1)).expect_error(message, ValueError)


def test_group_with_different_key_points_is_reported() -> None:
    best = at(0, 0.9)
    best.location_data.relative_keypoints.add(x=0, y=0)
    node = run(NAME, WEIGHTED + "min_suppression_threshold: 0.3").send("", [best, at(0, 0.8)] @ t(1))
    node.expect_error("same key points; one has fewer than 1", ValueError)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("num_detection_streams: 0", "At least one detection stream"),
        ("num_detection_streams: 2", "but the node has 1 untagged"),
        ("max_num_detections: 0", "max_num_detections=0 is not a valid value"),
        ("overlap_type: UNSPECIFIED_OVERLAP_TYPE", "overlap_type must be JACCARD"),
    ],
)
def test_unsuitable_options_are_refused(options: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(NAME, options, inputs=[""], outputs=[""])
