from __future__ import annotations

import struct
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.errors import InferenceError
from mpgraph.inference import TfliteModel, create_runner, load_model, lower

Floats = npt.NDArray[np.float32]
SAME, VALID = 1, 2


def out_size(size: int, kernel: int, stride: int, padding: int) -> int:
    cut = max(0, kernel - (size - 1) % stride - 1) if padding == SAME else 0
    return stride * (size - 1) + kernel - cut


def transposed(x: Floats, weights: Floats, bias: Floats, strides: tuple[int, int], padding: int) -> Floats:
    """Scatter each input pixel over a window of the output, in float64; `strides` are (width, height)."""
    batch, in_h, in_w, _ = x.shape
    depth, kernel_h, kernel_w, _ = weights.shape
    stride_w, stride_h = strides
    sizes = out_size(in_h, kernel_h, stride_h, padding), out_size(in_w, kernel_w, stride_w, padding)
    full = np.zeros((batch, stride_h * in_h + kernel_h, stride_w * in_w + kernel_w, depth))
    for i in range(in_h):
        for j in range(in_w):
            part = np.einsum("bc,oklc->bklo", x[:, i, j].astype(float), weights.astype(float))
            top, left = stride_h * i, stride_w * j
            full[:, top : top + kernel_h, left : left + kernel_w] += part
    top = (stride_h * (in_h - 1) + kernel_h - sizes[0]) // 2
    left = (stride_w * (in_w - 1) + kernel_w - sizes[1]) // 2
    return (full[:, top : top + sizes[0], left : left + sizes[1]] + bias).astype(np.float32)


def random_floats(*shape: int) -> Floats:
    return np.random.default_rng(sum(shape)).uniform(-1, 1, shape).astype(np.float32)


@pytest.mark.parametrize("padding", [SAME, VALID])
@pytest.mark.parametrize(
    ("in_shape", "weights_shape", "strides"),
    [
        ((1, 4, 6, 16), (1, 2, 2, 16), (2, 2)),
        ((1, 5, 3, 4), (2, 3, 3, 4), (2, 2)),
        ((1, 3, 4, 3), (5, 2, 4, 3), (3, 1)),
        ((1, 4, 4, 2), (1, 5, 3, 2), (2, 3)),
        ((2, 3, 5, 2), (3, 1, 1, 2), (1, 1)),
    ],
)
def test_lowered_operator_computes_the_same(
    builder: Any,
    backend: str,
    in_shape: tuple[int, ...],
    weights_shape: tuple[int, ...],
    strides: tuple[int, int],
    padding: int,
) -> None:
    x, weights, bias = (
        random_floats(*in_shape),
        random_floats(*weights_shape),
        random_floats(weights_shape[0]),
    )
    expected = transposed(x, weights, bias, strides, padding)
    source, out = builder.tensor("x", in_shape), builder.tensor("y", expected.shape)
    builder.transpose_conv_bias(source, weights, bias, out, padding=padding, strides=strides)
    model = load_model(builder.build([source], [out]), origin="m")
    with create_runner(model, backend=backend) as runner:
        (y,) = runner.run([x])
    np.testing.assert_allclose(y, expected, atol=1e-5)


def test_all_operators_of_a_model_are_lowered(builder: Any, backend: str) -> None:
    x = random_floats(1, 3, 3, 2)
    first, second = random_floats(4, 2, 2, 2), random_floats(1, 3, 3, 4)
    bias_1, bias_2 = random_floats(4), random_floats(1)
    middle = transposed(x, first, bias_1, (2, 2), SAME)
    expected = transposed(middle, second, bias_2, (2, 2), VALID)
    source, between = builder.tensor("x", x.shape), builder.tensor("between", middle.shape)
    out = builder.tensor("y", expected.shape)
    builder.transpose_conv_bias(source, first, bias_1, between, padding=SAME, strides=(2, 2))
    builder.transpose_conv_bias(between, second, bias_2, out, padding=VALID, strides=(2, 2))
    model = load_model(builder.build([source], [out]), origin="m")
    assert lower(model).ops == ("TRANSPOSE_CONV", "TRANSPOSE_CONV") and lower(model).custom_ops == ()
    with create_runner(model, backend=backend) as runner:
        (y,) = runner.run([x])
    np.testing.assert_allclose(y, expected, atol=1e-4)


def test_rest_of_the_model_is_unchanged(selfie_model: TfliteModel) -> None:
    lowered = lower(selfie_model)
    assert lowered.data.endswith(selfie_model.data)
    assert lowered.inputs == selfie_model.inputs and lowered.outputs == selfie_model.outputs
    assert lowered.ops == tuple(
        "TRANSPOSE_CONV" if name == "Convolution2DTransposeBias" else name for name in selfie_model.ops
    )
    assert not lowered.resizable and lowered != selfie_model
    again = load_model(lowered.data, origin=lowered.origin)
    assert (again.sha256, again.ops, again.custom_ops, again.inputs, again.static_shapes) == (
        lowered.sha256,
        lowered.ops,
        (),
        lowered.inputs,
        True,
    )


def test_result_is_cached(selfie_model: TfliteModel) -> None:
    assert lower(selfie_model) is lower(selfie_model)
    assert lower(lower(selfie_model)) is lower(selfie_model)


def test_model_without_the_operator_is_returned_unchanged(doubler: TfliteModel) -> None:
    assert lower(doubler) is doubler


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (b"", "has 0 bytes of options"),
        (struct.pack("<3i", 0, 2, 2), "padding 0"),
        (struct.pack("<3i", 1, 0, 2), "strides 0 and 2"),
    ],
)
def test_unknown_options_are_rejected(builder: Any, options: bytes, message: str) -> None:
    x, w, b = builder.tensor("x", [1, 2, 2, 1]), builder.tensor("w", [1, 2, 2, 1]), builder.tensor("b", [1])
    y = builder.tensor("y", [1, 4, 4, 1])
    builder.operator("Convolution2DTransposeBias", [x, w, b], [y], custom_options=options)
    model = load_model(builder.build([x, w, b], [y]), origin="hair.tflite")
    with pytest.raises(InferenceError, match=f'Convolution2DTransposeBias of "hair.tflite".*{message}'):
        lower(model)


@pytest.mark.parametrize(
    ("shape", "signature", "out", "message"),
    [
        ([1, 1, 1, 1], [1, -1, -1, 1], [1, 2, 2, 1], "four fixed sizes"),
        ([1, 2, 1], None, [1, 2, 2, 1], "four fixed sizes"),
        ([1, 2, 2, 3], None, [1, 4, 4, 1], "3 channels in, its weights 1"),
        ([1, 2, 2, 1], None, [1, 9, 4, 1], r"returns \[1, 4, 4, 1\], but the model declares \[1, 9, 4, 1\]"),
    ],
)
def test_inconsistent_sizes_are_rejected(
    builder: Any, shape: list[int], signature: list[int] | None, out: list[int], message: str
) -> None:
    x, y = builder.tensor("x", shape, signature=signature), builder.tensor("y", out)
    ones = np.ones((1, 2, 2, 1), np.float32)
    builder.transpose_conv_bias(x, ones, np.ones(1, np.float32), y, padding=SAME, strides=(2, 2))
    with pytest.raises(InferenceError, match=message):
        lower(load_model(builder.build([x], [y]), origin="m"))
