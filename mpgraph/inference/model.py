"""A TensorFlow Lite model: its validated bytes and their description."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from mpgraph.errors import InvalidArgumentError
from mpgraph.inference import flatbuffer, schema
from mpgraph.inference.flatbuffer import FlatbufferError, Table
from mpgraph.inference.schema import BufferSlot, ModelSlot, OperatorCodeSlot, SubGraphSlot
from mpgraph.inference.subgraph import ModelSubgraph
from mpgraph.inference.tensor_spec import TensorSpec
from mpgraph.io.bounded_cache import BoundedCache

_LOAD_FAILED = "Failed to load TfLite model."

_LOADED: BoundedCache[tuple[bytes, str], TfliteModel] = BoundedCache(64_000_000)
"""The last models, since checking one takes as long as a run of it. Bytes objects remember their hash."""


@dataclass(frozen=True)
class TfliteModel:
    """A validated, immutable model; models with equal bytes are equal. Created by `load_model`.

    inputs, outputs: those of the main subgraph. ops: the names of all operators in execution order, subgraph
    after subgraph, custom operators by their own name. custom_ops: the names of those, without duplicates.
    static_shapes: whether no tensor's shape can depend on computed values; False if an operator is unknown.
    resizable: whether other input shapes may be tried.
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
    """Validate and describe a TfLite model; `origin` names its source in error messages.

    Every table, index and constant is checked here, since native code that follows a wrong offset crashes
    the whole process.

    Raises:
        InvalidArgumentError: it is not a valid model. The message starts with MediaPipe's "Failed to load
            TfLite model.".
    """
    data = bytes(data)
    known = _LOADED.get((data, origin))
    if known is not None:
        return known
    try:
        model = _describe(data, origin)
    except FlatbufferError as error:
        what = str(error) if data else "it is empty"
        raise InvalidArgumentError(
            f'{_LOAD_FAILED} "{origin}" is damaged or not a .tflite file: {what}.'
        ) from None
    _LOADED.keep((data, origin), model, len(data))
    return model


def operator_code_name(code: Table) -> str:
    """The name of an OperatorCode: a custom operator's own name, or that of the builtin operator."""
    # The field of one byte is the older one; newer files have both, for older readers.
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
    buffers = model.tables(ModelSlot.BUFFERS)
    buffer_sizes = [_buffer_size(table, len(data)) for table in buffers]
    subgraphs = [
        ModelSubgraph(f"subgraph {index}", table, codes, buffers, buffer_sizes)
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
    if offset <= 1:  # 1: a placeholder that converters leave
        return buffer.length(BufferSlot.DATA)
    if offset + size > file_size:
        raise FlatbufferError(f"a constant at bytes {offset} to {offset + size} is past its end")
    return size
