"""Depthwise convolutions of 1x1 pixels, rounded as in MediaPipe 0.10.21.

Such a convolution multiplies each channel by a weight and adds a bias. The XNNPACK that MediaPipe contains
rounds after both on x86, that of LiteRT only once, after both. The region of a hand that holistic computes
this way decides whether the hand is still tracked, so its last bit counts; hence LiteRT gets a multiplication
and an addition instead.
"""

from __future__ import annotations

from collections.abc import Sequence

from mpgraph.inference import flatbuffer, schema
from mpgraph.inference.flatbuffer import Field, Kept, NewTable, Reference, References, Table
from mpgraph.inference.model import TfliteModel, operator_code_name
from mpgraph.inference.rewriting import (
    file_with,
    has_constants_outside,
    operator,
    operator_code,
    subgraph_with,
)
from mpgraph.inference.schema import DepthwiseConvSlot, ModelSlot, OperatorSlot, SubGraphSlot, TensorSlot

_CONVOLUTION = "DEPTHWISE_CONV_2D"
_PRODUCT_FIELDS = (TensorSlot.SHAPE, TensorSlot.SHAPE_SIGNATURE)


def separately_rounded(model: TfliteModel) -> bytes:
    """Return the file of `model` with MUL and ADD in place of each 1x1 depthwise convolution."""
    if _CONVOLUTION not in model.ops:
        return model.data
    root = flatbuffer.root(model.data, schema.FILE_IDENTIFIER)
    codes = root.tables(ModelSlot.OPERATOR_CODES)
    depthwise = {i for i, code in enumerate(codes) if operator_code_name(code) == _CONVOLUTION}
    subgraphs = root.tables(ModelSlot.SUBGRAPHS)
    rewritten = [_rewritten(subgraph, depthwise, len(codes)) for subgraph in subgraphs]
    if not any(rewritten) or has_constants_outside(root):
        return model.data
    new_codes = (operator_code("MUL", 1), operator_code("ADD", 1))
    changed: dict[int, Field] = {
        ModelSlot.OPERATOR_CODES: References([*flatbuffer.kept(root, ModelSlot.OPERATOR_CODES), *new_codes]),
        ModelSlot.SUBGRAPHS: References(
            [new or Kept(old.position) for new, old in zip(rewritten, subgraphs, strict=True)]
        ),
    }
    return file_with(root, changed, model.data)


def _rewritten(subgraph: Table, depthwise: set[int], mul: int) -> NewTable | None:
    """A subgraph without 1x1 convolutions, None if it has none anyway. mul: the code of MUL; ADD is next."""
    old_tensors = subgraph.tables(SubGraphSlot.TENSORS)
    tensors: list[Reference] = flatbuffer.kept(subgraph, SubGraphSlot.TENSORS)
    operators: list[Reference] = []
    for old in subgraph.tables(SubGraphSlot.OPERATORS):
        if old.scalar(OperatorSlot.OPCODE_INDEX, "I") in depthwise and _is_1x1(old, old_tensors):
            x, weights, bias = old.integers(OperatorSlot.INPUTS) or ()
            (out,) = old.integers(OperatorSlot.OUTPUTS) or ()
            product = len(tensors)
            tensors.append(NewTable(flatbuffer.kept_fields(old_tensors[out], _PRODUCT_FIELDS)))
            operators.append(operator(mul, (x, weights), (product,), schema.MUL_OPTIONS, {}))
            operators.append(operator(mul + 1, (product, bias), (out,), schema.ADD_OPTIONS, {}))
        else:
            operators.append(Kept(old.position))
    return subgraph_with(subgraph, tensors, operators) if len(tensors) > len(old_tensors) else None


def _is_1x1(operator: Table, tensors: Sequence[Table]) -> bool:
    """Whether a depthwise convolution only scales float32 channels and adds a bias."""
    inputs = operator.integers(OperatorSlot.INPUTS) or ()
    options = operator.table(OperatorSlot.BUILTIN_OPTIONS)
    if len(inputs) != 3 or -1 in inputs or options is None:
        return False
    x, weights = (tensors[number].integers(TensorSlot.SHAPE) or () for number in inputs[:2])
    return (
        not any(tensors[number].scalar(TensorSlot.TYPE, "b") for number in inputs)  # FLOAT32 is 0.
        and tuple(weights) == (1, 1, 1, x[-1] if x else 0)
        and options.scalar(DepthwiseConvSlot.STRIDE_W, "i") == 1
        and options.scalar(DepthwiseConvSlot.STRIDE_H, "i") == 1
        and options.scalar(DepthwiseConvSlot.ACTIVATION, "b") == 0
    )
