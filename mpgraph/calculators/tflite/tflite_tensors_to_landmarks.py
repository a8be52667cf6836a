"""TfLiteTensorsToLandmarksCalculator: a model's output as landmarks, from TfLiteTensors."""

from __future__ import annotations

from mpgraph.calculators.tensor.tensors_to_landmarks import TensorsToLandmarksCalculator
from mpgraph.formats.tensor import TFLITE_TENSORS
from mpgraph.framework import calculator_framework as mp


@mp.register
class TfLiteTensorsToLandmarksCalculator(TensorsToLandmarksCalculator):
    """Decodes the first tensor of a list into landmarks.

    The ports are those of TensorsToLandmarksCalculator, but that TENSORS are TfLiteTensors; so are the
    options.
    """

    tensors = mp.Input("TENSORS", TFLITE_TENSORS)
    Options = mp.ProtoOptions("TfLiteTensorsToLandmarksCalculatorOptions")
