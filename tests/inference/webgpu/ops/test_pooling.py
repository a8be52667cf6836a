from __future__ import annotations

import struct
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpgraph.errors import InferenceError
from mpgraph.inference.flatbuffer import Number
from mpgraph.inference.schema import Padding

Array = npt.NDArray[Any]
POOL, REDUCER = 5, 27
SAME, VALID = 1, 2  # in the options of MediaPipe's own operators


@settings(max_examples=25, derandomize=True)
@given(
    name=st.sampled_from(["AVERAGE_POOL_2D", "MAX_POOL_2D"]),
    height=st.integers(1, 12),
    width=st.integers(1, 12),
    depth=st.sampled_from([1, 3, 4, 6, 9]),
    kernel_h=st.integers(1, 5),
    kernel_w=st.integers(1, 5),
    stride=st.integers(1, 4),
    padding=st.sampled_from(Padding),
    activation=st.sampled_from([0, 1, 3]),
)
def test_windows(
    compare: Any,
    noise: Any,
    name: str,
    height: int,
    width: int,
    depth: int,
    kernel_h: int,
    kernel_w: int,
    stride: int,
    padding: Padding,
    activation: int,
) -> None:
    if padding is Padding.VALID:
        height, width = max(height, kernel_h), max(width, kernel_w)
    options = {
        0: Number("b", padding),
        1: Number("i", stride),
        2: Number("i", stride + 1),
        3: Number("i", kernel_w),
        4: Number("i", kernel_h),
        5: Number("b", activation),
    }
    compare(name, [noise(1, height, width, depth) - 3], options=options, options_type=POOL)


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (8, 8), (17, 31)])
def test_window_of_the_whole_image(compare: Any, noise: Any, size: tuple[int, int]) -> None:
    height, width = size
    options = {
        0: Number("b", Padding.VALID),
        1: Number("i", width),
        2: Number("i", height),
        3: Number("i", width),
        4: Number("i", height),
    }
    compare("AVERAGE_POOL_2D", [noise(2, height, width, 6)], options=options, options_type=POOL)


@pytest.mark.parametrize("keep", [0, 1])
@pytest.mark.parametrize("axes", [(1, 2), (2, 1), (-3, -2), (1,), (2,)])
def test_means(compare: Any, noise: Any, axes: tuple[int, ...], keep: int) -> None:
    image = noise(2, 9, 7, 5)
    outputs = [np.mean(image, axis=axes, keepdims=bool(keep)).shape]
    operands = [image, np.array(axes, np.int32)]
    options = {0: Number("b", keep)}
    compare("MEAN", operands, constants=(1,), options=options, options_type=REDUCER, outputs=outputs)


def test_mean_over_channels_is_rejected(compare: Any, noise: Any) -> None:
    operands = [noise(1, 2, 2, 4), np.array([3], np.int32)]
    model = compare.build("MEAN", operands, constants=(1,), options={}, options_type=REDUCER)
    with pytest.raises(InferenceError, match="averages over axes other than height and width"):
        compare.gpu(model, operands[:1])


def custom_options(padding: int, stride: int, kernel: int) -> bytes:
    return struct.pack("<5i", padding, stride, stride, kernel, kernel)


def pooled(image: Array, stride: int, kernel: int, pad: int, out: tuple[int, int]) -> tuple[Array, Array]:
    """Maxima and their positions, computed from the definition."""
    _, height, width, channels = image.shape
    most, positions = np.zeros((1, *out, channels), np.float32), np.zeros((1, *out, channels), np.float32)
    for y, x, c in np.ndindex(*out, channels):
        window = {
            ky * kernel + kx: image[0, y * stride - pad + ky, x * stride - pad + kx, c]
            for ky, kx in np.ndindex(kernel, kernel)
            if 0 <= y * stride - pad + ky < height and 0 <= x * stride - pad + kx < width
        }
        positions[0, y, x, c] = max(window, key=lambda position: window[position])
        most[0, y, x, c] = window[int(positions[0, y, x, c])]
    return most, positions


@pytest.mark.parametrize(
    ("size", "channels", "stride", "kernel", "padding", "pad", "out"),
    [
        ((8, 6), 8, 2, 2, SAME, 0, (4, 3)),
        ((7, 5), 5, 2, 2, SAME, 0, (4, 3)),
        ((7, 5), 3, 2, 3, SAME, 1, (4, 3)),
        ((7, 5), 4, 1, 3, VALID, 0, (5, 3)),
    ],
)
def test_maxima_and_their_positions(
    compare: Any,
    noise: Any,
    size: tuple[int, int],
    channels: int,
    stride: int,
    kernel: int,
    padding: int,
    pad: int,
    out: tuple[int, int],
) -> None:
    image = noise(1, *size, channels) - 5
    model = compare.build(
        "MaxPoolingWithArgmax2D",
        [image],
        outputs=[(1, 1, 1, 1)] * 2,
        custom_options=custom_options(padding, stride, kernel),
    )
    for got, expected in zip(
        compare.gpu(model, [image]), pooled(image, stride, kernel, pad, out), strict=True
    ):
        np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize(("stride", "kernel"), [(2, 2), (3, 2), (3, 3), (1, 1)])
def test_values_return_to_their_positions(compare: Any, noise: Any, stride: int, kernel: int) -> None:
    values = noise(1, 4, 3, 6)
    positions = np.random.default_rng(1).integers(0, kernel**2, values.shape)
    expected = np.zeros((1, 4 * stride, 3 * stride, 6), np.float32)
    for y, x, c in np.ndindex(4, 3, 6):
        ky, kx = divmod(int(positions[0, y, x, c]), kernel)
        expected[0, y * stride + ky, x * stride + kx, c] = values[0, y, x, c]
    inputs = [values, positions.astype(np.float32)]
    model = compare.build("MaxUnpooling2D", inputs, custom_options=custom_options(VALID, stride, kernel))
    (got,) = compare.gpu(model, inputs)
    np.testing.assert_array_equal(got, expected)


def test_overlapping_windows(compare: Any) -> None:
    """Windows of three, two apart: the middle column belongs to both, and the later window wins."""
    values = np.array([[[[1], [2]]]], np.float32)
    inputs = [values, np.array([[[[2], [0]]]], np.float32)]
    model = compare.build("MaxUnpooling2D", inputs, custom_options=custom_options(VALID, 2, 3))
    (got,) = compare.gpu(model, inputs)
    assert got[0, :, :, 0].tolist() == [[0, 0, 2, 0], [0, 0, 0, 0]]


def test_invalid_options_are_reported(compare: Any, noise: Any) -> None:
    model = compare.build("MaxUnpooling2D", [noise(1, 2, 2, 4)] * 2, custom_options=b"1234")
    with pytest.raises(InferenceError, match="options are not five integers"):
        compare.gpu(model, [noise(1, 2, 2, 4)] * 2)
    model = compare.build("MaxUnpooling2D", [noise(1, 2, 2, 4)] * 2, custom_options=custom_options(3, 1, 1))
    with pytest.raises(InferenceError, match=r"options are \(3, 1, 1, 1, 1\)"):
        compare.gpu(model, [noise(1, 2, 2, 4)] * 2)
