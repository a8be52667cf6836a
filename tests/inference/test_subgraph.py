from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from mpgraph.errors import InvalidArgumentError
from mpgraph.inference import backends, load_model
from mpgraph.inference.flatbuffer import NewTable, Number, Numbers


def refuse(data: bytes, message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        load_model(data, origin="m")


def test_indices_must_refer_to_tensors(builder: Any) -> None:
    x, y = builder.tensor("x", [1]), builder.tensor("y", [1])
    refuse(builder.build([x], [7]), "outputs of subgraph 0: there is no tensor 7 among 2")
    builder.operator("RELU", [9], [y])
    refuse(builder.build([x], [y]), r"operator 0 \(RELU\) of subgraph 0: there is no tensor 9")


def test_constants_must_fill_their_tensors(builder: Any) -> None:
    x = builder.tensor("x", [5], data=bytes(16))
    refuse(
        builder.build([x], [x]), r"tensor 0 of subgraph 0 \(float32 \[5\]\) takes 20 bytes, its buffer has 16"
    )


def test_sizes_must_be_plausible(builder: Any) -> None:
    x = builder.tensor("x", [1, 70000, 70000, 3])
    refuse(builder.build([x], [x]), "takes 58800000000 bytes")


def test_negative_size_is_rejected(builder: Any) -> None:
    x = builder.tensor("x", [1, -1])
    refuse(builder.build([x], [x]), r"has the shape \[1, -1\]")


@pytest.mark.parametrize("signature", [[-1], [-2, 3], [1, 9], [0, 0]])
def test_shape_and_signature_must_agree(builder: Any, signature: list[int]) -> None:
    x = builder.tensor("x", [1, 3], signature=signature)
    refuse(builder.build([x], [x]), r"has the shapes \[1, 3\] and \[")


@pytest.mark.parametrize("signature", [[-1, 3], [99999, 3]])
def test_the_shape_of_a_constant_is_known(builder: Any, signature: list[int]) -> None:
    builder.constant("c", np.zeros((1, 3), np.float32))
    builder.tensors[0].fields[7] = Numbers("i", signature)
    x = builder.tensor("x", [1, 3])
    refuse(builder.build([x], [x]), r"has the shapes \[1, 3\] and \[")


def test_buffers_must_exist(builder: Any) -> None:
    x = builder.tensor("x", [1])
    builder.tensors[0].fields[2] = Number("I", 5)
    refuse(builder.build([x], [x]), "is in buffer 5, of only 1")


@pytest.mark.parametrize(
    ("name", "inputs", "outputs", "message"),
    [
        ("RELU", [-1], [1], r"has the inputs \[-1\]"),
        ("RELU", [0, 0], [1], r"has the inputs \[0, 0\]"),
        ("ADD", [0], [1], r"has the inputs \[0\]"),
        ("LOGISTIC", [0], [1, 2], r"has the outputs \[1, 2\]"),
        ("LOGISTIC", [2], [1], "reads tensor 2 before anything has written it"),
        ("LOGISTIC", [0], [0], "writes tensor 0, which is an input or a constant"),
        ("CONV_2D", [0, 0, -1], [1], "lacks its options"),
        ("RESHAPE", [0, -1], [1], r"has the inputs \[0, -1\]"),
        ("DEPTHWISE_CONV_2D", [0, 0], [1], "lacks its options"),
    ],
)
def test_operators_must_have_their_operands(
    builder: Any, name: str, inputs: list[int], outputs: list[int], message: str
) -> None:
    for tensor in "xyz":
        builder.tensor(tensor, [1])
    builder.operator(name, inputs, outputs)
    refuse(builder.build([0], [1]), message)


def test_a_depthwise_convolution_needs_its_bias(builder: Any) -> None:
    x, y = builder.tensor("x", [1, 4, 4, 1]), builder.tensor("y", [1, 4, 4, 1])
    weights = builder.tensor("w", [1, 1, 1, 1], data=bytes(4))
    options = {1: Number("i", 1), 2: Number("i", 1), 3: Number("i", 1)}
    builder.operator("DEPTHWISE_CONV_2D", [x, weights], [y], options_type=2, options=options)
    refuse(builder.build([x], [y]), r"DEPTHWISE_CONV_2D\) of subgraph 0 has the inputs \[0, 2\]")


def test_stride_of_a_window_must_be_positive(builder: Any) -> None:
    x, y = builder.tensor("x", [1, 4, 4, 1]), builder.tensor("y", [1, 4, 4, 1])
    options = {1: Number("i", 1), 2: Number("i", 0), 3: Number("i", 2), 4: Number("i", 2)}
    builder.operator("MAX_POOL_2D", [x], [y], options_type=5, options=options)
    refuse(builder.build([x], [y]), "stride, dilation or window of 0")


def test_unpacked_constants_must_keep_their_shape(builder: Any) -> None:
    packed = builder.constant("packed", np.ones((2, 2), np.float16))
    y = builder.tensor("y", [900, 900])
    builder.operator("DEQUANTIZE", [packed], [y])
    refuse(builder.build([], [y]), r"makes the shape \[2, 2\], not \[900, 900\]")


def test_computed_shapes_are_detected(builder: Any) -> None:
    x, shape = builder.tensor("x", [1, 4]), builder.tensor("shape", [2], np.int32)
    y = builder.tensor("y", [2, 2])
    builder.operator("RESHAPE", [x, shape], [y])
    assert not load_model(builder.build([x, shape], [y]), origin="m").static_shapes


FUZZ = """
import random, sys
import numpy as np
from mpgraph.errors import MpgraphError
from mpgraph import inference
from mpgraph.framework import resources
from mpgraph.inference import flatbuffer
data = (resources.shipped_models() / "selfie_segmentation_landscape.tflite").read_bytes()
weights = set()
for buffer in flatbuffer.root(data, b"TFL3").tables(4):
    at = buffer.target(0)
    if at is not None:
        weights.update(range(at + 4, at + 4 + buffer.length(0)))
structure = [position for position in range(len(data)) if position not in weights]
for seed in range(int(sys.argv[2])):
    dice = random.Random(seed)
    changed = bytearray(data)
    for position in dice.choices(structure, k=dice.choice([1, 1, 4])):
        changed[position] = dice.choice([0, 1, 255, 127, 128, dice.randrange(256)])
    try:
        model = inference.load_model(bytes(changed), origin="damaged")
        with inference.create_runner(model, backend=sys.argv[1], num_threads=1) as runner:
            runner.run([np.zeros(spec.shape, spec.dtype) for spec in runner.inputs])
    except MpgraphError as error:
        assert str(error)
print("survived")
"""


@pytest.mark.parametrize("name", [status.name for status in backends() if status.available])
def test_damaged_models_never_crash_the_process(name: str) -> None:
    done = subprocess.run([sys.executable, "-c", FUZZ, name, "60"], capture_output=True, text=True)
    assert done.stdout == "survived\n", f"exit status {done.returncode}\n{done.stderr}"


def quantized(builder: Any, name: str, scale: float | None, size: int = 2) -> int:
    return int(builder.tensor(name, [1, size], np.int8, quantization=None if scale is None else (scale, 0)))


@pytest.mark.parametrize("scale", [np.nan, np.inf, -1.0, 0.0, 1e-39])
def test_scales_of_computed_values_are_ordinary_numbers(builder: Any, scale: float) -> None:
    x, y = quantized(builder, "x", 1.0), quantized(builder, "y", scale)
    builder.operator("RELU", [x], [y])
    refuse(builder.build([x], [y]), "tensor 1 of subgraph 0 has the scale")


@pytest.mark.parametrize("zero", [1000, -129, 2**40])
def test_zero_points_are_values_of_the_type(builder: Any, zero: int) -> None:
    x = builder.tensor("x", [1, 2], np.int8, quantization=(1.0, zero))
    refuse(builder.build([x], [x]), "has a zero point of")


@pytest.mark.parametrize("name", ["ADD", "SUB", "SQUARED_DIFFERENCE"])
@pytest.mark.parametrize(
    ("scale", "message"),
    [(None, "which lacks a scale"), (1e-6, "has a scale of 1e-06, too small for its inputs")],
)
def test_operators_that_compute_with_scales_need_them(
    builder: Any, name: str, scale: float | None, message: str
) -> None:
    x, y = quantized(builder, "x", 1.0), quantized(builder, "y", scale)
    builder.operator(name, [x, x], [y])
    refuse(builder.build([x], [y]), message)


@pytest.mark.parametrize("name", ["ADD", "SUB", "SQUARED_DIFFERENCE"])
@pytest.mark.parametrize("which", [0, 1])
def test_operators_that_compute_with_scales_need_a_single_one(builder: Any, name: str, which: int) -> None:
    x, y = quantized(builder, "x", 1.0), quantized(builder, "y", 1.0)
    parameters = {2: Numbers("f", [1.0, 1.0]), 3: Numbers("q", [0, 0])}
    builder.tensors[which].fields[4] = NewTable(parameters)
    builder.operator(name, [x, x], [y])
    refuse(builder.build([x], [y]), f"computes with tensor {which}, which has 2 scales")


@pytest.mark.parametrize("count", [0, 1, 3, -1])
def test_the_outputs_of_a_split_are_as_many_as_its_options_say(builder: Any, count: int) -> None:
    axis, x = builder.constant("axis", np.array(1, np.int32)), builder.tensor("x", [1, 4])
    outputs = [builder.tensor("a", [1, 2]), builder.tensor("b", [1, 2])]
    builder.operator("SPLIT", [axis, x], outputs, options_type=35, options={0: Number("i", count)})
    refuse(builder.build([x], outputs), "has 2 outputs, and options for another number")


def test_a_tensor_of_many_dimensions_is_refused(builder: Any) -> None:
    x = builder.tensor("x", [1] * 17)
    refuse(builder.build([x], [x]), "has the shape")
