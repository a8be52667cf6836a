"""Tensor: arrays between calculators and models."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import mpgraph as mp
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.tensor import TENSOR, TENSORS, TFLITE_TENSOR, TFLITE_TENSORS, Quantization, Tensor
from mpgraph.framework import packet_type


def test_array_is_shared() -> None:
    data = np.zeros((1, 2, 3, 4), np.float32)
    made = Tensor(data, name="input_1")
    assert made.array is data
    assert not data.flags.writeable
    assert (made.shape, made.dtype, made.name) == ((1, 2, 3, 4), np.float32, "input_1")


def test_other_orders_are_copied() -> None:
    made = Tensor(np.arange(6, dtype=np.float32).reshape(2, 3).T)
    assert made.array.flags.c_contiguous
    assert made.array.tolist() == [[0, 3], [1, 4], [2, 5]]


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.uint8, np.int8, np.int32, np.int64, bool])
def test_dtypes(dtype: Any) -> None:
    assert Tensor(np.zeros(3, dtype)).dtype == dtype


@pytest.mark.parametrize("dtype", [complex, object, "U3", np.longdouble])
def test_unsupported_dtypes_are_refused(dtype: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="numbers of up to 64 bits"):
        Tensor(np.zeros(3, dtype))


def test_tensor_needs_an_array() -> None:
    with pytest.raises(TypeError, match="not list"):
        Tensor([1.0])  # type: ignore[arg-type]


def test_dequantized() -> None:
    quantized = Tensor(np.array([0, 128, 255], np.uint8), quantization=Quantization(0.5, 128))
    assert quantized.dequantized().tolist() == [-64, 0, 63.5]
    plain = Tensor(np.ones(2, np.float32))
    assert plain.dequantized() is plain.array


def test_payload_types() -> None:
    assert mp.make_packet(Tensor(np.ones(1))).type is TENSOR
    assert TENSORS.name == "::std::vector<::mediapipe::Tensor>"


def test_repr() -> None:
    assert repr(Tensor(np.zeros((1, 2), np.int8), name="x")) == "<mpgraph.Tensor 'x' int8[1, 2]>"


class GpuValues:
    """Values that count how often they are read."""

    shape = (1, 2)

    def __init__(self) -> None:
        self.reads = 0

    def read(self) -> Any:
        self.reads += 1
        return np.array([[1, 2]], np.float32)


def test_values_on_the_gpu_are_read_back_once_on_first_use() -> None:
    values = GpuValues()
    tensor = Tensor.on_gpu(values, name="x")
    assert tensor.gpu is values and tensor.shape == (1, 2) and tensor.dtype == np.float32
    assert repr(tensor) == "<mpgraph.Tensor 'x' float32[1, 2]>" and values.reads == 0
    assert tensor.array.tolist() == [[1, 2]] and not tensor.array.flags.writeable
    assert tensor.dequantized() is tensor.array and values.reads == 1
    assert Tensor(np.ones(1)).gpu is None


def test_values_are_computed_where_they_are_needed() -> None:
    written: list[Any] = []

    def compute(out: Any) -> None:
        out[...] = 7
        written.append(out)

    tensor = Tensor.computed((2, 3), compute)
    assert tensor.shape == (2, 3) and tensor.dtype == np.float32 and not written
    memory = np.zeros((2, 3), np.float32)
    tensor.write_into(memory)
    assert memory.min() == 7 and len(written) == 1 and written[0] is memory
    assert tensor.array.tolist() == [[7] * 3] * 2 and not tensor.array.flags.writeable
    copied = pickle.loads(pickle.dumps(tensor))
    copied.write_into(memory)
    assert copied.array is copied.array and copied.shape == (2, 3) and tensor.array is tensor.array
    assert len(written) == 2


def test_tensors_of_both_generations_share_only_the_class() -> None:
    assert TFLITE_TENSORS is not TENSORS
    assert packet_type.of_class(Tensor) is TENSOR
    assert packet_type.family(Tensor) == {TENSOR, TFLITE_TENSOR}
