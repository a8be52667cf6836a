"""A subgraph of a model, validated while it is read.

The native runtimes check that a file is a valid flatbuffer, but trust much else: a wrong index, a missing
operand or a constant that is too short makes them read out of bounds.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

import numpy as np

from mpgraph.inference import postprocess, schema
from mpgraph.inference.flatbuffer import FlatbufferError, Table
from mpgraph.inference.operators import COUNTS, OPERANDS, SCALED, WINDOWS
from mpgraph.inference.schema import BufferSlot, OperatorSlot, QuantizationSlot, SubGraphSlot, TensorSlot
from mpgraph.inference.shape_rules import VALUES, output_shape
from mpgraph.inference.sparsity import Sparsity
from mpgraph.inference.tensor_spec import TensorSpec, read_spec

# Of computed tensors: more than 2 GiB results from a damaged shape.
_LARGEST_TENSOR = 2**31 - 1
_MOST_DIMENSIONS = 16
_LEAST_SCALE = float(np.finfo(np.float32).tiny)
_QUANTIZED = (np.dtype(np.int8), np.dtype(np.uint8), np.dtype(np.int16))


class ModelSubgraph:
    """The validated contents of a SubGraph table.

    operators: their names in execution order. static_shapes: as in TfliteModel.
    """

    def __init__(
        self,
        name: str,
        table: Table,
        codes: Sequence[str],
        buffers: Sequence[Table],
        buffer_sizes: Sequence[int],
    ) -> None:
        """name: for messages. codes: the names of the model's operators. buffers, buffer_sizes: of constants.

        Raises:
            FlatbufferError: something is inconsistent.
        """
        self._name = name
        self._table = table
        self._buffers = buffers
        self._tensors = table.tables(SubGraphSlot.TENSORS)
        for slot in (SubGraphSlot.INPUTS, SubGraphSlot.OUTPUTS):
            self._check_indices(f"{slot.name.lower()} of {name}", table.integers(slot) or ())
        self._constants = {
            index
            for index, tensor in enumerate(self._tensors)
            if self._is_constant(f"tensor {index} of {name}", tensor, buffer_sizes)
        }
        for index, tensor in enumerate(self._tensors):
            self._check_scales(f"tensor {index} of {name}", index, tensor)
        self._given = self._constants.union(table.integers(SubGraphSlot.INPUTS) or ())
        self._written = {index for index, tensor in enumerate(self._tensors) if _needs_no_writer(tensor)}
        self._unknown = {index for index, tensor in enumerate(self._tensors) if _is_resizable(tensor)}
        self.static_shapes = True
        self.operators = [
            self._read_operator(index, operator, codes)
            for index, operator in enumerate(table.tables(SubGraphSlot.OPERATORS))
        ]

    def specs(self, slot: SubGraphSlot) -> tuple[TensorSpec, ...]:
        """Describe the tensors whose indices `slot` holds."""
        return tuple(read_spec(self._tensors[index]) for index in self._table.integers(slot) or ())

    def _is_constant(self, where: str, tensor: Table, buffer_sizes: Sequence[int]) -> bool:
        shape = tensor.integers(TensorSlot.SHAPE) or ()
        if any(size < 0 for size in shape) or len(shape) > _MOST_DIMENSIONS:
            raise FlatbufferError(f"{where} has the shape {list(shape)}")
        buffer = tensor.scalar(TensorSlot.BUFFER, "I")
        if buffer >= max(1, len(buffer_sizes)):
            raise FlatbufferError(f"{where} is in buffer {buffer}, of only {len(buffer_sizes)}")
        held = buffer_sizes[buffer] if buffer else 0
        # It says which sizes are unknown (-1). OpenVINO takes all of them from here, also those of constants.
        signature = tensor.integers(TensorSlot.SHAPE_SIGNATURE) or shape
        known = [size if one == -1 and not held else one for one, size in zip(signature, shape, strict=False)]
        if len(signature) != len(shape) or known != list(shape):
            raise FlatbufferError(f"{where} has the shapes {list(shape)} and {list(signature)}")
        dtype = schema.DTYPES.get(tensor.scalar(TensorSlot.TYPE, "b"))
        if dtype is None:
            return held > 0
        needed = math.prod(shape) * dtype.itemsize
        sparsity = tensor.table(TensorSlot.SPARSITY)
        if sparsity is not None:
            if held % dtype.itemsize or needed > _LARGEST_TENSOR:
                raise FlatbufferError(f"{where} ({dtype.name} {list(shape)}) has a buffer of {held} bytes")
            Sparsity.read(sparsity, shape, held // dtype.itemsize)
            return held > 0
        if needed != held if held else needed > _LARGEST_TENSOR:
            raise FlatbufferError(
                f"{where} ({dtype.name} {list(shape)}) takes {needed} bytes, its buffer has {held}"
            )
        return held > 0

    def _read_operator(self, index: int, operator: Table, codes: Sequence[str]) -> str:
        """Check an operator, after all earlier operators; return its name."""
        code = operator.scalar(OperatorSlot.OPCODE_INDEX, "I")
        if code >= len(codes):
            raise FlatbufferError(f"operator {index} of {self._name} has code {code}, of only {len(codes)}")
        name = codes[code]
        where = f"operator {index} ({name}) of {self._name}"
        inputs = operator.integers(OperatorSlot.INPUTS) or ()
        outputs = operator.integers(OperatorSlot.OUTPUTS) or ()
        self._check_indices(where, [number for number in inputs if number != -1])
        self._check_indices(where, outputs)
        self._check_indices(where, operator.integers(OperatorSlot.INTERMEDIATES) or ())
        operator.length(OperatorSlot.CUSTOM_OPTIONS)
        if name == postprocess.NAME:
            self._check_postprocess(where, inputs, outputs, operator.raw(OperatorSlot.CUSTOM_OPTIONS))
        options = operator.table(OperatorSlot.BUILTIN_OPTIONS)
        if name in WINDOWS:
            _check_window(where, name, operator.scalar(OperatorSlot.BUILTIN_OPTIONS_TYPE, "B"), options)
        if name in COUNTS:
            _check_count(
                where, name, operator.scalar(OperatorSlot.BUILTIN_OPTIONS_TYPE, "B"), options, outputs
            )
        if name in OPERANDS:
            self._check_operands(where, name, inputs, outputs)
        if name in SCALED:
            self._check_scaled(where, name, inputs, outputs)
        self._check_flow(where, name in OPERANDS, inputs, outputs)
        self._check_shape(where, name, inputs, outputs, options)
        self.static_shapes &= name in OPERANDS and not any(self._is_computed_integer(i) for i in inputs)
        return name

    def _check_operands(self, where: str, name: str, inputs: Sequence[int], outputs: Sequence[int]) -> None:
        rule = OPERANDS[name]
        if not rule.least <= len(inputs) <= rule.most or -1 in inputs[: rule.least]:
            raise FlatbufferError(f"{where} has the inputs {list(inputs)}")
        if not 1 <= len(outputs) <= rule.outputs:
            raise FlatbufferError(f"{where} has the outputs {list(outputs)}")
        if name == "RESHAPE" and -1 in inputs:
            raise FlatbufferError(f"{where} has the inputs {list(inputs)}")

    def _check_shape(
        self, where: str, name: str, inputs: Sequence[int], outputs: Sequence[int], options: Table | None
    ) -> None:
        """Check that the shape of the output follows from those of the inputs, where these are known."""
        # Runtimes unpack constants ahead of time, into memory of the output's shape.
        related = inputs if name in ("DENSIFY", "DEQUANTIZE") else (*inputs, *outputs)
        if not self._unknown.isdisjoint(related):
            self._unknown.update(outputs)
            return
        shapes = [self._shape(index) for index in inputs if index != -1]
        try:
            values = self._integers(inputs[VALUES[name]]) if name in VALUES else None
            shape = output_shape(name, shapes, values, options)
        except ValueError as error:
            raise FlatbufferError(f"{where} {error}") from None
        if shape is None and (name not in OPERANDS or any(map(self._is_computed_integer, inputs))):
            self._unknown.update(outputs)
        elif shape is not None and shape != self._shape(outputs[0]):
            raise FlatbufferError(
                f"{where} makes the shape {list(shape)}, not {list(self._shape(outputs[0]))}"
            )

    def _shape(self, index: int) -> tuple[int, ...]:
        return self._tensors[index].integers(TensorSlot.SHAPE) or ()

    def _integers(self, index: int) -> tuple[int, ...] | None:
        """The values of a constant of integers, None for another tensor."""
        tensor = self._tensors[index]
        kind = {schema.INT32: "i", schema.INT64: "q"}.get(tensor.scalar(TensorSlot.TYPE, "b"))
        if kind is None or index not in self._constants or tensor.table(TensorSlot.SPARSITY) is not None:
            return None
        raw = self._buffers[tensor.scalar(TensorSlot.BUFFER, "I")].raw(BufferSlot.DATA)
        return struct.unpack(f"<{len(raw) // struct.calcsize(kind)}{kind}", raw)

    def _check_postprocess(
        self, where: str, inputs: Sequence[int], outputs: Sequence[int], options: bytes
    ) -> None:
        try:
            postprocess.check([self._shape(i) for i in inputs if i != -1], len(outputs), options)
        except ValueError as error:
            raise FlatbufferError(f"{where} {error}") from None

    def _check_scales(self, where: str, index: int, tensor: Table) -> None:
        """Check that no scale is NaN or infinite, those of computed values can be divided by, zeros exist."""
        parameters = tensor.table(TensorSlot.QUANTIZATION)
        scales = (parameters.vector(QuantizationSlot.SCALE, "f") if parameters else None) or ()
        least = 0.0 if index in self._constants else _LEAST_SCALE
        for scale in scales:
            if not least <= scale < math.inf:
                raise FlatbufferError(f"{where} has the scale {scale:g}")
        dtype = schema.DTYPES.get(tensor.scalar(TensorSlot.TYPE, "b"))
        zeros = (parameters.vector(QuantizationSlot.ZERO_POINT, "q") if parameters else None) or ()
        if scales and zeros and dtype in _QUANTIZED:
            values = np.iinfo(dtype.name)
            if min(zeros) < values.min or max(zeros) > values.max:
                raise FlatbufferError(f"{where} ({dtype.name}) has a zero point of {max(zeros, key=abs)}")

    def _check_scaled(self, where: str, name: str, inputs: Sequence[int], outputs: Sequence[int]) -> None:
        """Check that quantized operands of an operator that computes with their scales have one that fits."""
        scales = {}
        power, factor = SCALED[name]
        for index in (*inputs, *outputs):
            tensor = self._tensors[index]
            if schema.DTYPES.get(tensor.scalar(TensorSlot.TYPE, "b")) in _QUANTIZED:
                parameters = tensor.table(TensorSlot.QUANTIZATION)
                scale = (parameters.vector(QuantizationSlot.SCALE, "f") if parameters else None) or (0,)
                if min(scale) < _LEAST_SCALE:
                    raise FlatbufferError(f"{where} computes with tensor {index}, which lacks a scale")
                if power and len(scale) > 1:
                    raise FlatbufferError(
                        f"{where} computes with tensor {index}, which has {len(scale)} scales"
                    )
                scales[index] = scale[0]
        if power and len(scales) == len({*inputs, *outputs}):
            largest = max(scales[index] for index in inputs) ** power
            if largest >= factor * scales[outputs[0]]:
                raise FlatbufferError(
                    f"{where} has a scale of {scales[outputs[0]]:g}, too small for its inputs"
                )

    def _check_flow(self, where: str, known: bool, inputs: Sequence[int], outputs: Sequence[int]) -> None:
        """Check that each tensor has one origin, and that known operators read only written tensors."""
        for index in inputs if known else ():
            if index != -1 and index not in self._given and index not in self._written:
                raise FlatbufferError(f"{where} reads tensor {index} before anything has written it")
        for index in outputs:
            if index in self._given:
                raise FlatbufferError(f"{where} writes tensor {index}, which is an input or a constant")
        self._written.update(outputs)

    def _is_computed_integer(self, index: int) -> bool:
        kind = self._tensors[index].scalar(TensorSlot.TYPE, "b") if index != -1 else None
        return kind in (schema.INT32, schema.INT64) and index not in self._constants

    def _check_indices(self, where: str, indices: Sequence[int]) -> None:
        for index in indices:
            if not 0 <= index < len(self._tensors):
                raise FlatbufferError(f"{where}: there is no tensor {index} among {len(self._tensors)}")


def _needs_no_writer(tensor: Table) -> bool:
    """Whether a tensor is state that persists between runs, or has no elements."""
    return bool(tensor.scalar(TensorSlot.IS_VARIABLE, "b")) or 0 in (tensor.integers(TensorSlot.SHAPE) or ())


def _is_resizable(tensor: Table) -> bool:
    return -1 in (tensor.integers(TensorSlot.SHAPE_SIGNATURE) or ())


def _check_count(where: str, name: str, kind: int, options: Table | None, outputs: Sequence[int]) -> None:
    if options is None or kind != COUNTS[name] or options.scalar(0, "i") != len(outputs):
        raise FlatbufferError(f"{where} has {len(outputs)} outputs, and options for another number")


def _check_window(where: str, name: str, kind: int, options: Table | None) -> None:
    rule = WINDOWS[name]
    if kind != rule.options_type or options is None:
        raise FlatbufferError(f"{where} lacks its options")
    for slot, default in rule.sizes.items():
        size = options.scalar(slot, "i", default)
        if size < 1:
            raise FlatbufferError(f"{where} has a stride, dilation or window of {size}")
