"""A model's main subgraph for planning: constants as arrays, options with a small reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from mpgraph.errors import InferenceError
from mpgraph.inference import flatbuffer, schema
from mpgraph.inference.flatbuffer import FlatbufferError, Table
from mpgraph.inference.model import TfliteModel, operator_code_name
from mpgraph.inference.schema import (
    BufferSlot,
    ModelSlot,
    OperatorCodeSlot,
    OperatorSlot,
    SubGraphSlot,
    TensorSlot,
)
from mpgraph.inference.webgpu import sparse

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class NetworkTensor:
    """A tensor of the subgraph. `constant` is None if the tensor is an input or computed."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any] | None
    constant: Array | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Operation:
    """An operator. An input of -1 is one that is omitted. version: of its options and formula.

    activation, addend (a tensor, or -1), final_activation: see `fusing`.
    """

    index: int
    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Table | None = field(default=None, repr=False)
    custom_options: bytes = field(default=b"", repr=False)
    version: int = 1
    activation: int = 0
    addend: int = -1
    final_activation: int = -1

    def option(self, slot: int, kind: str = "i", default: int = 0) -> int:
        """An integer from the options; `kind` is its format character in the struct module."""
        return default if self.options is None else self.options.scalar(slot, kind, default)

    def real_option(self, slot: int, default: float = 0.0) -> float:
        """A float from the options, or `default` if it is absent."""
        return default if self.options is None else self.options.real(slot, default)


@dataclass(frozen=True)
class Network:
    """The tensors by number, and the operators in execution order."""

    origin: str
    tensors: Sequence[NetworkTensor]
    operations: Sequence[Operation]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def read_network(model: TfliteModel) -> Network:
    """Read the main subgraph, with half-float constants as float32, and sparse constants as dense arrays.

    Raises:
        InferenceError: the model has control flow, which is not supported, or a damaged sparse constant.
    """
    root = flatbuffer.root(model.data, schema.FILE_IDENTIFIER)
    codes = root.tables(ModelSlot.OPERATOR_CODES)
    buffers = root.tables(ModelSlot.BUFFERS)
    subgraphs = root.tables(ModelSlot.SUBGRAPHS)
    if len(subgraphs) > 1 and {"IF", "WHILE", "CALL", "CALL_ONCE"} & set(model.ops):
        raise InferenceError(f'"{model.origin}" has control flow, which the GPU backend cannot run.')
    main = subgraphs[0]
    try:
        tensors = [_tensor(table, buffers, model.data) for table in main.tables(SubGraphSlot.TENSORS)]
    except FlatbufferError as error:
        raise InferenceError(f'"{model.origin}" cannot be read: {error}.') from None
    operations = [
        _operation(index, table, codes) for index, table in enumerate(main.tables(SubGraphSlot.OPERATORS))
    ]
    return Network(
        model.origin,
        tensors,
        _unpack_constants(tensors, operations),
        main.integers(SubGraphSlot.INPUTS) or (),
        main.integers(SubGraphSlot.OUTPUTS) or (),
    )


def _operation(index: int, table: Table, codes: Sequence[Table]) -> Operation:
    code = codes[table.scalar(OperatorSlot.OPCODE_INDEX, "I")]
    return Operation(
        index,
        operator_code_name(code),
        table.integers(OperatorSlot.INPUTS) or (),
        table.integers(OperatorSlot.OUTPUTS) or (),
        table.table(OperatorSlot.BUILTIN_OPTIONS),
        table.raw(OperatorSlot.CUSTOM_OPTIONS),
        code.scalar(OperatorCodeSlot.VERSION, "i", 1),
    )


def _tensor(table: Table, buffers: Sequence[Table], data: bytes) -> NetworkTensor:
    shape = table.integers(TensorSlot.SHAPE) or ()
    dtype = schema.DTYPES.get(table.scalar(TensorSlot.TYPE, "b"))
    number = table.scalar(TensorSlot.BUFFER, "I")
    raw = _content(buffers[number], data) if number else b""
    sparsity = table.table(TensorSlot.SPARSITY)
    constant: Array | None = None
    if raw and dtype is not None:
        values = np.frombuffer(raw, dtype)
        constant = values.reshape(shape) if sparsity is None else sparse.dense(values, shape, sparsity)
    return NetworkTensor(table.text(TensorSlot.NAME), shape, dtype, constant)


def _content(buffer: Table, data: bytes) -> bytes:
    offset, size = (buffer.scalar(slot, "Q") for slot in (BufferSlot.OFFSET, BufferSlot.SIZE))
    return data[offset : offset + size] if offset > 1 else buffer.raw(BufferSlot.DATA)


def _unpack_constants(tensors: list[NetworkTensor], operations: Sequence[Operation]) -> list[Operation]:
    """Evaluate each DEQUANTIZE of a half-float constant, and DENSIFY; return the remaining operators."""
    remaining = []
    for operation in operations:
        packed = tensors[operation.inputs[0]].constant if operation.inputs[:1] > (-1,) else None
        if operation.name == "DEQUANTIZE" and packed is not None and packed.dtype == np.float16:
            packed = packed.astype(np.float32)
        elif operation.name != "DENSIFY" or packed is None:
            remaining.append(operation)
            continue
        target = tensors[operation.outputs[0]]
        tensors[operation.outputs[0]] = NetworkTensor(target.name, packed.shape, packed.dtype, packed)
    return remaining
