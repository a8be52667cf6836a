"""Output shapes that follow from an operator's inputs.

Runtimes take memory for the shape that a file gives, and compute with the one that follows from the inputs: a
damaged size costs gigabytes and minutes, or reads out of bounds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from mpgraph.inference.flatbuffer import Table
from mpgraph.inference.schema import Padding

Shape = tuple[int, ...]

_LARGEST_WINDOWS = 1 << 27
"""The positions of a pooling window, times its size: XNNPACK keeps a pointer for each."""

_LIKE_INPUT = """
ABS CAST CEIL COS DENSIFY DEQUANTIZE ELU EXP FLOOR GELU HARD_SWISH L2_NORMALIZATION LEAKY_RELU LOG LOGISTIC
LOG_SOFTMAX NEG PRELU QUANTIZE RELU RELU6 RELU_N1_TO_1 ROUND RSQRT SIN SOFTMAX SQRT SQUARE TANH
"""
_SAME = frozenset(_LIKE_INPUT.split())
_BROADCAST = frozenset({"ADD", "DIV", "MAXIMUM", "MINIMUM", "MUL", "POW", "SQUARED_DIFFERENCE", "SUB"})
_POOLS = frozenset({"AVERAGE_POOL_2D", "L2_POOL_2D", "MAX_POOL_2D"})
_PADS = ("MIRROR_PAD", "PAD", "PADV2")
_RESIZES = ("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR")

_SHAPE_OPERANDS = {"BROADCAST_TO": 1, "FILL": 0, "SCATTER_ND": 2, "TRANSPOSE_CONV": 0}
"""Operators with an input that is the whole output shape, and its position."""

VALUES = {
    **_SHAPE_OPERANDS,
    **dict.fromkeys((*_PADS, *_RESIZES, "TILE"), 1),
}
"""Operators whose output shape depends on the values of an input, and its position."""


def output_shape(
    name: str, inputs: Sequence[Shape], values: Sequence[int] | None, options: Table | None
) -> Shape | None:
    """Return the shape of the only output, or None if it is not known.

    values: of the constant input that VALUES has for the operator, None if it is computed.

    Raises:
        ValueError: the inputs do not fit together. The message begins with a verb.
    """
    if name in _SAME:
        return inputs[0]
    if name in _BROADCAST:
        try:
            return np.broadcast_shapes(*inputs)
        except ValueError:
            raise ValueError(f"has inputs of the shapes {list(map(list, inputs))}") from None
    if name in ("CONV_2D", "DEPTHWISE_CONV_2D"):
        return _convolution(name, inputs, options)
    if name in _POOLS:
        return _pool(inputs[0], options)
    if name in VALUES and values is not None:
        return _from_values(name, inputs[0], values)
    return None


def _convolution(name: str, inputs: Sequence[Shape], options: Table | None) -> Shape:
    image, kernel = inputs[:2]
    if len(image) != 4 or len(kernel) != 4 or options is None:
        raise ValueError(f"has inputs of the shapes {list(map(list, inputs))}")
    is_depthwise = name == "DEPTHWISE_CONV_2D"
    dilations = (6, 5) if is_depthwise else (5, 4)
    channels = kernel[3] if is_depthwise else kernel[0]
    return _slid(image, kernel[1:3], options, dilations, channels)


def _pool(image: Shape, options: Table | None) -> Shape:
    if len(image) != 4 or options is None:
        raise ValueError(f"has an input of the shape {list(image)}")
    window = options.scalar(4, "i"), options.scalar(3, "i")
    out = _slid(image, window, options, None, image[3])
    if math.prod(out[:3]) * math.prod(window) > _LARGEST_WINDOWS:
        raise ValueError(f"has a window of {window[0]} x {window[1]} at {math.prod(out[:3])} positions")
    return out


def _slid(
    image: Shape, window: Sequence[int], options: Table, dilations: tuple[int, int] | None, channels: int
) -> Shape:
    """The output of a window that slides over an image. dilations: the slots of height and width, if any."""
    is_valid = options.scalar(0, "b") == Padding.VALID
    sizes = []
    for axis, stride_slot in enumerate((2, 1)):
        stride = options.scalar(stride_slot, "i")
        dilation = options.scalar(dilations[axis], "i", 1) if dilations else 1
        missing = (window[axis] - 1) * dilation if is_valid else 0
        sizes.append(-(-(image[1 + axis] - missing) // stride))
    return image[0], *sizes, channels


def _from_values(name: str, shape: Shape, values: Sequence[int]) -> Shape | None:
    if name in _SHAPE_OPERANDS:
        return tuple(values)
    if name in _RESIZES:
        return (shape[0], *values, shape[3]) if len(shape) == 4 and len(values) == 2 else None
    if name == "TILE":
        return tuple(size * times for size, times in zip(shape, values, strict=False))
    before, after = values[::2], values[1::2]
    return tuple(a + size + b for a, size, b in zip(before, shape, after, strict=False))
