from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpgraph.errors import InferenceError
from mpgraph.inference.flatbuffer import Number, Numbers

RESHAPE, SQUEEZE, EXPAND = 17, 30, 52
PAD, CONCAT, SLICE, STRIDED, SPLIT, TRANSPOSE, DEPTH = 22, 10, 24, 32, 35, 26, 94
few = settings(max_examples=12, derandomize=True)


@few
@given(pads=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=4, max_size=4))
def test_pad(compare: Any, noise: Any, pads: list[tuple[int, int]]) -> None:
    operands = [noise(1, 4, 3, 5), np.array(pads, np.int32)]
    outputs = [np.pad(operands[0], pads).shape]
    compare("PAD", operands, constants=(1,), options={}, options_type=PAD, outputs=outputs)


def test_pad_with_a_value(compare: Any, noise: Any) -> None:
    pads = np.array([[0, 0], [1, 2], [0, 1], [0, 0]], np.int32)
    operands = [noise(1, 4, 3, 5), pads, np.array([7.5], np.float32)]
    compare("PADV2", operands, constants=(1, 2), options={}, options_type=60)


@few
@given(
    axis=st.integers(-3, 3).filter(bool),
    sizes=st.lists(st.sampled_from([1, 2, 4, 5]), min_size=1, max_size=4),
)
def test_concatenation(compare: Any, noise: Any, axis: int, sizes: list[int]) -> None:
    operands = []
    for number, size in enumerate(sizes):
        shape = [1, 2, 3, 6]
        shape[axis] = size
        operands.append(noise(*shape, seed=number))
    options = {0: Number("i", axis)}
    compare("CONCATENATION", operands, options=options, options_type=CONCAT)


def test_concatenation_with_a_constant(compare: Any, noise: Any) -> None:
    operands = [noise(1, 5, 3), noise(1, 2, 3, seed=1)]
    options = {0: Number("i", 1)}
    compare(
        "CONCATENATION", operands, constants=(1,), options=options, options_type=CONCAT, outputs=[(1, 7, 3)]
    )


def test_slice(compare: Any, noise: Any) -> None:
    operands = [noise(1, 5, 6, 7), np.array([0, 1, 2, 3], np.int32), np.array([1, 3, -1, 2], np.int32)]
    compare("SLICE", operands, constants=(1, 2), options={}, options_type=SLICE)


@pytest.mark.parametrize(
    ("begin", "end", "step", "masks", "shape"),
    [
        ((0, 1, 0, 1), (1, 4, 6, 7), (1, 1, 2, 3), {}, (1, 3, 3, 2)),
        ((0, -1, 0, 6), (1, 0, 6, 0), (1, -1, 1, -2), {}, (1, 4, 6, 3)),
        ((0, 2, 0, 3), (0, 3, 0, 5), (1, 1, 1, 1), {0: 0b0101, 1: 0b0101}, (1, 1, 6, 2)),
        ((0, 2, 0, 3), (1, 3, 6, 4), (1, 1, 1, 1), {4: 0b1010}, (1, 6)),
    ],
)
def test_strided_slice(
    compare: Any, noise: Any, begin: Any, end: Any, step: Any, masks: dict[int, int], shape: Any
) -> None:
    operands = [noise(1, 5, 6, 7), *(np.array(part, np.int32) for part in (begin, end, step))]
    options = {slot: Number("i", mask) for slot, mask in masks.items()}
    compare(
        "STRIDED_SLICE",
        operands,
        constants=(1, 2, 3),
        options=options,
        options_type=STRIDED,
        outputs=[shape],
    )


def test_split(compare: Any, noise: Any) -> None:
    operands = [np.array(3, np.int32), noise(1, 2, 3, 6)]
    outputs = [(1, 2, 3, 2)] * 3
    options = {0: Number("i", 3)}
    compare("SPLIT", operands, constants=(0,), options=options, options_type=SPLIT, outputs=outputs)


@pytest.mark.parametrize("order", [(0, 3, 1, 2), (0, 2, 1, 3), (0, 1, 2, 3), (0, 3, 2, 1)])
def test_transpose(compare: Any, noise: Any, order: tuple[int, ...]) -> None:
    operands = [noise(1, 3, 5, 6), np.array(order, np.int32)]
    compare("TRANSPOSE", operands, constants=(1,), options={}, options_type=TRANSPOSE)


@pytest.mark.parametrize(("side", "channels"), [(2, 4), (2, 12), (3, 9), (1, 5), (2, 16)])
def test_depth_to_space(compare: Any, noise: Any, side: int, channels: int) -> None:
    options = {0: Number("i", side)}
    compare("DEPTH_TO_SPACE", [noise(2, 3, 4, channels)], options=options, options_type=DEPTH)


def test_channels_that_form_no_squares_are_reported(compare: Any, noise: Any) -> None:
    operands = [noise(1, 2, 2, 6)]
    model = compare.build("DEPTH_TO_SPACE", operands, options={0: Number("i", 2)}, options_type=DEPTH)
    with pytest.raises(InferenceError, match="turns 6 channels into squares of side 2"):
        compare.gpu(model, operands)


@pytest.mark.parametrize(
    "new_shape", [(1, 72), (1, 8, 9), (72,), (2, 36), (1, 4, 3, 6), (1, 6, 12, 1), (8, -1), (1, 24, 3)]
)
def test_reshape(compare: Any, noise: Any, new_shape: tuple[int, ...]) -> None:
    x = noise(1, 3, 4, 6)
    outputs = [x.reshape(new_shape).shape]
    operands = [x, np.array(new_shape, np.int32)]
    compare("RESHAPE", operands, constants=(1,), options={}, options_type=RESHAPE, outputs=outputs)


def test_reshape_by_its_options(compare: Any, noise: Any) -> None:
    options = {0: Numbers("i", [4, 18])}
    compare("RESHAPE", [noise(1, 3, 4, 6)], options=options, options_type=RESHAPE, outputs=[(4, 18)])


@pytest.mark.parametrize(("axes", "new_shape"), [([], (3, 6)), ([1], (1, 3, 6))])
def test_squeeze(compare: Any, noise: Any, axes: list[int], new_shape: tuple[int, ...]) -> None:
    x = noise(1, 1, 3, 6)
    options = {0: Numbers("i", axes)}
    compare("SQUEEZE", [x], options=options, options_type=SQUEEZE, outputs=[new_shape])


def test_expand_dims(compare: Any, noise: Any) -> None:
    operands = [noise(3, 6), np.array(-1, np.int32)]
    compare("EXPAND_DIMS", operands, constants=(1,), options={}, options_type=EXPAND, outputs=[(3, 6, 1)])


def test_inconsistent_sizes_are_reported(compare: Any, noise: Any) -> None:
    operands = [noise(1, 6), np.array([4, 2], np.int32)]
    model = compare.build("RESHAPE", operands, constants=(1,), options={}, options_type=RESHAPE)
    with pytest.raises(InferenceError, match=r"turns \[1, 6\] into \[4, 2\]"):
        compare.gpu(model, operands[:1])


def test_more_than_four_dimensions_are_rejected(compare: Any, noise: Any) -> None:
    operands = [noise(1, 6), np.array([1, 1, 1, 3, 2], np.int32)]
    model = compare.build("RESHAPE", operands, constants=(1,), options={}, options_type=RESHAPE)
    with pytest.raises(InferenceError, match="more than four dimensions"):
        compare.gpu(model, operands[:1])
