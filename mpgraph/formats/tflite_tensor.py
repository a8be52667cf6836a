"""TfLiteTensor: tensors of the older calculators, whose streams are incompatible with the newer ones."""

from __future__ import annotations

from mpgraph.formats.tensor import Tensor
from mpgraph.framework import packet_type

TFLITE_TENSOR = packet_type.define("TfLiteTensor", Tensor)
"""A `Tensor`; only its payload type differs from that of the newer calculators."""

TFLITE_TENSORS = packet_type.vector(TFLITE_TENSOR)
"""A list of such tensors, the payload between TfLiteConverter, TfLiteInference and TfLiteTensorsTo..."""
