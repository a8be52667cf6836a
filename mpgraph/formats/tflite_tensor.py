"""TfLiteTensor: tensors between the older calculators, whose streams are not those of the newer ones."""

from __future__ import annotations

from mpgraph.formats.tensor import Tensor
from mpgraph.framework import packet_type

TFLITE_TENSOR = packet_type.define("TfLiteTensor", Tensor)
"""A `Tensor`; only its payload type tells it from one of the newer calculators."""

TFLITE_TENSORS = packet_type.vector(TFLITE_TENSOR)
"""A list of them, the payload between TfLiteConverter, TfLiteInference and TfLiteTensorsTo..."""
