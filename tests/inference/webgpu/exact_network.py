"""A network computed with numpy in float64, as a reference for both the GPU and the CPU.

Only the operators of the two selfie segmentation models, each written from its definition.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mpgraph.inference import TfliteModel
from mpgraph.inference.webgpu.network import Operation, read_network

Array = npt.NDArray[Any]


def compute(model: TfliteModel, image: Array) -> Array:
    """The model's first output for `image`."""
    network = read_network(model)
    values: dict[int, Array] = {
        index: tensor.constant for index, tensor in enumerate(network.tensors) if tensor.constant is not None
    }
    values = {i: v.astype(np.float64) if v.dtype.kind == "f" else v for i, v in values.items()}
    values[network.inputs[0]] = image.astype(np.float64)
    for operation in network.operations:
        operands = [values[index] for index in operation.inputs]
        values[operation.outputs[0]] = OPERATORS[operation.name](operation, *operands)
    return values[network.outputs[0]]


def activated(values: Array, kind: int) -> Array:
    return {0: values, 1: np.maximum(values, 0), 3: np.clip(values, 0, 6)}[kind]


def windows(x: Array, kernel: Sequence[int], op: Operation) -> Array:
    """The pixels under the kernel at each position, zeros outside: [n, y, x, kernel y, kernel x, c]."""
    steps = (op.option(2), op.option(1))
    pads, sizes = [], []
    for size, reach, step in zip(x.shape[1:3], kernel, steps, strict=True):
        out = -(-size // step) if op.option(0, "b") == 0 else (size - reach) // step + 1
        missing = max(0, (out - 1) * step + reach - size)
        pads.append((missing // 2, missing - missing // 2))
        sizes.append(out)
    padded = np.pad(x, ((0, 0), *pads, (0, 0)))
    view = np.lib.stride_tricks.sliding_window_view(padded, tuple(kernel), axis=(1, 2))
    view = view[:, :: steps[0], :: steps[1]][:, : sizes[0], : sizes[1]]
    return view.transpose(0, 1, 2, 4, 5, 3)


def conv(op: Operation, x: Array, weights: Array, bias: Array) -> Array:
    sums = np.einsum("nyxijc,oijc->nyxo", windows(x, weights.shape[1:3], op), weights, optimize=True)
    return activated(sums + bias, op.option(3, "b"))


def depthwise(op: Operation, x: Array, weights: Array, bias: Array) -> Array:
    sums = np.einsum("nyxijc,ijc->nyxc", windows(x, weights.shape[1:3], op), weights[0], optimize=True)
    return activated(sums + bias, op.option(4, "b"))


def transposed(op: Operation, x: Array, weights: Array, bias: Array) -> Array:
    """Transposed convolution with windows of two by two that do not overlap."""
    batch, height, width, _ = x.shape
    out_size = np.empty((batch, height * 2, width * 2, len(weights)))
    for row in range(2):
        for column in range(2):
            out_size[:, row::2, column::2] = x @ weights[:, row, column].T
    return out_size + bias


def average(op: Operation, x: Array) -> Array:
    return windows(x, (op.option(4), op.option(3)), op).mean((3, 4))


def resized(op: Operation, x: Array, size: Array) -> Array:
    aligned, centered = op.option(2, "b"), op.option(3, "b")
    for axis, out_size in ((1, int(size[0])), (2, int(size[1]))):
        have = x.shape[axis]
        position = np.arange(out_size) * (((have - 1) / (out_size - 1)) if aligned else have / out_size)
        if centered:
            position = (np.arange(out_size) + 0.5) * have / out_size - 0.5
        low = np.floor(position).astype(int)
        share = (position - low).reshape([-1 if i == axis else 1 for i in range(4)])
        before, after = (x.take(np.clip(low + i, 0, have - 1), axis) for i in (0, 1))
        x = before * (1 - share) + after * share
    return x


def logistic(op: Operation, x: Array) -> Array:
    return 0.5 * (1 + np.tanh(x / 2))


OPERATORS: dict[str, Any] = {
    "ADD": lambda op, a, b: activated(a + b, op.option(0, "b")),
    "AVERAGE_POOL_2D": average,
    "CONV_2D": conv,
    "Convolution2DTransposeBias": transposed,
    "DEPTHWISE_CONV_2D": depthwise,
    "HARD_SWISH": lambda op, x: x * np.clip(x + 3, 0, 6) / 6,
    "LOGISTIC": logistic,
    "MEAN": lambda op, x, axes: x.mean(tuple(axes), keepdims=True),
    "MUL": lambda op, a, b: activated(a * b, op.option(0, "b")),
    "RELU": lambda op, x: np.maximum(x, 0),
    "RESIZE_BILINEAR": resized,
}
