"""Models small enough to compute by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from mpgraph.inference import TfliteModel, load_model, schema
from mpgraph.inference.flatbuffer import Bytes, NewTable, Number, Numbers, References, write

_ADD_OPTIONS, _SUB_OPTIONS = 11, 28


def _operator(code: int, output: int, options_type: int) -> NewTable:
    return NewTable(
        {
            schema.OperatorSlot.OPCODE_INDEX: Number("I", code),
            schema.OperatorSlot.INPUTS: Numbers("i", [0, 1]),
            schema.OperatorSlot.OUTPUTS: Numbers("i", [output]),
            schema.OperatorSlot.BUILTIN_OPTIONS_TYPE: Number("B", options_type),
            schema.OperatorSlot.BUILTIN_OPTIONS: NewTable({}),
        }
    )


def _code(name: str) -> NewTable:
    number = schema.BUILTIN_OPERATORS.index(name)
    return NewTable(
        {
            schema.OperatorCodeSlot.DEPRECATED_BUILTIN_CODE: Number("b", number),
            schema.OperatorCodeSlot.BUILTIN_CODE: Number("i", number),
            schema.OperatorCodeSlot.VERSION: Number("i", 1),
        }
    )


@pytest.fixture(scope="session")
def sum_and_difference_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A .tflite file: inputs "a" and "b", outputs "sum" and "difference", all float32 of shape (1, 3)."""
    tensors = [
        NewTable({schema.TensorSlot.SHAPE: Numbers("i", [1, 3]), schema.TensorSlot.NAME: Bytes(name)})
        for name in (b"a", b"b", b"sum", b"difference")
    ]
    subgraph = NewTable(
        {
            schema.SubGraphSlot.TENSORS: References(tensors),
            schema.SubGraphSlot.INPUTS: Numbers("i", [0, 1]),
            schema.SubGraphSlot.OUTPUTS: Numbers("i", [2, 3]),
            schema.SubGraphSlot.OPERATORS: References(
                [_operator(0, 2, _ADD_OPTIONS), _operator(1, 3, _SUB_OPTIONS)]
            ),
        }
    )
    model = NewTable(
        {
            schema.ModelSlot.VERSION: Number("I", schema.VERSION),
            schema.ModelSlot.OPERATOR_CODES: References([_code("ADD"), _code("SUB")]),
            schema.ModelSlot.SUBGRAPHS: References([subgraph]),
            schema.ModelSlot.BUFFERS: References([NewTable({})]),
        }
    )
    file = tmp_path_factory.mktemp("models") / "sum_and_difference.tflite"
    file.write_bytes(write(model, schema.FILE_IDENTIFIER))
    return file


@pytest.fixture(scope="session")
def sum_and_difference(sum_and_difference_file: Path) -> TfliteModel:
    """The model in `sum_and_difference_file`."""
    return load_model(sum_and_difference_file.read_bytes(), origin="sum_and_difference.tflite")


@pytest.fixture(scope="session")
def waves() -> TfliteModel:
    """A model with an operator that the GPU does not support."""
    tensors = [
        NewTable({schema.TensorSlot.SHAPE: Numbers("i", [1, 3]), schema.TensorSlot.NAME: Bytes(name)})
        for name in (b"x", b"y")
    ]
    operator = {schema.OperatorSlot.INPUTS: Numbers("i", [0]), schema.OperatorSlot.OUTPUTS: Numbers("i", [1])}
    subgraph = {
        schema.SubGraphSlot.TENSORS: References(tensors),
        schema.SubGraphSlot.INPUTS: Numbers("i", [0]),
        schema.SubGraphSlot.OUTPUTS: Numbers("i", [1]),
        schema.SubGraphSlot.OPERATORS: References([NewTable(operator)]),
    }
    model = {
        schema.ModelSlot.VERSION: Number("I", schema.VERSION),
        schema.ModelSlot.OPERATOR_CODES: References([_code("SIN")]),
        schema.ModelSlot.SUBGRAPHS: References([NewTable(subgraph)]),
        schema.ModelSlot.BUFFERS: References([NewTable({})]),
    }
    return load_model(write(NewTable(model), schema.FILE_IDENTIFIER), origin="waves.tflite")
