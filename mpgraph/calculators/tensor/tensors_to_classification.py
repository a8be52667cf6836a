"""TensorsToClassificationCalculator: a classifier's scores as labeled classes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from mpgraph.calculators.core.families import CLASSIFICATION_LIST
from mpgraph.calculators.util.label_map import Label, LabelMap, labels_of_file, labels_of_items
from mpgraph.errors import InvalidArgumentError, ret_check
from mpgraph.formats.tensor import TENSORS
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos.classification_pb2 import Classification, ClassificationList
from mpgraph.protos.tensors_to_classification_calculator_pb2 import TensorsToClassificationCalculatorOptions

_BINARY_CLASSES = 2


@mp.register
class TensorsToClassificationCalculator(mp.Calculator):
    """Converts the scores of a classifier into a list of classes with index, score and label.

    TENSORS: a list of one float32 tensor with the score of each class; with `binary_classification` it has
        one value, the score of class 0, and class 1 has 1 minus it.
    CLASSIFICATIONS: a ClassificationList, in the order of the classes unless it is sorted.

    Options: the labels, as `label_map_path` (a text file with one label per line, looked up like all
    resources), `label_items` or `label_map`, one for each class; `min_score_threshold`; `allow_classes` or
    `ignore_classes` (indexes; not for binary classification); `top_k`, how many of the best to keep, or
    `sort_by_descending_score`.
    """

    tensors = mp.Input("TENSORS", TENSORS)
    classifications = mp.Output("CLASSIFICATIONS", CLASSIFICATION_LIST)
    Options = mp.ProtoOptions(TensorsToClassificationCalculatorOptions)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """Only one of `allow_classes` and `ignore_classes`, neither if binary; no label twice."""
        super().get_contract(contract)
        options = cls.read_options(contract.options)
        contract.need(
            not (options.binary_classification and (options.allow_classes or options.ignore_classes)),
            "A binary classification has neither allow_classes nor ignore_classes.",
        )
        contract.need(
            not (options.allow_classes and options.ignore_classes),
            "Set only one of allow_classes and ignore_classes.",
        )
        seen: set[int] = set()
        for entry in options.label_map.entries:
            contract.need(entry.id not in seen, f"Duplicate id found: {entry.id}")
            seen.add(entry.id)

    @staticmethod
    def read_options(given: Any) -> TensorsToClassificationCalculatorOptions:
        """The node's options; for subclasses with options of another type."""
        options: TensorsToClassificationCalculatorOptions = given
        return options

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = self.read_options(cc.options)
        self._labels = _labels(options)
        self._is_binary = options.binary_classification
        self._threshold = (
            np.float32(options.min_score_threshold)
            if options.HasField("min_score_threshold")
            else np.finfo(np.float32).min
        )
        self._allowed = set(options.allow_classes)
        self._ignored = set(options.ignore_classes)
        self._top_k = options.top_k
        self._sorts = options.sort_by_descending_score or options.top_k > 0

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        tensors = cc.get(self.tensors)
        if tensors is None:
            return
        if len(tensors) != 1 or tensors[0].dtype != np.float32:
            raise InvalidArgumentError(f"TENSORS must be a list of one float32 tensor, not {tensors}.")
        scores = tensors[0].array.ravel()
        if self._is_binary:
            ret_check(
                len(scores) == 1, f"a binary classification has one score, but there are {len(scores)}."
            )
            scores = np.array([scores[0], 1 - float(scores[0])], np.float32)
        if self._labels is not None:
            ret_check(
                len(scores) == len(self._labels),
                f"there are {len(scores)} classes, but {len(self._labels)} labels.",
            )
        chosen: Iterable[int] = self._chosen(scores)
        if self._sorts:
            # A stable sort; MediaPipe leaves the order of equal scores unspecified.
            chosen = sorted(chosen, key=lambda index: float(scores[index]), reverse=True)
            if self._top_k > 0:
                chosen = chosen[: self._top_k]
        cc.emit(
            self.classifications,
            ClassificationList(
                classification=[self._classification(index, float(scores[index])) for index in chosen]
            ),
        )

    def _chosen(self, scores: npt.NDArray[np.float32]) -> list[int]:
        if self._is_binary:
            return list(range(_BINARY_CLASSES))
        return [
            index
            for index in np.flatnonzero(~(scores < self._threshold)).tolist()
            if (index in self._allowed if self._allowed else index not in self._ignored)
        ]

    def _classification(self, index: int, score: float) -> Classification:
        classification = Classification(index=index, score=score)
        if self._labels is not None:
            label = self._labels.get(index)
            if label is None:
                raise InvalidArgumentError(
                    f"Class {index} has no label; the labels are for {sorted(self._labels)}."
                )
            classification.label = label.name
            if label.display_name is not None:
                classification.display_name = label.display_name
        return classification


def _labels(options: TensorsToClassificationCalculatorOptions) -> LabelMap | None:
    """The label of each class, None without labels. Raises as `read_resource`."""
    if options.HasField("label_map_path"):
        return labels_of_file(options.label_map_path)
    if options.label_items:
        return labels_of_items(options.label_items)
    if options.HasField("label_map"):
        return {entry.id: Label(entry.label) for entry in options.label_map.entries}
    return None
