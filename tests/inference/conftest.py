"""Models built for tests, and the installed backends."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.framework import resources
from mpgraph.inference import TfliteModel, backends, load_model, schema
from mpgraph.inference.backend import BACKEND_VARIABLE
from mpgraph.inference.flatbuffer import Bytes, Field, NewTable, Number, Numbers, References, write

AVAILABLE = [status.name for status in backends() if status.available]
MODELS = ["selfie_segmentation.tflite", "selfie_segmentation_landscape.tflite"]
TYPE_NUMBERS = {dtype: number for number, dtype in schema.DTYPES.items()}

# Tests of a backend are collected only if it is installed.
TESTS_OF_BACKENDS = {"litert": "test_interpreter.py", "openvino": "test_openvino.py"}
missing = {status.name for status in backends() if not status.available}
collect_ignore = [file for name, file in TESTS_OF_BACKENDS.items() if name in missing]


class ModelBuilder:
    """Builds a small .tflite file: add tensors and operators, then call `build`."""

    def __init__(self) -> None:
        self.tensors: list[NewTable] = []
        self.operators: list[NewTable] = []
        self.codes: list[NewTable] = []
        self.buffers: list[NewTable] = [NewTable({})]

    def tensor(
        self,
        name: str,
        shape: Sequence[int],
        dtype: npt.DTypeLike = np.float32,
        *,
        signature: Sequence[int] | None = None,
        quantization: tuple[float, int] | None = None,
        data: bytes | None = None,
    ) -> int:
        fields: dict[int, Field] = {
            schema.TensorSlot.SHAPE: Numbers("i", shape),
            schema.TensorSlot.TYPE: Number("b", TYPE_NUMBERS[np.dtype(dtype)]),
            schema.TensorSlot.NAME: Bytes(name.encode()),
        }
        if signature is not None:
            fields[schema.TensorSlot.SHAPE_SIGNATURE] = Numbers("i", signature)
        if quantization is not None:
            fields[schema.TensorSlot.QUANTIZATION] = NewTable(
                {
                    schema.QuantizationSlot.SCALE: Numbers("f", [quantization[0]]),
                    schema.QuantizationSlot.ZERO_POINT: Numbers("q", [quantization[1]]),
                }
            )
        if data is not None:
            self.buffers.append(NewTable({schema.BufferSlot.DATA: Bytes(data)}))
            fields[schema.TensorSlot.BUFFER] = Number("I", len(self.buffers) - 1)
        self.tensors.append(NewTable(fields))
        return len(self.tensors) - 1

    def constant(self, name: str, values: npt.NDArray[np.generic]) -> int:
        return self.tensor(name, values.shape, values.dtype, data=values.tobytes())

    def operator(
        self,
        name: str,
        inputs: Sequence[int],
        outputs: Sequence[int],
        *,
        options_type: int = 0,
        options: Mapping[int, Field] | None = None,
        custom_options: bytes = b"",
    ) -> None:
        code: dict[int, Field] = {schema.OperatorCodeSlot.VERSION: Number("i", 1)}
        builtin = name in schema.BUILTIN_OPERATORS
        number = schema.BUILTIN_OPERATORS.index(name) if builtin else schema.CUSTOM
        code[schema.OperatorCodeSlot.DEPRECATED_BUILTIN_CODE] = Number("b", min(number, 127))
        code[schema.OperatorCodeSlot.BUILTIN_CODE] = Number("i", number)
        if not builtin:
            code[schema.OperatorCodeSlot.CUSTOM_CODE] = Bytes(name.encode())
        self.codes.append(NewTable(code))
        fields: dict[int, Field] = {
            schema.OperatorSlot.OPCODE_INDEX: Number("I", len(self.codes) - 1),
            schema.OperatorSlot.INPUTS: Numbers("i", inputs),
            schema.OperatorSlot.OUTPUTS: Numbers("i", outputs),
        }
        if options is not None:
            fields[schema.OperatorSlot.BUILTIN_OPTIONS_TYPE] = Number("B", options_type)
            fields[schema.OperatorSlot.BUILTIN_OPTIONS] = NewTable(options)
        if custom_options:
            fields[schema.OperatorSlot.CUSTOM_OPTIONS] = Bytes(custom_options)
        self.operators.append(NewTable(fields))

    def transpose_conv_bias(
        self,
        x: int,
        weights: npt.NDArray[np.float32],
        bias: npt.NDArray[np.float32],
        out: int,
        *,
        padding: int,
        strides: tuple[int, int],
    ) -> None:
        """MediaPipe's operator; `strides` are (width, height), `padding` is 1 (SAME) or 2 (VALID)."""
        number = len(self.tensors)
        inputs = [x, self.constant(f"w{number}", weights), self.constant(f"b{number}", bias)]
        options = struct.pack("<3i", padding, *strides)
        self.operator("Convolution2DTransposeBias", inputs, [out], custom_options=options)

    def build(self, inputs: Sequence[int], outputs: Sequence[int], *, version: int = 3) -> bytes:
        subgraph = NewTable(
            {
                schema.SubGraphSlot.TENSORS: References(self.tensors),
                schema.SubGraphSlot.INPUTS: Numbers("i", inputs),
                schema.SubGraphSlot.OUTPUTS: Numbers("i", outputs),
                schema.SubGraphSlot.OPERATORS: References(self.operators),
                schema.SubGraphSlot.NAME: Bytes(b"main"),
            }
        )
        model = NewTable(
            {
                schema.ModelSlot.VERSION: Number("I", version),
                schema.ModelSlot.OPERATOR_CODES: References(self.codes),
                schema.ModelSlot.SUBGRAPHS: References([subgraph]),
                schema.ModelSlot.BUFFERS: References(self.buffers),
            }
        )
        return write(model, schema.FILE_IDENTIFIER)


@pytest.fixture
def builder() -> ModelBuilder:
    return ModelBuilder()


@pytest.fixture
def doubler(builder: ModelBuilder) -> TfliteModel:
    """out = x + x, any number of rows of 3."""
    x = builder.tensor("x", [1, 3], signature=[-1, 3])
    out = builder.tensor("out", [1, 3], signature=[-1, 3])
    builder.operator("ADD", [x, x], [out], options_type=11, options={})
    return load_model(builder.build([x], [out]), origin="doubler.tflite")


@pytest.fixture(scope="session")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch, cache_folder: Path) -> None:
    """Isolate tests from the user's choice of backend and from the user's cache."""
    monkeypatch.delenv(BACKEND_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_folder))


@pytest.fixture(params=AVAILABLE)
def backend(request: pytest.FixtureRequest) -> str:
    """Each installed backend; MPGRAPH_TEST_BACKENDS lists those that must be."""
    return str(request.param)


@pytest.fixture(scope="session")
def selfie_models() -> dict[str, TfliteModel]:
    """The shipped models by file name."""
    return {
        name: load_model((resources.shipped_models() / name).read_bytes(), origin=name) for name in MODELS
    }


@pytest.fixture(params=MODELS)
def selfie_model(request: pytest.FixtureRequest, selfie_models: dict[str, TfliteModel]) -> TfliteModel:
    return selfie_models[request.param]


@pytest.fixture(scope="session")
def general_model(selfie_models: dict[str, TfliteModel]) -> TfliteModel:
    return selfie_models[MODELS[0]]


@pytest.fixture
def face(portrait: npt.NDArray[np.uint8], selfie_model: TfliteModel) -> npt.NDArray[np.float32]:
    """The portrait in the input size of `selfie_model`, values in 0..1."""
    _, height, width, _ = selfie_model.inputs[0].shape
    small = np.asarray(cv2.resize(portrait, (width, height), interpolation=cv2.INTER_AREA))
    return np.ascontiguousarray(small[None], np.float32) / np.float32(255)
