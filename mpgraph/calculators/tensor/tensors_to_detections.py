"""TensorsToDetectionsCalculator: a detection model's outputs as detections."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mpgraph.calculators.tensor import activation
from mpgraph.errors import InvalidArgumentError, UnavailableError, ret_check
from mpgraph.formats.anchors import ANCHORS, Anchors
from mpgraph.formats.detections import DETECTIONS, Floats, relative_detections
from mpgraph.formats.tensor import TENSORS, Tensor
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet_type

# BoxFormat
_UNSPECIFIED = 0
_YXHW = 1
_XYWH = 2
_XYXY = 3

_BOX_VALUES = 4
_LOWEST = -np.finfo(np.float32).max

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Mapping:
    """The positions of a model's outputs. scores: None until the number of tensors is known."""

    detections: int = 0
    classes: int = 1
    scores: int | None = None
    anchors: int = 2
    num_detections: int = 3


@mp.register
class TensorsToDetectionsCalculator(mp.Calculator):
    """Decodes the outputs of a detection model into detections.

    TENSORS: float32. Two for a model with anchors: boxes and key points, (1, num_boxes, num_coords), and
        scores, (1, num_boxes, num_classes); three with the anchors themselves, (num_boxes, 4), as the last.
        Four for a model that decodes and suppresses on its own: boxes (1, N, num_coords), classes (1, N),
        scores (1, N), number of detections (1).
    ANCHORS: side packet, Anchor messages; required for two tensors.
    IGNORE_CLASSES: side packet, a list of class ids that replaces the option.
    DETECTIONS: Detection messages with relative boxes and key points, as positions in the model's input, in
        0..1. Each has the highest score of its box and the id of that class; the list is not sorted.

    A detection without a class that is allowed, with a score below `min_score_thresh` or with a negative or
    undefined size is left out. The list is sent even if it is empty.

    Options: `num_classes`, `num_coords` (required), `num_boxes`; `box_format` or `reverse_output_order`,
    `box_coord_offset`, `keypoint_coord_offset`, `num_keypoints`, `x_scale`, `y_scale`, `w_scale`, `h_scale`,
    `apply_exponential_on_box_size`, `sigmoid_score`, `score_clipping_thresh`, `min_score_thresh`,
    `ignore_classes` or `allow_classes`, `max_results`, `max_classes_per_detection`, `flip_vertically`,
    `tensor_mapping`, `box_boundaries_indices`.
    """

    tensors = mp.Input("TENSORS", TENSORS)
    anchors = mp.SideInput("ANCHORS", ANCHORS, optional=True)
    ignore_classes = mp.SideInput("IGNORE_CLASSES", packet_type.vector(packet_type.INT), optional=True)
    detections = mp.Output("DETECTIONS", DETECTIONS)
    Options = mp.ProtoOptions("TensorsToDetectionsCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """The options are complete and consistent."""
        super().get_contract(contract)
        _check_options(contract, cls.read_options(contract.options))

    @staticmethod
    def read_options(given: Any) -> Any:
        """The node's options; for subclasses with options of another type."""
        return given

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._options = self.read_options(cc.options)
        self._classes = _ClassFilter(self._options, cc.get(self.ignore_classes))
        self._mapping = _mapping(self._options)
        self._decoder = _Decoder(self._options)
        given = cc.get(self.anchors)
        self._anchors = None if given is None else Anchors.of(given).array

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        cc.emit(self.detections, self.decoded(cc[self.tensors]))

    def decoded(self, tensors: Sequence[Tensor]) -> list[Any]:
        """The Detection messages of a model's outputs."""
        ret_check(
            all(tensor.dtype == np.float32 for tensor in tensors),
            lambda: f"every tensor must be float32, not {tensors}.",
        )
        count = len(tensors)
        if self._mapping.scores is None:
            scores = 1 if count in (2, 3) else 2
            self._mapping = _Mapping(scores=scores)
        if count != _BOX_VALUES:
            ret_check(
                not self._options.HasField("box_boundaries_indices"),
                f"box_boundaries_indices needs four tensors, not {count}.",
            )
        return self._from_raw(tensors) if count in (2, 3) else self._from_decoded(tensors)

    def _from_raw(self, tensors: Sequence[Tensor]) -> list[Any]:
        """The detections of a model whose boxes are relative to anchors."""
        options = self._options
        ret_check(options.num_boxes > 0, "Please set num_boxes in calculator options")
        assert self._mapping.scores is not None
        raw_boxes = _rows(tensors[self._mapping.detections], options.num_boxes, options.num_coords, "box")
        raw_scores = _rows(tensors[self._mapping.scores], options.num_boxes, options.num_classes, "score")
        if self._anchors is None:
            self._anchors = self._anchors_of(tensors)
        if len(self._anchors) < options.num_boxes:
            raise InvalidArgumentError(
                f"There are {len(self._anchors)} anchors for {options.num_boxes} boxes (option num_boxes)."
            )
        # Most boxes have low scores, so selecting them first saves nearly all of the work.
        rows = self._classes.candidates(raw_scores)
        scores, classes = self._classes.best(raw_scores[rows])
        accepted = self._classes.accepts(scores, classes)
        rows, scores, classes = rows[accepted], scores[accepted, None], classes[accepted, None]
        boxes = self._decoder.decode(raw_boxes[rows], self._anchors[rows])
        return self._messages(boxes, scores, classes, np.ones(scores.shape, np.bool_))

    def _anchors_of(self, tensors: Sequence[Tensor]) -> Floats:
        if len(tensors) == 2:
            raise UnavailableError("No anchor data available. Connect the side packet ANCHORS.")
        tensor = tensors[self._mapping.anchors]
        expected = (self._options.num_boxes, _BOX_VALUES)
        ret_check(tensor.shape == expected, f"the anchors must have the shape {expected}, not {tensor}.")
        return tensor.array[:, [1, 0, 3, 2]]  # From y, x, height, width.

    def _from_decoded(self, tensors: Sequence[Tensor]) -> list[Any]:
        """The detections of a model that ends with decoding and non-maximum suppression."""
        mapping, options = self._mapping, self._options
        ret_check(len(tensors) == 4, f"2, 3 or 4 tensors are expected, not {len(tensors)}.")
        assert mapping.scores is not None
        counts, boxes = tensors[mapping.num_detections], tensors[mapping.detections]
        ret_check(counts.shape == (1,), f"the number of detections must have the shape (1,), not {counts}.")
        ret_check(
            len(boxes.shape) == 3 and boxes.shape[0] == 1 and boxes.shape[2] == options.num_coords,
            f"the boxes must have the shape (1, N, {options.num_coords}), not {boxes}.",
        )
        for tensor in (tensors[mapping.classes], tensors[mapping.scores]):
            ret_check(
                tensor.shape == boxes.shape[:2],
                f"classes and scores must have the shape {boxes.shape[:2]}, not {tensor}.",
            )
        # A box that has several classes is repeated for each of them.
        step = options.max_classes_per_detection
        count = int(counts.array[0])
        if not 0 <= count * step <= boxes.shape[1]:
            raise InvalidArgumentError(
                f"The model reports {count} detections of {step} classes each, but has {boxes.shape[1]} rows."
            )
        rows = slice(0, count * step)
        scores = tensors[mapping.scores].array[0, rows].reshape(-1, step)
        classes = tensors[mapping.classes].array[0, rows].astype(np.int64).reshape(-1, step)
        accepted = self._classes.accepts(scores, classes)
        return self._messages(boxes.array[0, rows][::step], scores, classes, accepted)

    def _messages(self, boxes: Floats, scores: Floats, classes: Ints, accepted: Flags) -> list[Any]:
        """Detection messages of decoded boxes: the others have a row a box, a column a class."""
        options = self._options
        columns = _box_columns(options)
        y_min, x_min, y_max, x_max = (boxes[:, column] for column in columns)
        width, height = x_max - x_min, y_max - y_min
        if options.flip_vertically:
            y_min = np.float32(1) - y_max
        # Comparisons with NaN are false, so undefined sizes are left out as well.
        kept = np.flatnonzero(accepted.any(axis=1) & (width >= 0) & (height >= 0))
        if options.max_results > 0:
            kept = kept[: options.max_results]
        geometry = np.stack([x_min, y_min, width, height], axis=1)[kept]
        start = options.keypoint_coord_offset
        points = boxes[kept, start : start + 2 * options.num_keypoints]
        points = points.reshape(len(kept), options.num_keypoints, 2)
        if options.flip_vertically:
            points = np.stack([points[..., 0], np.float32(1) - points[..., 1]], axis=2)
        found = relative_detections(geometry, points)
        for row, detection in zip(kept.tolist(), found, strict=True):
            detection.score.extend(scores[row, accepted[row]].tolist())
            detection.label_id.extend(classes[row, accepted[row]].tolist())
        return found


class _ClassFilter:
    """Which classes and scores become detections."""

    def __init__(self, options: Any, ignored: Sequence[int] | None) -> None:
        self._ids = [*options.allow_classes]
        self._is_allowlist = bool(self._ids)
        if ignored is not None:
            ret_check(not self._ids, "allow_classes and the side packet IGNORE_CLASSES cannot be combined.")
            self._ids = [*ignored]
        elif not self._ids:
            self._ids = [*options.ignore_classes]
        self._threshold = (
            np.float32(options.min_score_thresh) if options.HasField("min_score_thresh") else None
        )
        self._limit = (
            np.float32(options.score_clipping_thresh) if options.HasField("score_clipping_thresh") else None
        )
        self._sigmoid = options.sigmoid_score
        self._least_raw = self._least_raw_score()

    def _least_raw_score(self) -> float | None:
        """A raw score below which no score reaches the threshold, however rounded; None for no limit."""
        if not self._sigmoid or self._threshold is None or not 0 < self._threshold <= 1:
            return None
        threshold = float(self._threshold) * (1 - 1e-4)
        least = math.log(threshold / (1 - threshold))
        return least if self._limit is None or least > -self._limit else None

    def _allows(self, classes: Ints) -> Flags:
        if not self._ids:
            return np.ones(classes.shape, np.bool_)
        return np.isin(classes, self._ids, invert=not self._is_allowlist)

    def accepts(self, scores: Floats, classes: Ints) -> Flags:
        """Whether each class is allowed and its score is not below the threshold."""
        allowed = self._allows(classes)
        return allowed if self._threshold is None else allowed & ~(scores < self._threshold)

    def candidates(self, raw_scores: Floats) -> npt.NDArray[np.intp]:
        """The rows in which some score may reach the threshold."""
        if self._least_raw is None:
            return np.arange(len(raw_scores))
        return np.flatnonzero((raw_scores >= self._least_raw).any(axis=1))

    def best(self, raw_scores: Floats) -> tuple[Floats, Ints]:
        """The highest score of each row among the allowed classes, activated, and its class.

        Of equal scores the first counts. A row without an allowed class gets the lowest float32 and class -1.
        """
        classes = np.flatnonzero(self._allows(np.arange(raw_scores.shape[1])))
        scores = raw_scores[:, classes]
        if self._sigmoid:
            if self._limit is not None:
                scores = np.minimum(np.maximum(scores, -self._limit), self._limit)
            scores = activation.c_sigmoid(scores)
        if not len(classes):
            return np.full(len(scores), _LOWEST, np.float32), np.full(len(scores), -1)
        scores = np.where(scores > _LOWEST, scores, _LOWEST)  # NaN is never the highest.
        columns = scores.argmax(axis=1)
        best = scores[np.arange(len(scores)), columns]
        return best, np.where(best > _LOWEST, classes[columns], -1)


class _Decoder:
    """Decodes boxes and key points that are relative to anchors, in float32 like MediaPipe."""

    def __init__(self, options: Any) -> None:
        self._format = options.box_format
        if not options.HasField("box_format"):
            self._format = _XYWH if options.reverse_output_order else _YXHW
        self._options = options
        self._scale = np.array([options.x_scale, options.y_scale], np.float32)
        self._size_scale = np.array([options.w_scale, options.h_scale], np.float32)

    def decode(self, raw: Floats, anchors: Floats) -> Floats:
        """Return y_min, x_min, y_max, x_max and the key points (x, y) where the model has them.

        raw: N x num_coords. anchors: Nx4.
        """
        options = self._options
        centers, sizes = self._box(raw[:, options.box_coord_offset :][:, :_BOX_VALUES])
        anchor_centers, anchor_sizes = anchors[:, :2], anchors[:, 2:]
        decoded = np.zeros_like(raw)
        with np.errstate(all="ignore"):  # As in C++, scales of 0 give infinite or undefined values.
            centers = centers / self._scale * anchor_sizes + anchor_centers
            sizes = sizes / self._size_scale
            if options.apply_exponential_on_box_size:
                sizes = activation.c_exp(sizes)
            half = sizes * anchor_sizes / np.float32(2)
            decoded[:, 0:2] = (centers - half)[:, ::-1]
            decoded[:, 2:4] = (centers + half)[:, ::-1]
            if options.num_keypoints:
                # Without an offset the key points are written over the box, in MediaPipe too.
                start, stop = options.keypoint_coord_offset, options.num_keypoints * 2
                points = raw[:, start : start + stop].reshape(len(raw), options.num_keypoints, 2)
                if self._format in (_UNSPECIFIED, _YXHW):
                    points = points[..., ::-1]
                points = points / self._scale * anchor_sizes[:, None] + anchor_centers[:, None]
                decoded[:, start : start + stop] = points.reshape(len(raw), stop)
        return decoded

    def _box(self, values: Floats) -> tuple[Floats, Floats]:
        """Centers (x, y) and sizes (width, height) of raw boxes."""
        if self._format == _XYWH:
            return values[:, :2], values[:, 2:]
        if self._format == _XYXY:
            low, high = values[:, :2], values[:, 2:]
            return (high - low) / np.float32(2), high + low
        return values[:, 1::-1], values[:, :1:-1]


def _rows(tensor: Tensor, rows: int, columns: int, what: str) -> Floats:
    shape = tensor.shape
    if len(shape) not in (3, 4):
        raise InvalidArgumentError(f"The dimensions of {what} Tensor must be 3 or 4. It is {tensor}.")
    expected = (1,) * (len(shape) - 2) + (rows, columns)
    ret_check(
        tuple(shape) == expected, lambda: f"the {what} tensor must have the shape {expected}, not {tensor}."
    )
    return tensor.array.reshape(rows, columns)


def _box_columns(options: Any) -> tuple[int, int, int, int]:
    """The columns with y_min, x_min, y_max, x_max."""
    if not options.HasField("box_boundaries_indices"):
        return 0, 1, 2, 3
    indices = options.box_boundaries_indices
    return indices.ymin, indices.xmin, indices.ymax, indices.xmax


def _mapping(options: Any) -> _Mapping:
    if not options.HasField("tensor_mapping"):
        return _Mapping()
    given = options.tensor_mapping
    return _Mapping(
        given.detections_tensor_index,
        given.classes_tensor_index,
        given.scores_tensor_index,
        given.anchors_tensor_index,
        given.num_detections_tensor_index,
    )


def _check_options(contract: mp.Contract, options: Any) -> None:
    for name in ("num_classes", "num_coords"):
        ret_check(options.HasField(name), f"{name} must be set.")
    contract.need(
        options.max_results != 0, "The maximum number of the top-scored detection results must be non-zero."
    )
    contract.need(options.num_values_per_keypoint == 2, "num_values_per_keypoint must be 2.")
    expected = options.num_keypoints * 2 + _BOX_VALUES
    contract.need(
        expected == options.num_coords,
        f"num_coords must be 4 for the box and 2 for each of {options.num_keypoints} key points, so "
        f"{expected}, not {options.num_coords}.",
    )
    contract.need(
        0 <= options.box_coord_offset <= options.num_coords - _BOX_VALUES,
        f"box_coord_offset {options.box_coord_offset} leaves no room for 4 of {options.num_coords} values.",
    )
    contract.need(
        0 <= options.keypoint_coord_offset <= (_BOX_VALUES if options.num_keypoints else options.num_coords),
        f"keypoint_coord_offset {options.keypoint_coord_offset} leaves no room for the key points.",
    )
    contract.need(options.max_classes_per_detection > 0, "max_classes_per_detection must be 1 or more.")
    ret_check(
        not (options.allow_classes and options.ignore_classes),
        "allow_classes and ignore_classes cannot be combined.",
    )
    if options.HasField("tensor_mapping"):
        _check_mapping(options.tensor_mapping)
    if options.HasField("box_boundaries_indices"):
        ret_check(
            sorted(_box_columns(options)) == [0, 1, 2, 3],
            "The custom box boundaries indices should only cover index 0, 1, 2, and 3.",
        )


def _check_mapping(mapping: Any) -> None:
    def given(name: str) -> bool:
        return bool(mapping.HasField(f"{name}_tensor_index"))

    names = ["detections", "scores"]
    if given("anchors"):
        ret_check(
            not given("classes") and not given("num_detections"),
            "a tensor_mapping with anchors has no classes and no number of detections.",
        )
        names.append("anchors")
    elif given("classes") or given("num_detections"):
        names += ["classes", "num_detections"]
    for name in names:
        ret_check(given(name), f"tensor_mapping needs {name}_tensor_index.")
    found = sorted(getattr(mapping, f"{name}_tensor_index") for name in names)
    listed = {2: "0 and 1", 3: "0, 1 and 2", 4: "0, 1, 2 and 3"}[len(names)]
    ret_check(
        found == list(range(len(names))),
        f"The custom output tensor indices should only cover index {listed}.",
    )
