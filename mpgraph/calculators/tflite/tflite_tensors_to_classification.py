"""TfLiteTensorsToClassificationCalculator: a classifier's scores as labeled classes, from TfLiteTensors."""

from __future__ import annotations

from typing import Any

from mpgraph.calculators.tensor.tensors_to_classification import TensorsToClassificationCalculator
from mpgraph.formats.tensor import TFLITE_TENSORS
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos.tensors_to_classification_calculator_pb2 import TensorsToClassificationCalculatorOptions


@mp.register
class TfLiteTensorsToClassificationCalculator(TensorsToClassificationCalculator):
    """Converts the scores of a classifier into a list of classes with index, score and label.

    TENSORS: a list of one float32 tensor with the score of each class; with `binary_classification` it has
        one value, the score of class 0, and class 1 has 1 minus it.
    CLASSIFICATIONS: a ClassificationList, in the order of the classes unless there is a `top_k`.

    Options: `label_map_path`, a text file with one label per line; `min_score_threshold`; `top_k`, how many
    of the best to keep.
    """

    tensors = mp.Input("TENSORS", TFLITE_TENSORS)
    Options = mp.ProtoOptions("TfLiteTensorsToClassificationCalculatorOptions")

    @staticmethod
    @mp.override
    def read_options(given: Any) -> TensorsToClassificationCalculatorOptions:
        # The fields of the older message have the same numbers in the newer one.
        return TensorsToClassificationCalculatorOptions.FromString(given.SerializeToString())
