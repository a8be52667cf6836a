"""Rewrites MediaPipe's own operators as builtin operators that every TfLite runtime has.

`Convolution2DTransposeBias` (mediapipe/util/tflite/operations/transpose_conv_bias.cc) computes the same as
the builtin TRANSPOSE_CONV since its version 3, which has a bias. Only the order of arguments differs, and
the output's size is an input instead of being derived. So the rewrite is exact.

The file is not rebuilt: new tables that refer to old ones are prepended. That takes about a millisecond, too
little for a cache on disk.
"""

from __future__ import annotations

import hashlib
import struct
import weakref
from collections.abc import Sequence
from dataclasses import replace

from mpgraph.errors import InferenceError
from mpgraph.inference import flatbuffer, schema
from mpgraph.inference.flatbuffer import (
    Bytes,
    Field,
    NewTable,
    Number,
    Numbers,
    Reference,
    References,
    Table,
)
from mpgraph.inference.model import TfliteModel, operator_code_name
from mpgraph.inference.operators import TRANSPOSE_CONV_BIAS, TransposeConvBias
from mpgraph.inference.rewriting import (
    file_with,
    has_constants_outside,
    operator,
    operator_code,
    subgraph_with,
)
from mpgraph.inference.schema import (
    BufferSlot,
    ModelSlot,
    OperatorSlot,
    SubGraphSlot,
    TensorSlot,
    TransposeConvSlot,
)

_lowered: weakref.WeakKeyDictionary[TfliteModel, TfliteModel] = weakref.WeakKeyDictionary()


def lower(model: TfliteModel) -> TfliteModel:
    """`model` with each Convolution2DTransposeBias replaced by TRANSPOSE_CONV; unchanged if it has none.

    The result is cached for the lifetime of the model. It is not resizable, since sizes become constants.

    Raises:
        InferenceError: an operator's sizes are not fixed in the model, or its options are not those that
            MediaPipe writes.
    """
    if TRANSPOSE_CONV_BIAS not in model.custom_ops:
        return model
    lowered = _lowered.get(model)
    if lowered is None:
        data = _Lowering(model).run()
        lowered = replace(
            model,
            data=data,
            sha256=hashlib.sha256(data).hexdigest(),
            ops=tuple("TRANSPOSE_CONV" if name == TRANSPOSE_CONV_BIAS else name for name in model.ops),
            custom_ops=tuple(name for name in model.custom_ops if name != TRANSPOSE_CONV_BIAS),
            resizable=False,
        )
        _lowered[model] = lowered
    return lowered


class _Lowering:
    """The rewriting of one model."""

    def __init__(self, model: TfliteModel) -> None:
        self._origin = model.origin
        self._data = model.data
        self._model = flatbuffer.root(model.data, schema.FILE_IDENTIFIER)
        codes = self._model.tables(ModelSlot.OPERATOR_CODES)
        self._codes = {i for i, code in enumerate(codes) if operator_code_name(code) == TRANSPOSE_CONV_BIAS}
        self._buffers: list[Reference] = flatbuffer.kept(self._model, ModelSlot.BUFFERS)

    def run(self) -> bytes:
        """Return the bytes of the rewritten file."""
        if has_constants_outside(self._model):
            raise self._cannot("the model has constants outside the flatbuffer")
        codes = [
            operator_code("TRANSPOSE_CONV", 3) if index in self._codes else code
            for index, code in enumerate(flatbuffer.kept(self._model, ModelSlot.OPERATOR_CODES))
        ]
        subgraphs = [self._subgraph(table) for table in self._model.tables(ModelSlot.SUBGRAPHS)]
        changed: dict[int, Field] = {
            ModelSlot.OPERATOR_CODES: References(codes),
            ModelSlot.SUBGRAPHS: References(subgraphs),
            ModelSlot.BUFFERS: References(self._buffers),
        }
        return file_with(self._model, changed, self._data)

    def _subgraph(self, subgraph: Table) -> NewTable:
        old_tensors = subgraph.tables(SubGraphSlot.TENSORS)
        tensors = flatbuffer.kept(subgraph, SubGraphSlot.TENSORS)
        operators = flatbuffer.kept(subgraph, SubGraphSlot.OPERATORS)
        for index, old in enumerate(subgraph.tables(SubGraphSlot.OPERATORS)):
            if old.scalar(OperatorSlot.OPCODE_INDEX, "I") in self._codes:
                options, arguments, output_shape = self._read(index, old, old_tensors)
                tensors.append(self._constant(output_shape, f"{TRANSPOSE_CONV_BIAS}/{index}/output_shape"))
                operators[index] = _transpose_conv(old, options, len(tensors) - 1, arguments)
        return subgraph_with(subgraph, tensors, operators)

    def _read(
        self, index: int, old: Table, tensors: Sequence[Table]
    ) -> tuple[TransposeConvBias, tuple[int, int, int], tuple[int, int, int, int]]:
        """Return an operator's options, its input tensors (x, weights, bias) and the shape of its output."""
        inputs = old.integers(OperatorSlot.INPUTS) or ()
        outputs = old.integers(OperatorSlot.OUTPUTS) or ()
        if len(inputs) != 3 or -1 in inputs or len(outputs) != 1:
            raise self._cannot(f"operator {index} has {len(inputs)} inputs, {len(outputs)} outputs")
        x, weights, bias = inputs
        try:
            options = TransposeConvBias.parse(old.raw(OperatorSlot.CUSTOM_OPTIONS))
        except ValueError as error:
            raise self._cannot(f"operator {index} {error}") from None
        batch, in_h, in_w, in_depth = self._fixed_shape(index, tensors[x])
        depth, kernel_h, kernel_w, kernel_depth = self._fixed_shape(index, tensors[weights])
        if kernel_depth != in_depth:
            raise self._cannot(f"operator {index} has {in_depth} channels in, its weights {kernel_depth}")
        height, width = options.output_size(in_h, in_w, kernel_h, kernel_w)
        output_shape = (batch, height, width, depth)
        recorded = tensors[outputs[0]].integers(TensorSlot.SHAPE)
        if recorded and recorded != output_shape:
            raise self._cannot(
                f"operator {index} returns {list(output_shape)}, but the model declares {list(recorded)}"
            )
        return options, (x, weights, bias), output_shape

    def _fixed_shape(self, index: int, tensor: Table) -> tuple[int, ...]:
        """The four sizes; a dynamic batch size counts as the size in the file."""
        shape = tensor.integers(TensorSlot.SHAPE) or ()
        signature = tensor.integers(TensorSlot.SHAPE_SIGNATURE) or shape
        if len(shape) != 4 or 0 in shape or -1 in signature[1:]:
            raise self._cannot(
                f'operator {index} takes "{tensor.text(TensorSlot.NAME)}" of shape {list(signature)},'
                " where four fixed sizes are required"
            )
        return shape

    def _constant(self, values: Sequence[int], name: str) -> NewTable:
        """Add a buffer with `values` as int32, and return a tensor for it."""
        self._buffers.append(NewTable({BufferSlot.DATA: Bytes(struct.pack(f"<{len(values)}i", *values))}))
        return NewTable(
            {
                TensorSlot.SHAPE: Numbers("i", [len(values)]),
                TensorSlot.TYPE: Number("b", schema.INT32),
                TensorSlot.BUFFER: Number("I", len(self._buffers) - 1),
                TensorSlot.NAME: Bytes(name.encode()),
            }
        )

    def _cannot(self, why: str) -> InferenceError:
        return InferenceError(
            f'Cannot rewrite the operator {TRANSPOSE_CONV_BIAS} of "{self._origin}": {why}.'
        )


def _transpose_conv(
    old: Table, options: TransposeConvBias, shape: int, arguments: tuple[int, int, int]
) -> NewTable:
    """The replacement of an operator; `shape` and `arguments` (x, weights, bias) are indices of tensors."""
    x, weights, bias = arguments
    return operator(
        old.scalar(OperatorSlot.OPCODE_INDEX, "I"),
        (shape, weights, x, bias),
        old.integers(OperatorSlot.OUTPUTS) or (),
        schema.TRANSPOSE_CONV_OPTIONS,
        {
            TransposeConvSlot.PADDING: Number("b", options.padding),
            TransposeConvSlot.STRIDE_W: Number("i", options.stride_w),
            TransposeConvSlot.STRIDE_H: Number("i", options.stride_h),
        },
    )
