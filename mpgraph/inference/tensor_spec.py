"""Descriptions of a model's inputs and outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mpgraph.inference import schema
from mpgraph.inference.flatbuffer import FlatbufferError, Table
from mpgraph.inference.schema import QuantizationSlot, TensorSlot


@dataclass(frozen=True)
class QuantizationSpec:
    """The quantization of a tensor: real value = scale · (stored value - zero_point)."""

    scale: float
    zero_point: int


@dataclass(frozen=True)
class TensorSpec:
    """An input or output of a model.

    shape: valid until an input is resized. quantization: None if there is none, or one for each channel.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    quantization: QuantizationSpec | None = None

    def __str__(self) -> str:
        return f'"{self.name}" ({self.dtype.name} {list(self.shape)})'


def read_spec(tensor: Table) -> TensorSpec:
    """Describe a Tensor table of the file."""
    name = tensor.text(TensorSlot.NAME)
    kind = tensor.scalar(TensorSlot.TYPE, "b")
    if kind not in schema.DTYPES:
        raise FlatbufferError(f'tensor "{name}" is of {schema.name_of_type(kind)}, which numpy does not have')
    shape = tensor.integers(TensorSlot.SHAPE) or ()
    return TensorSpec(name, shape, schema.DTYPES[kind], _quantization(tensor))


def _quantization(tensor: Table) -> QuantizationSpec | None:
    parameters = tensor.table(TensorSlot.QUANTIZATION)
    if parameters is None:
        return None
    scales = parameters.vector(QuantizationSlot.SCALE, "f") or ()
    zero_points = parameters.vector(QuantizationSlot.ZERO_POINT, "q") or (0,)
    if len(scales) != 1:
        return None
    return QuantizationSpec(float(scales[0]), int(zero_points[0]))
