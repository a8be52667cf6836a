"""TfLiteTensorsToFloatsCalculator: the values of a TfLiteTensor as Python numbers."""

from __future__ import annotations

from mpgraph.calculators.tensor.tensors_to_floats import TensorsToFloatsCalculator
from mpgraph.formats.tensor import TFLITE_TENSORS
from mpgraph.framework import calculator_framework as mp


@mp.register
class TfLiteTensorsToFloatsCalculator(TensorsToFloatsCalculator):
    """Sends the values of the first tensor of a list.

    TENSORS: a list whose first tensor is float32, of any shape.
    FLOATS: all its values, as a flat list. FLOAT: its value, if it has only one.
    """

    tensors = mp.Input("TENSORS", TFLITE_TENSORS)
    Options = None
    allows_both = True
