"""Tensor: the inputs and outputs of models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import numpy as np

from mpgraph.errors import InvalidArgumentError
from mpgraph.framework import packet_type


class Quantization(NamedTuple):
    """The mapping of a tensor's integers: real value = scale * (integer - zero_point)."""

    scale: float
    zero_point: int


class GpuValues(Protocol):
    """float32 values on the GPU: `mpgraph.gpu.context.GpuArray`."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The size in each dimension."""

    def read(self) -> np.ndarray[Any, np.dtype[np.float32]]:
        """Return the values in host memory; waits for the GPU."""


class Tensor:
    """An immutable n-dimensional array of numbers.

    Args:
        array: float16, float32, bool or integers. A C-contiguous array is shared and becomes read-only;
            other arrays are copied.
        name: the name in the model's signature, "" for none.
        quantization: scale and zero point of quantized values, None for plain ones.

    gpu: the same values on the GPU, None if they are only in host memory.

    Raises:
        TypeError: `array` is not a numpy array.
        InvalidArgumentError: it has another dtype.
    """

    __slots__ = ("__weakref__", "_array", "_compute", "_shape", "gpu", "name", "quantization")

    def __init__(
        self,
        array: np.ndarray[Any, np.dtype[Any]],
        *,
        name: str = "",
        quantization: Quantization | None = None,
    ) -> None:
        if not isinstance(array, np.ndarray):
            raise TypeError(f"A Tensor needs a numpy array, not {type(array).__name__}.")
        if array.dtype.kind not in "fiub" or array.dtype.itemsize > 8:
            raise InvalidArgumentError(f"A Tensor holds numbers of up to 64 bits, not {array.dtype}.")
        if not array.flags.c_contiguous:
            array = np.ascontiguousarray(array)
        array.flags.writeable = False
        self._array: np.ndarray[Any, np.dtype[Any]] | None = array
        self._compute: Callable[[np.ndarray[Any, np.dtype[np.float32]]], object] | None = None
        self._shape: tuple[int, ...] = array.shape
        self.gpu: GpuValues | None = None
        """The values on the GPU, None for a tensor in host memory."""
        self.name = name
        self.quantization = quantization

    @classmethod
    def on_gpu(cls, values: GpuValues, *, name: str = "") -> Tensor:
        """A float32 tensor whose values are on the GPU; the first use of `array` reads them back."""
        tensor = cls.computed(values.shape, None)
        tensor.gpu = values
        tensor.name = name
        return tensor

    @classmethod
    def computed(
        cls,
        shape: tuple[int, ...],
        compute: Callable[[np.ndarray[Any, np.dtype[np.float32]]], object] | None,
    ) -> Tensor:
        """A float32 tensor whose values `compute(out)` writes into an array of `shape` when they are needed.

        A model has them written straight into its own memory, see `write_into`, which saves a pass over the
        largest data of many graphs. `compute` may be called several times, by several threads.
        """
        tensor = cls.__new__(cls)
        tensor._array = tensor.gpu = tensor.quantization = None
        tensor._compute = compute
        tensor._shape = shape
        tensor.name = ""
        return tensor

    def __getstate__(self) -> tuple[Any, ...]:
        return self.array, self.name, self.quantization

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        array, self.name, self.quantization = state
        array.flags.writeable = False  # Pickle creates writable arrays.
        self._array, self._shape = array, array.shape
        self._compute = self.gpu = None

    @property
    def array(self) -> np.ndarray[Any, np.dtype[Any]]:
        """The values, read-only and C-contiguous; nothing is copied or computed, except at the first use.

        Raises:
            GpuError: the values are on the GPU and cannot be read back.
        """
        if self._array is None:
            if self._compute is not None:
                values = np.empty(self._shape, np.float32)
                self._compute(values)
            else:
                assert self.gpu is not None
                values = self.gpu.read()
            values.flags.writeable = False
            self._array = values
        return self._array

    @property
    def shape(self) -> tuple[int, ...]:
        """The size in each dimension; images are (1, height, width, channels)."""
        return self._shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """The numpy dtype of a value."""
        return np.dtype(np.float32) if self._array is None else self._array.dtype

    def write_into(self, out: np.ndarray[Any, np.dtype[Any]]) -> None:
        """Put the values into an array of this shape and dtype: computed there if nobody needed them before.

        Raises:
            GpuError: the values are on the GPU and cannot be read back.
        """
        if self._array is None and self._compute is not None:
            self._compute(out)
        else:
            np.copyto(out, self.array)

    def dequantized(self) -> np.ndarray[Any, np.dtype[np.float32]]:
        """The values as float32, with `quantization` applied; without a copy for a plain float32 tensor."""
        values = self.array.astype(np.float32, copy=False)
        if self.quantization is not None:
            scale, zero_point = self.quantization
            values = (values - np.float32(zero_point)) * np.float32(scale)
        return values

    def __repr__(self) -> str:
        name = f" {self.name!r}" if self.name else ""
        return f"<mpgraph.Tensor{name} {self.dtype}{list(self.shape)}>"


TENSOR = packet_type.define("::mediapipe::Tensor", Tensor)
TENSORS = packet_type.vector(TENSOR)
"""A list of tensors, the payload between the newer calculators (ImageToTensor, Inference and so on)."""

TFLITE_TENSOR = packet_type.define("TfLiteTensor", Tensor)
"""A tensor of the older calculators, whose streams do not fit the newer calculators: another payload type."""
TFLITE_TENSORS = packet_type.vector(TFLITE_TENSOR)
"""A list of such tensors, the payload between TfLiteConverter, TfLiteInference and TfLiteTensorsTo..."""
