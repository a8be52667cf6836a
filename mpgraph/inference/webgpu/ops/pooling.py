"""Averages and maxima of windows and of whole images."""

from __future__ import annotations

from functools import partial

from mpgraph.inference.schema import Padding
from mpgraph.inference.webgpu.network import Operation
from mpgraph.inference.webgpu.plan import PlanBuilder, Rule, Value
from mpgraph.inference.webgpu.shapes import window, window_parameters

# With this many pixels a workgroup for each image is faster than a single invocation.
_MANY_PIXELS = 32


def _pool(plan: PlanBuilder, op: Operation, is_max: int) -> None:
    image = plan.computed(0)
    batch, height, width, channels = image.shape.nhwc
    same = op.option(0, "b") == Padding.SAME
    stride_w, stride_h, kernel_w, kernel_h = (op.option(slot) for slot in (1, 2, 3, 4))
    out_h, pad_h = window(height, kernel_h, stride_h, 1, same)
    out_w, pad_w = window(width, kernel_w, stride_w, 1, same)
    target = plan.new((batch, out_h, out_w, channels))
    plan.give(target)
    is_whole = (out_h, out_w, kernel_h, kernel_w) == (1, 1, height, width)
    if is_whole and not is_max:
        _mean_of_images(plan, op, image, target)
    else:
        kernel, stride, pad = (kernel_h, kernel_w), (stride_h, stride_w), (pad_h, pad_w)
        _windows(plan, op, image, target, kernel, stride, pad, is_max)


def _mean(plan: PlanBuilder, op: Operation) -> None:
    image = plan.computed(0)
    axes = {image.shape.axis(int(axis)) for axis in plan.constant(1).reshape(-1)}
    if not axes <= {1, 2}:
        raise plan.refusal("it averages over axes other than height and width")
    _, height, width, _ = image.shape.nhwc
    sizes = {1: height, 2: width}
    kernel_h, kernel_w = (sizes[axis] if axis in axes else 1 for axis in (1, 2))
    shape = [1 if axis in axes else size for axis, size in enumerate(image.shape.nhwc)]
    target = plan.new(shape[4 - len(image.shape.dims) :])
    if (kernel_h, kernel_w) == (height, width):
        _mean_of_images(plan, op, image, target)
    else:
        _windows(plan, op, image, target, (kernel_h, kernel_w), (kernel_h, kernel_w))
    if not op.option(0, "b"):  # keep_dims
        reduced = {axis - 4 + len(image.shape.dims) for axis in axes}
        dims = [size for axis, size in enumerate(image.shape.dims) if axis not in reduced]
        target = plan.reshaped(target, dims)
    plan.give(target)


def _mean_of_images(plan: PlanBuilder, op: Operation, image: Value, target: Value) -> None:
    pixels = image.shape.nhwc[1] * image.shape.nhwc[2]
    if pixels < _MANY_PIXELS:
        size = image.shape.nhwc[1:3]
        _windows(plan, op, image, target, size, size)
        return
    plan.emit("mean", target, image, pixels=pixels, blocks=image.shape.blocks, activation=op.activation)


def _windows(
    plan: PlanBuilder,
    op: Operation,
    image: Value,
    target: Value,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    pad: tuple[int, int] = (0, 0),
    is_max: int = 0,
) -> None:
    sizes = window_parameters(image.shape, target.shape, kernel, stride, pad)
    blocks = image.shape.blocks
    plan.emit("pool", target, image, **sizes, blocks=blocks, activation=op.activation, is_max=is_max)


RULES: dict[str, Rule] = {
    "AVERAGE_POOL_2D": partial(_pool, is_max=0),
    "MAX_POOL_2D": partial(_pool, is_max=1),
    "MEAN": _mean,
}
