"""The older calculators' tensors do not fit the newer ones' streams."""

from __future__ import annotations

from mpgraph.formats.tensor import TENSOR, TENSORS, Tensor
from mpgraph.formats.tflite_tensor import TFLITE_TENSOR, TFLITE_TENSORS
from mpgraph.framework import packet_type


def test_both_generations_share_only_the_class() -> None:
    assert TFLITE_TENSORS is not TENSORS
    assert packet_type.of_class(Tensor) is TENSOR
    assert packet_type.family(Tensor) == {TENSOR, TFLITE_TENSOR}
