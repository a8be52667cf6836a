"""A TensorFlow Lite model: its bytes, checked, and what they say about it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mpgraph.errors import InvalidArgumentError
from mpgraph.inference import flatbuffer, schema
from mpgraph.inference.flatbuffer import FlatbufferError, Table
from mpgraph.inference.schema import (
    BufferSlot,
    ModelSlot,
    OperatorCodeSlot,
    OperatorSlot,
    QuantizationSlot,
    SubGraphSlot,
    TensorSlot,
)

_LOAD_FAILED = "Failed to load TfLite model."


@dataclass(frozen=True)
class Quantization:
    """real = scale · (stored - zero_point)."""

    scale: float
    zero_point: int


@dataclass(frozen=True)
class TensorSpec:
    """One input or output of a model.

    `shape` is the one that holds until an input is resized. `quantization` is None for a tensor without
    one or with one for each channel.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    quantization: Quantization | None = None

    def __str__(self) -> str:
        return f'"{self.name}" ({self.dtype.name} {list(self.shape)})'


@dataclass(frozen=True)
class TfliteModel:
    """A model that `load_model` has checked. It never changes, and equals one with equal bytes.

    `inputs` and `outputs` are those of the main subgraph. `ops` are the names of all operators in the
    order they run, subgraph after subgraph, custom ones by their own name; `custom_ops` has only
    those, once each. `static_shapes` says that no tensor's shape can depend on values that are computed,
    as far as mpgraph knows the operators; `resizable`, that other shapes of the inputs may be tried.
    """

    data: bytes = field(repr=False, compare=False)
    origin: str = field(compare=False)
    sha256: str
    inputs: tuple[TensorSpec, ...] = field(compare=False)
    outputs: tuple[TensorSpec, ...] = field(compare=False)
    ops: tuple[str, ...] = field(repr=False, compare=False)
    custom_ops: tuple[str, ...] = field(compare=False)
    static_shapes: bool = field(compare=False)
    resizable: bool = field(default=True, compare=False)


def load_model(data: bytes, *, origin: str) -> TfliteModel:
    """Check that `data` is a TfLite model and describe it; `origin` says where it came from.

    Raises InvalidArgumentError, starting with MediaPipe's "Failed to load TfLite model.", for anything
    else: every table, index and constant is checked here, since native code that follows a wrong
    offset takes the whole process with it.
    """
    data = bytes(data)
    try:
        return _describe(data, origin)
    except FlatbufferError as error:
        what = str(error) if data else "it is empty"
        raise InvalidArgumentError(
            f'{_LOAD_FAILED} "{origin}" is damaged or not a .tflite file: {what}.'
        ) from None


def operator_code_name(code: Table) -> str:
    """The name of an OperatorCode: a custom operator's own one, or the builtin's."""
    # The field of one byte came first; files written since have both, older readers know only it.
    old = code.scalar(OperatorCodeSlot.DEPRECATED_BUILTIN_CODE, "b")
    number = max(old, code.scalar(OperatorCodeSlot.BUILTIN_CODE, "i"))
    if number != schema.CUSTOM:
        return schema.name_of_operator(number)
    return code.text(OperatorCodeSlot.CUSTOM_CODE)


def _describe(data: bytes, origin: str) -> TfliteModel:
    model = flatbuffer.root(data, schema.FILE_IDENTIFIER)
    version = model.scalar(ModelSlot.VERSION, "I")
    if version != schema.VERSION:
        raise FlatbufferError(f"it has schema version {version}, but only {schema.VERSION} is known")
    code_tables = model.tables(ModelSlot.OPERATOR_CODES)
    codes = [operator_code_name(code) for code in code_tables]
    custom = {operator_code_name(code) for code in code_tables if code.target(OperatorCodeSlot.CUSTOM_CODE)}
    buffer_sizes = [_buffer_size(table, len(data)) for table in model.tables(ModelSlot.BUFFERS)]
    subgraphs = [
        _Subgraph(f"subgraph {index}", table, codes, buffer_sizes)
        for index, table in enumerate(model.tables(ModelSlot.SUBGRAPHS))
    ]
    if not subgraphs:
        raise FlatbufferError("it has no subgraph")
    ops = tuple(name for subgraph in subgraphs for name in subgraph.operators)
    return TfliteModel(
        data=data,
        origin=origin,
        sha256=hashlib.sha256(data).hexdigest(),
        inputs=subgraphs[0].specs(SubGraphSlot.INPUTS),
        outputs=subgraphs[0].specs(SubGraphSlot.OUTPUTS),
        ops=ops,
        custom_ops=tuple(dict.fromkeys(name for name in ops if name in custom)),
        static_shapes=all(subgraph.static_shapes for subgraph in subgraphs),
    )


def _buffer_size(buffer: Table, file_size: int) -> int:
    offset, size = (buffer.scalar(slot, "Q") for slot in (BufferSlot.OFFSET, BufferSlot.SIZE))
    if offset <= 1:  # 1 is what a converter leaves where it planned to put an offset
        return buffer.length(BufferSlot.DATA)
    if offset + size > file_size:
        raise FlatbufferError(f"a constant at bytes {offset} to {offset + size} lies past its end")
    return size


class _Subgraph:
    """One subgraph, checked while it is read."""

    def __init__(self, name: str, table: Table, codes: Sequence[str], buffer_sizes: Sequence[int]) -> None:
        self._name = name
        self._table = table
        self._tensors = table.tables(SubGraphSlot.TENSORS)
        self._computed_integers = {
            index
            for index, tensor in enumerate(self._tensors)
            if not self._check_tensor(index, tensor, buffer_sizes)
            and tensor.scalar(TensorSlot.TYPE, "b") in (schema.INT32, schema.INT64)
        }
        self.static_shapes = True
        self.operators = [
            self._check_operator(index, operator, codes)
            for index, operator in enumerate(table.tables(SubGraphSlot.OPERATORS))
        ]
        for slot in (SubGraphSlot.INPUTS, SubGraphSlot.OUTPUTS):
            self._check_indices(f"{slot.name.lower()} of {name}", table.integers(slot) or ())

    def specs(self, slot: SubGraphSlot) -> tuple[TensorSpec, ...]:
        """Describe the tensors whose indices are in `slot`."""
        return tuple(_spec(self._tensors[index]) for index in self._table.integers(slot) or ())

    def _check_tensor(self, index: int, tensor: Table, buffer_sizes: Sequence[int]) -> bool:
        """Return whether the tensor is a constant."""
        shape = tensor.integers(TensorSlot.SHAPE) or ()
        where = f"tensor {index} of {self._name}"
        if any(size < 0 for size in shape):
            raise FlatbufferError(f"{where} has the shape {list(shape)}")
        signature = tensor.integers(TensorSlot.SHAPE_SIGNATURE)
        if signature and len(signature) != len(shape):
            raise FlatbufferError(f"{where} has the shapes {list(shape)} and {list(signature)}")
        buffer = tensor.scalar(TensorSlot.BUFFER, "I")
        if buffer >= max(1, len(buffer_sizes)):
            raise FlatbufferError(f"{where} is in buffer {buffer}, of only {len(buffer_sizes)}")
        dtype = schema.DTYPES.get(tensor.scalar(TensorSlot.TYPE, "b"))
        held = buffer_sizes[buffer] if buffer else 0
        if not held or dtype is None or tensor.target(TensorSlot.SPARSITY) is not None:
            return held > 0
        needed = math.prod(shape) * dtype.itemsize
        if held != needed:
            raise FlatbufferError(
                f"{where} ({dtype.name} {list(shape)}) takes {needed} bytes, but buffer {buffer} has {held}"
            )
        return True

    def _check_operator(self, index: int, operator: Table, codes: Sequence[str]) -> str:
        code = operator.scalar(OperatorSlot.OPCODE_INDEX, "I")
        if code >= len(codes):
            raise FlatbufferError(f"operator {index} of {self._name} is of kind {code}, of only {len(codes)}")
        name = codes[code]
        where = f"operator {index} ({name}) of {self._name}"
        inputs = operator.integers(OperatorSlot.INPUTS) or ()
        self._check_indices(where, [number for number in inputs if number != -1])
        for slot in (OperatorSlot.OUTPUTS, OperatorSlot.INTERMEDIATES):
            self._check_indices(where, operator.integers(slot) or ())
        if name not in schema.SHAPES_FROM_INTEGERS or not self._computed_integers.isdisjoint(inputs):
            self.static_shapes = False
        operator.table(OperatorSlot.BUILTIN_OPTIONS)
        operator.length(OperatorSlot.CUSTOM_OPTIONS)
        return name

    def _check_indices(self, where: str, indices: Sequence[int]) -> None:
        for index in indices:
            if not 0 <= index < len(self._tensors):
                raise FlatbufferError(f"{where}: there is no tensor {index} among {len(self._tensors)}")


def _spec(tensor: Table) -> TensorSpec:
    name = tensor.text(TensorSlot.NAME)
    kind = tensor.scalar(TensorSlot.TYPE, "b")
    if kind not in schema.DTYPES:
        raise FlatbufferError(f'tensor "{name}" is of {schema.name_of_type(kind)}, which numpy does not have')
    shape = tensor.integers(TensorSlot.SHAPE_SIGNATURE) or tensor.integers(TensorSlot.SHAPE) or ()
    return TensorSpec(name, shape, schema.DTYPES[kind], _quantization(tensor))


def _quantization(tensor: Table) -> Quantization | None:
    parameters = tensor.table(TensorSlot.QUANTIZATION)
    if parameters is None:
        return None
    scales = parameters.vector(QuantizationSlot.SCALE, "f") or ()
    zero_points = parameters.vector(QuantizationSlot.ZERO_POINT, "q") or (0,)
    if len(scales) != 1:
        return None
    return Quantization(float(scales[0]), int(zero_points[0]))
