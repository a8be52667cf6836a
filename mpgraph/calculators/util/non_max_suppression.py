"""NonMaxSuppressionCalculator: one detection for each object instead of many that overlap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.detections import (
    DETECTIONS,
    RELATIVE_BOUNDING_BOX,
    Floats,
    copy_of,
    relative_boxes,
    relative_key_points,
    relocated,
)
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework import calculator_framework as mp

# OverlapType
_JACCARD = 1
_MODIFIED_JACCARD = 2
_INTERSECTION_OVER_UNION = 3

_WEIGHTED = 1  # NmsAlgorithm

# LocationData.Format
_GLOBAL = 0
_BOUNDING_BOX = 1


@mp.register
class NonMaxSuppressionCalculator(mp.Calculator):
    """Keeps the best of overlapping detections.

    Inputs: `num_detection_streams` untagged streams of lists of Detection messages, considered together.
    IMAGE: ImageFrame, needed only if locations are not relative boxes; only its size is used.
    The output, untagged: the remaining detections, best first, each with its best label only. Nothing is
        sent without detections, unless `return_empty_detections` is set.

    `algorithm: DEFAULT` drops a detection that overlaps a better one by more than
    `min_suppression_threshold`. `WEIGHTED` replaces each group of overlapping detections by its best one,
    with box and key points averaged over the group by score; as in MediaPipe it ignores
    `max_num_detections` and IMAGE, and ends at a detection that does not even overlap itself by more than
    the threshold, as is the case for all if that is 1, its default.

    Options: those above, `min_score_threshold`, and `overlap_type`: JACCARD (of the box around both),
    MODIFIED_JACCARD (of the worse one's area; for WEIGHTED the better one's), INTERSECTION_OVER_UNION.
    Detections of equal score keep their order; in MediaPipe that is undefined for more than 16.
    """

    detections = mp.Input("", DETECTIONS, repeated=True)
    image = mp.Input("IMAGE", ImageFrame, optional=True)
    out = mp.Output("", DETECTIONS)
    Options = mp.ProtoOptions("NonMaxSuppressionCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """As many inputs as `num_detection_streams`, and options in range."""
        super().get_contract(contract)
        options = contract.options
        contract.need(
            options.num_detection_streams > 0, "At least one detection stream need to be specified."
        )
        contract.need(
            contract.inputs.count("") == options.num_detection_streams,
            f"num_detection_streams is {options.num_detection_streams}, but the node has "
            f"{contract.inputs.count('')} untagged input streams.",
        )
        contract.need(
            options.max_num_detections != 0,
            "max_num_detections=0 is not a valid value. Please choose a positive number if you want to limit "
            "the number of output detections, or set -1 if you do not want any limit.",
        )
        contract.need(
            options.overlap_type in (_JACCARD, _MODIFIED_JACCARD, _INTERSECTION_OVER_UNION),
            "overlap_type must be JACCARD, MODIFIED_JACCARD or INTERSECTION_OVER_UNION.",
        )

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        options: Any = cc.options
        packets = [packet for packet in cc.all(self.detections) if not packet.is_empty()]
        given = [detection for packet in packets for detection in packet.payload]
        if not given:
            if options.return_empty_detections:
                cc.emit(self.out, [])
            return
        labelled = [_with_best_label(each) for each in given if each.label_id or each.label]
        scores = np.array([detection.score[0] for detection in labelled], np.float32)
        order = np.argsort(-scores, kind="stable")
        if options.min_score_threshold > 0:
            order = order[: np.count_nonzero(scores >= np.float32(options.min_score_threshold))]
        detections, scores = [labelled[index] for index in order], scores[order]
        if options.algorithm == _WEIGHTED:
            kept = _weighted(detections, scores, options)
        else:
            size = None
            if cc.connected(self.image) and detections:
                image = cc[self.image]
                size = (image.width, image.height)
            kept = _best(detections, _rectangles(detections, size), options)
        cc.emit(self.out, kept)


def _with_best_label(detection: Any) -> Any:
    """The detection with its highest score and the label of that score only."""
    count = len(detection.score)
    if count == 0 or count not in (len(detection.label_id), len(detection.label)):
        raise InvalidArgumentError(
            f"Number of scores must be equal to number of detections. A detection has {count} scores, "
            f"{len(detection.label_id)} label ids and {len(detection.label)} labels."
        )
    if count == 1 and len(detection.label_id) <= 1:
        return detection
    copy = copy_of(detection)
    if count > 1:
        best = max(range(count), key=detection.score.__getitem__)
        copy.score[:] = [detection.score[best]]
        # As in MediaPipe, names stay as they are if there are ids.
        labels = "label_id" if len(detection.label_id) > best else "label"
        getattr(copy, labels)[:] = [getattr(detection, labels)[best]]
    else:
        copy.label_id[:] = detection.label_id[:1]
    return copy


def _rectangles(detections: list[Any], size: tuple[int, int] | None) -> Floats:
    """Nx4: x_min, y_min, x_max, y_max, in 0..1. size: width and height of the image, None without one."""
    formats = {detection.location_data.format for detection in detections}
    if formats <= {RELATIVE_BOUNDING_BOX}:
        boxes = relative_boxes(detections)
    elif size is None:
        raise InvalidArgumentError(
            "Without IMAGE, and for the algorithm WEIGHTED, every detection must have a relative bounding "
            "box."
        )
    else:
        boxes = np.array([_relative_box(each.location_data, size) for each in detections], np.float32)
    return np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1)


def _relative_box(location: Any, size: tuple[int, int]) -> Floats:
    if location.format == RELATIVE_BOUNDING_BOX:
        box = location.relative_bounding_box
        return np.array([box.xmin, box.ymin, box.width, box.height], np.float32)
    if location.format == _GLOBAL:
        return np.array([0, 0, 1, 1], np.float32)
    if location.format == _BOUNDING_BOX:
        box = location.bounding_box
        pixels = [box.xmin, box.ymin, box.width, box.height]
    else:
        pixels = _box_of_mask(location.mask.rasterization.interval)
    return np.divide(pixels, [*size, *size], dtype=np.float32)


def _box_of_mask(intervals: Any) -> list[int]:
    if not intervals:
        return [0, 0, 0, 0]
    left = min(interval.left_x for interval in intervals)
    top = min(interval.y for interval in intervals)
    right = max(interval.right_x for interval in intervals)
    return [left, top, right - left + 1, max(interval.y for interval in intervals) - top + 1]


def _overlap(kind: int) -> Callable[[Floats, Floats], Floats]:
    """The similarity of one rectangle (4) with many (Nx4); normalized by the latter for MODIFIED_JACCARD."""

    def similarity(first: Floats, others: Floats) -> Floats:
        low = np.maximum(first[:2], others[:, :2])
        high = np.minimum(first[2:], others[:, 2:])
        # Rectangles that only touch intersect, with an area of 0; those of negative size never do.
        touch = (low <= high).all(axis=1) & (first[:2] <= first[2:]).all()
        touch &= (others[:, :2] <= others[:, 2:]).all(axis=1)
        shared = _area(low, high)
        if kind == _JACCARD:
            whole = _area(np.minimum(first[:2], others[:, :2]), np.maximum(first[2:], others[:, 2:]))
        elif kind == _MODIFIED_JACCARD:
            whole = _area(others[:, :2], others[:, 2:])
        else:
            whole = _area(first[:2], first[2:]) + _area(others[:, :2], others[:, 2:]) - shared
        result = np.zeros(len(others), np.float32)
        np.divide(shared, whole, out=result, where=touch & (whole > 0))
        return result

    return similarity


def _area(low: Floats, high: Floats) -> Floats:
    extent = high - low
    area: Floats = extent[..., 0] * extent[..., 1]
    return area


def _best(detections: list[Any], rectangles: Floats, options: Any) -> list[Any]:
    """The detections that no better one suppresses. detections: best first."""
    overlap, threshold = _overlap(options.overlap_type), np.float32(options.min_suppression_threshold)
    limit = options.max_num_detections if options.max_num_detections > -1 else len(detections)
    left = np.arange(len(detections))
    kept: list[Any] = []
    while len(left) and len(kept) < limit:
        best, left = left[0], left[1:]
        kept.append(detections[best])
        left = left[overlap(rectangles[best], rectangles[left]) <= threshold]
    return kept


def _weighted(detections: list[Any], scores: Floats, options: Any) -> list[Any]:
    """One averaged detection for each group of overlapping ones. detections: best first."""
    overlap, threshold = _overlap(options.overlap_type), np.float32(options.min_suppression_threshold)
    rectangles = _rectangles(detections, None)
    left = np.arange(len(detections))
    kept: list[Any] = []
    while len(left):
        best = left[0]
        if options.overlap_type == _MODIFIED_JACCARD:
            similarity = np.array(
                [overlap(rectangles[each], rectangles[best : best + 1])[0] for each in left], np.float32
            )
        else:
            similarity = overlap(rectangles[best], rectangles[left])
        in_group = similarity > threshold
        group = left[in_group]
        if not len(group):
            kept.append(detections[best])
            break
        kept.append(
            _average(detections[best], [detections[i] for i in group], rectangles[group], scores[group])
        )
        left = left[~in_group]
    return kept


def _average(best: Any, group: list[Any], rectangles: Floats, scores: Floats) -> Any:
    """A copy of `best` with box and key points averaged over a group, which may be without it."""
    count = len(best.location_data.relative_keypoints)
    try:
        points = relative_key_points(group, count).reshape(len(group), -1)
    except IndexError:
        raise InvalidArgumentError(
            f"Detections that overlap must have the same key points; one has fewer than {count}."
        ) from None
    average = _weighted_mean(np.concatenate([rectangles, points], axis=1), scores)
    x_min, y_min, x_max, y_max = average[:4]
    return relocated(best, (x_min, y_min, x_max - x_min, y_max - y_min), average[4:].reshape(count, 2))


def _weighted_mean(values: Floats, weights: Floats) -> npt.NDArray[np.float32]:
    """The mean of rows. Summed in order, as in C++: numpy's `sum` adds in pairs."""
    with np.errstate(all="ignore"):  # Scores may be 0 or below.
        sums = np.add.accumulate(values * weights[:, None], axis=0, dtype=np.float32)[-1]
        total = np.add.accumulate(weights, dtype=np.float32)[-1]
        mean: Floats = sums / total
    return mean
