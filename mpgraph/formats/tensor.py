"""Tensor: what models take and give."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np

from mpgraph.errors import InvalidArgumentError
from mpgraph.framework import packet_type


class Quantization(NamedTuple):
    """What the integers of a tensor stand for: real value = scale * (integer - zero_point)."""

    scale: float
    zero_point: int


class GpuValues(Protocol):
    """float32 values on the GPU: `mpgraph.gpu.context.GpuArray`."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The size in each dimension."""

    def read(self) -> np.ndarray[Any, np.dtype[np.float32]]:
        """The values on the host; waits for the GPU."""


class Tensor:
    """An n-dimensional array of numbers, never changed after it was made.

    Args:
        array: float16, float32, bool or integers, in C order. It is taken over without copying and
            becomes read-only; one that is not C-contiguous is copied.
        name: the name in the model's signature, "" for none.
        quantization: scale and zero point of quantized values, None for plain ones.

    Raises:
        TypeError: `array` is not a numpy array.
        InvalidArgumentError: it has another dtype.
    """

    __slots__ = ("__weakref__", "_array", "gpu", "name", "quantization")

    def __init__(
        self,
        array: np.ndarray[Any, np.dtype[Any]],
        *,
        name: str = "",
        quantization: Quantization | None = None,
    ) -> None:
        if not isinstance(array, np.ndarray):
            raise TypeError(f"A Tensor is made of a numpy array, not of {type(array).__name__}.")
        if array.dtype.kind not in "fiub" or array.dtype.itemsize > 8:
            raise InvalidArgumentError(f"A Tensor holds numbers of up to 64 bits, not {array.dtype}.")
        if not array.flags.c_contiguous:
            array = np.ascontiguousarray(array)
        array.flags.writeable = False
        self._array: np.ndarray[Any, np.dtype[Any]] | None = array
        self.gpu: GpuValues | None = None
        """The values on the GPU, None for a tensor in host memory."""
        self.name = name
        self.quantization = quantization

    @classmethod
    def on_gpu(cls, values: GpuValues, *, name: str = "") -> Tensor:
        """A float32 tensor whose values are on the GPU, and are read back when `array` is first asked for."""
        made = cls.__new__(cls)
        made._array = None
        made.gpu = values
        made.name = name
        made.quantization = None
        return made

    @property
    def array(self) -> np.ndarray[Any, np.dtype[Any]]:
        """The values, read-only and C-contiguous; nothing is copied, except once from the GPU.

        Raises:
            GpuError: they are on the GPU and cannot be read back.
        """
        if self._array is None:
            assert self.gpu is not None
            values = self.gpu.read()
            values.flags.writeable = False
            self._array = values
        return self._array

    @property
    def shape(self) -> tuple[int, ...]:
        """The size in each dimension; pictures are (1, height, width, channels)."""
        return self.array.shape if self.gpu is None else self.gpu.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """The numpy dtype of a value."""
        return self.array.dtype if self.gpu is None else np.dtype(np.float32)

    def dequantized(self) -> np.ndarray[Any, np.dtype[np.float32]]:
        """The values as float32, `quantization` applied; a float32 tensor's own array."""
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
