"""A TensorFlow Lite model: its bytes, checked, and what they say about it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from mpgraph.errors import InvalidArgumentError
from mpgraph.inference import flatbuffer, schema
from mpgraph.inference.flatbuffer import FlatbufferError, Table
from mpgraph.inference.schema import BufferSlot, ModelSlot, OperatorCodeSlot, SubGraphSlot
from mpgraph.inference.subgraph import ModelSubgraph
from mpgraph.inference.tensor_spec import TensorSpec

_LOAD_FAILED = "Failed to load TfLite model."


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
        ModelSubgraph(f"subgraph {index}", table, codes, buffer_sizes)
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
