"""Averages and maxima of windows and of whole images; positions of maxima, and the inverse.

The latter two are MediaPipe's own operators for hair segmentation. Positions are counted in the window, row
by row, and stored as floats (mediapipe/util/tflite/operations/max_pool_argmax.cc and max_unpooling.cc). The
options begin with the first five integers of TfLitePoolParams: padding (1 SAME, 2 VALID), stride_w, stride_h,
window_w, window_h.
"""

from __future__ import annotations

import struct
from functools import partial
from typing import NamedTuple

from mpgraph.inference.operators import CUSTOM_PADDINGS
from mpgraph.inference.schema import Padding
from mpgraph.inference.webgpu.network import Operation
from mpgraph.inference.webgpu.plan import PlanBuilder, Rule, Value
from mpgraph.inference.webgpu.shapes import Pair, Shape, window_parameters, windows

# As pool.wgsl numbers its modes.
_MEAN, _MAXIMUM, _POSITION = 0, 1, 2

# With this many pixels a workgroup for each image is faster than a single invocation.
_MANY_PIXELS = 32


class _Window(NamedTuple):
    kernel: Pair
    stride: Pair
    same: bool

    def over(self, image: Shape) -> tuple[Pair, Pair]:
        """The size of the output, and the padding."""
        return windows(image, self.kernel, self.stride, self.same)


def _pool(plan: PlanBuilder, op: Operation, mode: int) -> None:
    image = plan.computed(0)
    batch, height, width, channels = image.shape.nhwc
    stride_w, stride_h, kernel_w, kernel_h = (op.option(slot) for slot in (1, 2, 3, 4))
    same = op.option(0, "b") == Padding.SAME
    window = _Window((kernel_h, kernel_w), (stride_h, stride_w), same)
    out, pad = window.over(image.shape)
    target = plan.result((batch, *out, channels))
    if mode == _MEAN and (out, window.kernel) == ((1, 1), (height, width)):
        _mean_of_images(plan, op, image, target)
    else:
        _emit(plan, "pool", target, image, window=window, pad=pad, mode=mode, activation=op.activation)


def _mean(plan: PlanBuilder, op: Operation) -> None:
    image = plan.computed(0)
    axes = {image.shape.axis(int(axis)) for axis in plan.constant(1).reshape(-1)}
    if not axes <= {1, 2}:
        raise plan.refusal("it averages over axes other than height and width")
    _, height, width, _ = image.shape.nhwc
    kernel = height if 1 in axes else 1, width if 2 in axes else 1
    shape = [1 if axis in axes else size for axis, size in enumerate(image.shape.nhwc)]
    target = plan.new(shape[4 - len(image.shape.dims) :])
    if kernel == (height, width):
        _mean_of_images(plan, op, image, target)
    else:
        _emit(plan, "pool", target, image, window=_Window(kernel, kernel, False), activation=op.activation)
    if not op.option(0, "b"):  # keep_dims
        reduced = {axis - 4 + len(image.shape.dims) for axis in axes}
        dims = [size for axis, size in enumerate(image.shape.dims) if axis not in reduced]
        target = plan.reshaped(target, dims)
    plan.give(target)


def _mean_of_images(plan: PlanBuilder, op: Operation, image: Value, target: Value) -> None:
    _, height, width, _ = image.shape.nhwc
    pixels, size = height * width, (height, width)
    if pixels < _MANY_PIXELS:
        _emit(plan, "pool", target, image, window=_Window(size, size, False), activation=op.activation)
    else:
        plan.emit("mean", target, image, pixels=pixels, blocks=image.shape.blocks, activation=op.activation)


def _custom_window(plan: PlanBuilder, op: Operation) -> _Window:
    if len(op.custom_options) < 20:
        raise plan.refusal("its options are not five integers")
    options = struct.unpack_from("<5i", op.custom_options)
    padding, stride_w, stride_h, kernel_w, kernel_h = options
    if padding not in CUSTOM_PADDINGS or min(options[1:]) < 1:
        raise plan.refusal(f"its options are {options}")
    same = CUSTOM_PADDINGS[padding] is Padding.SAME
    return _Window((kernel_h, kernel_w), (stride_h, stride_w), same)


def _pool_with_positions(plan: PlanBuilder, op: Operation) -> None:
    image, window = plan.computed(0), _custom_window(plan, op)
    batch, _, _, channels = image.shape.nhwc
    out, pad = window.over(image.shape)
    for number, mode in enumerate((_MAXIMUM, _POSITION)[: len(op.outputs)]):
        target = plan.new((batch, *out, channels))
        _emit(plan, "pool", target, image, window=window, pad=pad, mode=mode)
        plan.give(target, number)


def _unpool(plan: PlanBuilder, op: Operation) -> None:
    image, positions, window = plan.computed(0), plan.computed(1), _custom_window(plan, op)
    if image.shape.nhwc != positions.shape.nhwc:
        raise plan.refusal(f"it has {list(image.shape.dims)} values, {list(positions.shape.dims)} positions")
    batch, height, width, channels = image.shape.nhwc
    target = plan.result((batch, height * window.stride[0], width * window.stride[1], channels))
    _, pad = window.over(target.shape)
    _emit(plan, "unpool", target, image, positions, window=window, pad=pad)


def _emit(
    plan: PlanBuilder,
    kernel: str,
    target: Value,
    image: Value,
    *others: Value,
    window: _Window,
    pad: Pair = (0, 0),
    **parameters: int,
) -> None:
    sizes = window_parameters(image.shape, target.shape, window.kernel, window.stride, pad)
    plan.emit(kernel, target, image, *others, **{**sizes, **parameters})


RULES: dict[str, Rule] = {
    "AVERAGE_POOL_2D": partial(_pool, mode=_MEAN),
    "MAX_POOL_2D": partial(_pool, mode=_MAXIMUM),
    "MEAN": _mean,
    "MaxPoolArgmax": _pool_with_positions,
    "MaxPoolingWithArgmax2D": _pool_with_positions,
    "MaxUnpooling2D": _unpool,
}
