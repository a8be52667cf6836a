"""Small .tflite files for tests."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from mpgraph.inference import schema
from mpgraph.inference.flatbuffer import Bytes, Field, NewTable, Number, Numbers, References, write

TYPE_NUMBERS = {dtype: number for number, dtype in schema.DTYPES.items()}


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
        version: int = 1,
    ) -> None:
        code: dict[int, Field] = {schema.OperatorCodeSlot.VERSION: Number("i", version)}
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
