"""A model whose shapes do not follow from each other is refused before a runtime takes memory for them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.errors import InvalidArgumentError
from mpgraph.inference import load_model
from mpgraph.inference.flatbuffer import Number
from mpgraph.inference.schema import CONV_2D_OPTIONS, POOL_2D_OPTIONS, Padding

IMAGE = [1, 8, 6, 4]


def window(padding: Padding, *sizes: int) -> dict[int, Number]:
    return {0: Number("b", padding), **{slot: Number("i", size) for slot, size in enumerate(sizes, 1)}}


def pool(builder: Any, out: list[int], *sizes: int, padding: Padding = Padding.SAME) -> bytes:
    """sizes: stride_w, stride_h, filter_w, filter_h."""
    x, y = builder.tensor("x", IMAGE), builder.tensor("y", out)
    options = window(padding, *sizes)
    builder.operator("MAX_POOL_2D", [x], [y], options_type=POOL_2D_OPTIONS, options=options)
    return bytes(builder.build([x], [y]))


def refuse(data: bytes, message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        load_model(data, origin="m")


@pytest.mark.parametrize(
    ("padding", "sizes", "height", "width"),
    [
        (Padding.SAME, (2, 3, 2, 2), 3, 3),
        (Padding.VALID, (2, 3, 2, 4), 2, 3),
        (Padding.VALID, (1, 1, 6, 8), 1, 1),
    ],
)
def test_the_size_of_a_pool_follows_from_its_input(
    builder: Any, padding: Padding, sizes: tuple[int, ...], height: int, width: int
) -> None:
    data = pool(builder, [1, height, width, 4], *sizes, padding=padding)
    assert load_model(data, origin="m").static_shapes


def test_another_size_of_a_pool_is_refused(builder: Any) -> None:
    refuse(
        pool(builder, [1, 3, 98304, 4], 2, 3, 2, 2), r"makes the shape \[1, 3, 3, 4\], not \[1, 3, 98304, 4\]"
    )


def test_a_window_that_would_take_gigabytes_is_refused(builder: Any) -> None:
    refuse(pool(builder, [1, 4, 3, 4], 2, 2, 2, 15532034), "has a window of 15532034 x 2 at 12 positions")


@pytest.mark.parametrize(("size", "fits"), [(2, True), (3, False)])
def test_the_size_of_a_convolution_follows_from_its_filter(builder: Any, size: int, fits: bool) -> None:
    x, y = builder.tensor("x", IMAGE), builder.tensor("y", [1, 4, size, 5])
    weights = builder.constant("w", np.ones((5, 3, 2, 4), np.float32))
    options = {**window(Padding.VALID, 2, 1), 4: Number("i", 3), 5: Number("i", 2)}  # Dilations of 3 and 2.
    builder.operator("CONV_2D", [x, weights], [y], options_type=CONV_2D_OPTIONS, options=options)
    if fits:
        load_model(builder.build([x], [y]), origin="m")
    else:
        refuse(builder.build([x], [y]), r"makes the shape \[1, 4, 2, 5\]")


@pytest.mark.parametrize(("shape", "fits"), [([1, 8, 6, 4], True), ([8, 6, 4], True), ([2, 8, 6, 4], False)])
def test_sums_are_broadcast(builder: Any, shape: list[int], fits: bool) -> None:
    x, a, y = builder.tensor("x", IMAGE), builder.tensor("a", shape), builder.tensor("y", IMAGE)
    builder.operator("ADD", [x, a], [y])
    if fits:
        load_model(builder.build([x, a], [y]), origin="m")
    else:
        refuse(builder.build([x, a], [y]), r"ADD.* makes the shape \[2, 8, 6, 4\], not \[1, 8, 6, 4\]")


def test_terms_that_cannot_be_broadcast_are_refused(builder: Any) -> None:
    x, a, y = builder.tensor("x", [1, 3]), builder.tensor("a", [1, 2]), builder.tensor("y", [1, 3])
    builder.operator("ADD", [x, a], [y])
    refuse(builder.build([x, a], [y]), r"has inputs of the shapes \[\[1, 3\], \[1, 2\]\]")


@pytest.mark.parametrize(
    ("name", "x", "values", "out"),
    [
        ("PAD", [2, 3], [[1, 0], [0, 2]], [3, 5]),
        ("TILE", [2, 3], [2, 4], [4, 12]),
        ("RESIZE_BILINEAR", IMAGE, [5, 7], [1, 5, 7, 4]),
        ("BROADCAST_TO", [1, 3], [4, 3], [4, 3]),
    ],
)
def test_constants_say_how_large_an_output_is(
    builder: Any, name: str, x: list[int], values: Any, out: list[int]
) -> None:
    source, y = builder.tensor("x", x), builder.tensor("y", out)
    wrong = builder.tensor("wrong", [*out[:-1], out[-1] + 1])
    given = builder.constant("values", np.array(values, np.int32))
    builder.operator(name, [source, given], [y])
    load_model(builder.build([source], [y]), origin="m")
    builder.operator(name, [source, given], [wrong])
    refuse(builder.build([source], [wrong]), "makes the shape")


@pytest.mark.parametrize("name", ["FILL", "SCATTER_ND"])
def test_an_output_of_the_size_that_a_constant_gives_is_checked_too(builder: Any, name: str) -> None:
    shape = builder.constant("shape", np.array([1 << 20, 1 << 11], np.int32))
    value, y = builder.tensor("value", []), builder.tensor("y", [1])
    builder.operator(name, [shape, value] if name == "FILL" else [value, value, shape], [y])
    refuse(builder.build([value], [y]), r"makes the shape \[1048576, 2048\], not \[1\]")


def test_constants_that_are_unpacked_twice_keep_their_shape(builder: Any) -> None:
    packed, half = builder.constant("c", np.ones((2, 2), np.float16)), builder.tensor("h", [2, 2], np.float16)
    y = builder.tensor("y", [2, 65536], signature=[-1, -1])
    builder.operator("DENSIFY", [packed], [half])
    builder.operator("DEQUANTIZE", [half], [y])
    refuse(builder.build([], [y]), r"DEQUANTIZE.* makes the shape \[2, 2\], not \[2, 65536\]")


def test_shapes_that_a_model_leaves_open_are_not_checked(builder: Any) -> None:
    x = builder.tensor("x", [1, 3], signature=[-1, 3])
    y, z = builder.tensor("y", [7, 3]), builder.tensor("z", [9, 3])
    builder.operator("RELU", [x], [y])
    builder.operator("TANH", [y], [z])  # What comes from it is as unknown.
    load_model(builder.build([x], [z]), origin="m")


def test_shapes_that_are_computed_are_not_checked(builder: Any) -> None:
    x, shape = builder.tensor("x", [1, 4]), builder.tensor("shape", [2], np.int32)
    y, z = builder.tensor("y", [2, 2]), builder.tensor("z", [3, 3])
    builder.operator("RESHAPE", [x, shape], [y])
    builder.operator("RELU", [y], [z])
    load_model(builder.build([x, shape], [z]), origin="m")
