"""MediaPipe's own operators for hair segmentation: maxima with their positions, and the inverse.

The positions are counted in the window, row by row, and stored as floats (mediapipe/util/tflite/operations/
max_pool_argmax.cc and max_unpooling.cc). The options begin with the first five integers of TfLitePoolParams:
padding (1 SAME, 2 VALID), stride_w, stride_h, window_w, window_h.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from mpgraph.inference.webgpu.network import Operation
from mpgraph.inference.webgpu.plan import PlanBuilder, Rule, Value
from mpgraph.inference.webgpu.shapes import window, window_parameters

_SAME, _VALID = 1, 2


class _Pool(NamedTuple):
    padding: int
    stride_w: int
    stride_h: int
    kernel_w: int
    kernel_h: int


def _options(plan: PlanBuilder, op: Operation) -> _Pool:
    if len(op.custom_options) < 20:
        raise plan.refusal("its options are not five integers")
    pool = _Pool(*struct.unpack_from("<5i", op.custom_options))
    if pool.padding not in (_SAME, _VALID) or min(pool[1:]) < 1:
        raise plan.refusal(f"its options are {tuple(pool)}")
    return pool


def _pool_with_positions(plan: PlanBuilder, op: Operation) -> None:
    image, pool = plan.computed(0), _options(plan, op)
    batch, height, width, channels = image.shape.nhwc
    same = pool.padding == _SAME
    out_h, pad_h = window(height, pool.kernel_h, pool.stride_h, 1, same)
    out_w, pad_w = window(width, pool.kernel_w, pool.stride_w, 1, same)
    most, positions = (plan.new((batch, out_h, out_w, channels)) for _ in range(2))
    parameters = _parameters(pool, image, most, (pad_h, pad_w))
    plan.emit("pool", most, image, activation=0, is_max=1, **parameters)
    plan.give(most)
    if len(op.outputs) > 1:
        plan.emit("argmax", positions, image, **parameters)
        plan.give(positions, 1)


def _unpool(plan: PlanBuilder, op: Operation) -> None:
    image, positions, pool = plan.computed(0), plan.computed(1), _options(plan, op)
    if image.shape.nhwc != positions.shape.nhwc:
        raise plan.refusal(f"it has {list(image.shape.dims)} values, {list(positions.shape.dims)} positions")
    batch, height, width, channels = image.shape.nhwc
    out_h, out_w = height * pool.stride_h, width * pool.stride_w
    same = pool.padding == _SAME
    _, pad_h = window(out_h, pool.kernel_h, pool.stride_h, 1, same)
    _, pad_w = window(out_w, pool.kernel_w, pool.stride_w, 1, same)
    target = plan.new((batch, out_h, out_w, channels))
    plan.give(target)
    plan.emit("unpool", target, image, positions, **_parameters(pool, image, target, (pad_h, pad_w)))


def _parameters(pool: _Pool, image: Value, target: Value, pad: tuple[int, int]) -> dict[str, int]:
    kernel, stride = (pool.kernel_h, pool.kernel_w), (pool.stride_h, pool.stride_w)
    sizes = window_parameters(image.shape, target.shape, kernel, stride, pad)
    return {"blocks": image.shape.blocks, **sizes}


RULES: dict[str, Rule] = {
    "MaxPoolArgmax": _pool_with_positions,
    "MaxPoolingWithArgmax2D": _pool_with_positions,
    "MaxUnpooling2D": _unpool,
}
