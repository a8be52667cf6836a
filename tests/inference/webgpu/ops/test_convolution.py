from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpgraph.errors import InferenceError
from mpgraph.inference.flatbuffer import Number
from mpgraph.inference.schema import Padding

CONV, DEPTHWISE, TRANSPOSE, FULLY = 1, 2, 49, 8
few = settings(max_examples=25, derandomize=True)

sizes = st.integers(1, 13)
channels = st.sampled_from([1, 2, 3, 4, 5, 8, 13])
kernels = st.integers(1, 5)
strides = st.integers(1, 3)
paddings = st.sampled_from(Padding)
activations = st.sampled_from([0, 1, 2, 3])  # TfLite ignores TANH here


def reach(kernel: int, dilation: int) -> int:
    return (kernel - 1) * dilation + 1


@few
@given(
    height=sizes,
    width=sizes,
    depth=channels,
    out=channels,
    kernel_h=kernels,
    kernel_w=kernels,
    stride_h=strides,
    stride_w=strides,
    dilation=st.sampled_from([1, 1, 2]),
    padding=paddings,
    activation=activations,
    batch=st.sampled_from([1, 1, 2]),
)
def test_conv(
    compare: Any,
    noise: Any,
    height: int,
    width: int,
    depth: int,
    out: int,
    kernel_h: int,
    kernel_w: int,
    stride_h: int,
    stride_w: int,
    dilation: int,
    padding: Padding,
    activation: int,
    batch: int,
) -> None:
    if padding is Padding.VALID:
        height, width = max(height, reach(kernel_h, dilation)), max(width, reach(kernel_w, dilation))
    options = {
        0: Number("b", padding),
        1: Number("i", stride_w),
        2: Number("i", stride_h),
        3: Number("b", activation),
        4: Number("i", dilation),
        5: Number("i", dilation),
    }
    operands = [noise(batch, height, width, depth), noise(out, kernel_h, kernel_w, depth), noise(out)]
    compare("CONV_2D", operands, constants=(1, 2), options=options, options_type=CONV)


@few
@given(
    height=sizes,
    width=sizes,
    depth=channels,
    multiplier=st.sampled_from([1, 1, 2, 3]),
    kernel=kernels,
    stride=strides,
    dilation=st.sampled_from([1, 1, 2]),
    padding=paddings,
    activation=activations,
)
def test_depthwise(
    compare: Any,
    noise: Any,
    height: int,
    width: int,
    depth: int,
    multiplier: int,
    kernel: int,
    stride: int,
    dilation: int,
    padding: Padding,
    activation: int,
) -> None:
    if padding is Padding.VALID:
        height, width = max(height, reach(kernel, dilation)), max(width, reach(kernel, dilation))
    options = {
        0: Number("b", padding),
        1: Number("i", stride),
        2: Number("i", stride),
        3: Number("i", multiplier),
        4: Number("b", activation),
        5: Number("i", dilation),
        6: Number("i", dilation),
    }
    out_depth = depth * multiplier
    operands = [noise(1, height, width, depth), noise(1, kernel, kernel, out_depth), noise(out_depth)]
    compare("DEPTHWISE_CONV_2D", operands, constants=(1, 2), options=options, options_type=DEPTHWISE)


@few
@given(
    height=st.integers(1, 7),
    width=st.integers(1, 7),
    depth=channels,
    out=channels,
    kernel=kernels,
    stride=strides,
    padding=paddings,
)
def test_transposed(
    compare: Any,
    noise: Any,
    height: int,
    width: int,
    depth: int,
    out: int,
    kernel: int,
    stride: int,
    padding: Padding,
) -> None:
    """MediaPipe's operator, which is rewritten for the CPU, and TfLite's."""
    operands = [noise(1, height, width, depth), noise(out, kernel, kernel, depth), noise(out)]
    custom = struct.pack("<3i", 1 if padding is Padding.SAME else 2, stride, stride)
    out_size = [
        stride * (size - 1)
        + kernel
        - (max(0, kernel - (size - 1) % stride - 1) if padding is Padding.SAME else 0)
        for size in (height, width)
    ]
    outputs = [(1, *out_size, out)]
    compare("Convolution2DTransposeBias", operands, constants=(1, 2), custom_options=custom, outputs=outputs)


def test_convolution_without_bias(compare: Any, noise: Any) -> None:
    options = {1: Number("i", 1), 2: Number("i", 1)}
    operands = [noise(1, 5, 6, 7), noise(3, 3, 3, 7), None]
    model = compare.build("CONV_2D", operands, constants=(1,), options=options, options_type=CONV)
    (got,) = compare.gpu(model, [operands[0]])
    operands[2] = np.zeros(3, np.float32)
    model = compare.build("CONV_2D", operands, constants=(1, 2), options=options, options_type=CONV)
    np.testing.assert_array_equal(got, compare.gpu(model, [operands[0]])[0])


@pytest.mark.parametrize("following", ["RELU", "RELU6", "HARD_SWISH", "LOGISTIC", "TANH"])
def test_following_activation(compare: Any, noise: Any, following: str) -> None:
    options = {1: Number("i", 1), 2: Number("i", 1)}
    operands = [5 * noise(1, 4, 4, 6), noise(6, 1, 1, 6), noise(6)]
    compare("CONV_2D", operands, constants=(1, 2), options=options, options_type=CONV, activation=following)


@pytest.mark.parametrize(("rows", "depth", "units", "keep"), [(1, 6, 4, 0), (3, 13, 5, 0), (2, 8, 1, 1)])
def test_fully_connected(compare: Any, noise: Any, rows: int, depth: int, units: int, keep: int) -> None:
    options = {0: Number("b", 1), 2: Number("b", keep)}
    operands = [noise(rows, depth), noise(units, depth), noise(units)]
    outputs = [(rows, units)]
    compare(
        "FULLY_CONNECTED", operands, constants=(1, 2), options=options, options_type=FULLY, outputs=outputs
    )


def test_fully_connected_accepts_images(compare: Any, noise: Any) -> None:
    operands = [noise(1, 3, 3, 5), noise(7, 45), noise(7)]
    compare("FULLY_CONNECTED", operands, constants=(1, 2), options={}, options_type=FULLY, outputs=[(1, 7)])


def test_groups_are_rejected(compare: Any, noise: Any) -> None:
    options = {1: Number("i", 1), 2: Number("i", 1)}
    operands = [noise(1, 4, 4, 6), noise(6, 1, 1, 3), noise(6)]
    model = compare.build("CONV_2D", operands, constants=(1, 2), options=options, options_type=CONV)
    with pytest.raises(
        InferenceError, match=r"operator 0 of \"one.tflite\", CONV_2D, .* groups of 3 among 6"
    ):
        compare.gpu(model, [operands[0]])
