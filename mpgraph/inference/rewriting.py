"""The parts of a rewritten model: new tables that are prepended to the old file, and refer to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mpgraph.inference import flatbuffer, schema
from mpgraph.inference.flatbuffer import Field, NewTable, Number, Numbers, Reference, References, Table
from mpgraph.inference.schema import BufferSlot, ModelSlot, OperatorCodeSlot, OperatorSlot, SubGraphSlot


def has_constants_outside(model: Table) -> bool:
    """Whether a model has constants after its flatbuffer, whose offsets a rewritten file would not keep."""
    return any(buffer.scalar(BufferSlot.OFFSET, "Q") > 1 for buffer in model.tables(ModelSlot.BUFFERS))


def operator_code(name: str, version: int) -> NewTable:
    """The OperatorCode of a builtin operator."""
    number = schema.BUILTIN_OPERATORS.index(name)
    return NewTable(
        {
            OperatorCodeSlot.DEPRECATED_BUILTIN_CODE: Number("b", number),
            OperatorCodeSlot.VERSION: Number("i", version),
            OperatorCodeSlot.BUILTIN_CODE: Number("i", number),
        }
    )


def operator(
    code: int, inputs: Sequence[int], outputs: Sequence[int], options_type: int, options: Mapping[int, Field]
) -> NewTable:
    """An Operator. code: the index of its OperatorCode. inputs, outputs: indices of tensors."""
    return NewTable(
        {
            OperatorSlot.OPCODE_INDEX: Number("I", code),
            OperatorSlot.INPUTS: Numbers("i", inputs),
            OperatorSlot.OUTPUTS: Numbers("i", outputs),
            OperatorSlot.BUILTIN_OPTIONS_TYPE: Number("B", options_type),
            OperatorSlot.BUILTIN_OPTIONS: NewTable(options),
        }
    )


def subgraph_with(old: Table, tensors: Sequence[Reference], operators: Sequence[Reference]) -> NewTable:
    """A SubGraph with other tensors and operators, and everything else of an old one."""
    fields = flatbuffer.kept_fields(old, SubGraphSlot)
    fields[SubGraphSlot.TENSORS] = References(tensors)
    fields[SubGraphSlot.OPERATORS] = References(operators)
    return NewTable(fields)


def file_with(model: Table, changed: Mapping[int, Field], data: bytes) -> bytes:
    """Return the file of a model with other fields. data: the old file, which `model` is the root of."""
    fields = flatbuffer.kept_fields(model, set(ModelSlot) - {ModelSlot.VERSION})
    fields |= {ModelSlot.VERSION: Number("I", schema.VERSION), **changed}
    return flatbuffer.write(NewTable(fields), schema.FILE_IDENTIFIER, data)
