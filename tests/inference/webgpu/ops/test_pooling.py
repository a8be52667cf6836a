from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpgraph.errors import InferenceError
from mpgraph.inference.flatbuffer import Number
from mpgraph.inference.schema import Padding

POOL, REDUCER = 5, 27


@settings(max_examples=25, deadline=None, derandomize=True)
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
