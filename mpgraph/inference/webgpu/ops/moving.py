"""Operators that keep the values: new shapes, padding, slices, concatenation, splitting, transposition."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mpgraph.inference.webgpu.network import Operation
from mpgraph.inference.webgpu.plan import Constant, PlanBuilder, Rule, Value
from mpgraph.inference.webgpu.shapes import LANES, Shape

_NO_LIMIT = (0, 0, 0, 0)
_LARGEST = float(np.finfo(np.float32).max)


def _move(
    plan: PlanBuilder,
    source: Value | Constant,
    target: Value,
    *,
    box: Sequence[int],
    from_step: Sequence[int],
    to_step: Sequence[int] | None = None,
    from_start: int = 0,
    to_start: int = 0,
    low: Sequence[int] = _NO_LIMIT,
    high: Sequence[int] | None = None,
    fill: float = 0.0,
    fills_padding: bool = True,
) -> None:
    """Fill the `box` of the target; see copy.wgsl.

    fills_padding: the box reaches the last channel, so the padding is filled as well. The padding must be
    finite, since weights of 0 are multiplied with it later.
    """
    high = box if high is None else high
    n, h, w, c = box
    if fills_padding:
        c += -target.shape.channels % LANES
    plan.emit(
        "copy",
        target,
        source,
        count=n * h * w * c,
        box=(n, h, w, c),
        low=low,
        high=high,
        from_step=from_step,
        to_step=target.shape.steps() if to_step is None else to_step,
        from_start=from_start,
        to_start=to_start,
        fill=min(max(fill, -_LARGEST), _LARGEST),
    )


def _dot(steps: Sequence[int], indices: Sequence[int]) -> int:
    return sum(step * index for step, index in zip(steps, indices, strict=True))


def _aligned(shape: Shape, values: Sequence[int], default: int) -> list[int]:
    """Values for four axes from those for the model's axes, with `default` for the axes in front."""
    return [default] * (4 - len(shape.dims)) + list(values)


def _pad(plan: PlanBuilder, op: Operation) -> None:
    image = plan.computed(0)
    pads = plan.constant(1).reshape(-1, 2)
    fill = float(plan.constant(2).reshape(-1)[0]) if plan.has(2) else 0.0
    before = _aligned(image.shape, [int(pad) for pad in pads[:, 0]], 0)
    dims = [size + int(pad.sum()) for size, pad in zip(image.shape.dims, pads, strict=True)]
    target = plan.result(dims)
    steps = image.shape.steps()
    high = [start + size for start, size in zip(before, image.shape.nhwc, strict=True)]
    _move(
        plan,
        image,
        target,
        box=target.shape.nhwc,
        from_step=steps,
        from_start=-_dot(steps, before),
        low=before,
        high=high,
        fill=fill,
    )


def _cut(
    plan: PlanBuilder, image: Value, begin: Sequence[int], step: Sequence[int], size: Sequence[int]
) -> Value:
    """Along each of the model's axes, `size` values from `begin` on, every `step`-th."""
    target = plan.new(size)
    steps = image.shape.steps()
    strides = _aligned(image.shape, step, 1)
    _move(
        plan,
        image,
        target,
        box=target.shape.nhwc,
        from_step=[a * b for a, b in zip(steps, strides, strict=True)],
        from_start=_dot(steps, _aligned(image.shape, begin, 0)),
    )
    return target


def _slice(plan: PlanBuilder, op: Operation) -> None:
    image = plan.computed(0)
    begin, size = ([int(v) for v in plan.constant(operand).reshape(-1)] for operand in (1, 2))
    size = [
        dim - start if length == -1 else length
        for dim, start, length in zip(image.shape.dims, begin, size, strict=True)
    ]
    plan.give(_cut(plan, image, begin, [1] * len(begin), size))


def _strided_slice(plan: PlanBuilder, op: Operation) -> None:
    image = plan.computed(0)
    begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_mask = (op.option(slot) for slot in range(5))
    if ellipsis_mask or new_axis_mask:
        raise plan.refusal("it has an ellipsis or a new axis")
    begin, end, step = ([int(v) for v in plan.constant(operand).reshape(-1)] for operand in (1, 2, 3))
    starts, steps, sizes, kept = [], [], [], []
    for axis, dim in enumerate(image.shape.dims):
        if axis >= len(begin):
            start, stop, stride = 0, dim, 1
        else:
            part = slice(
                None if begin_mask >> axis & 1 else begin[axis],
                None if end_mask >> axis & 1 else end[axis],
                step[axis],
            )
            if shrink_mask >> axis & 1:
                index = begin[axis] % dim
                part = slice(index, index + 1, 1)
            start, stop, stride = part.indices(dim)
        starts.append(start)
        steps.append(stride)
        sizes.append(len(range(start, stop, stride)))
        if not shrink_mask >> axis & 1:
            kept.append(sizes[-1])
    plan.give(plan.reshaped(_cut(plan, image, starts, steps, sizes), kept))


def _concatenation(plan: PlanBuilder, op: Operation) -> None:
    if op.option(1, "b"):
        raise plan.refusal("it has an activation")
    parts = [plan.shape(number) for number in range(len(op.inputs))]
    axis = op.option(0)
    axis_4d = parts[0].axis(axis)
    dims = list(parts[0].dims)
    dims[axis] = sum(part.nhwc[axis_4d] for part in parts)
    target = plan.result(dims)
    start = 0
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        _move(
            plan,
            plan.value(number),
            target,
            box=part.nhwc,
            from_step=part.steps(),
            to_start=start * target.shape.steps()[axis_4d],
            fills_padding=axis_4d != 3 or last,
        )
        start += part.nhwc[axis_4d]


def _split(plan: PlanBuilder, op: Operation) -> None:
    axis = int(plan.constant(0).reshape(-1)[0])
    image = plan.computed(1)
    dims = list(image.shape.dims)
    axis %= len(dims)
    dims[axis] //= len(op.outputs)
    for number in range(len(op.outputs)):
        begin = [0] * len(dims)
        begin[axis] = number * dims[axis]
        plan.give(_cut(plan, image, begin, [1] * len(dims), dims), number)


def _transpose(plan: PlanBuilder, op: Operation) -> None:
    image = plan.computed(0)
    order = [int(axis) for axis in plan.constant(1).reshape(-1)]
    target = plan.result([image.shape.dims[axis] for axis in order])
    steps = image.shape.steps()[4 - len(order) :]
    _move(
        plan,
        image,
        target,
        box=target.shape.nhwc,
        from_step=_aligned(image.shape, [steps[axis] for axis in order], 0),
    )


def _depth_to_space(plan: PlanBuilder, op: Operation) -> None:
    image = plan.computed(0)
    side = op.option(0)
    batch, height, width, channels = image.shape.nhwc
    if side < 1 or channels % side**2:
        raise plan.refusal(f"it turns {channels} channels into squares of side {side}")
    depth = channels // side**2
    target = plan.result((batch, height * side, width * side, depth))
    whole, row, pixel, _ = target.shape.steps()
    for number in range(side**2):
        _move(
            plan,
            image,
            target,
            box=(batch, height, width, depth),
            from_step=image.shape.steps(),
            to_step=(whole, row * side, pixel * side, 1),
            from_start=number * depth,
            to_start=number // side * row + number % side * pixel,
        )


def _reshape(plan: PlanBuilder, op: Operation) -> None:
    image = plan.computed(0)
    if plan.has(1):
        sizes = [int(size) for size in plan.constant(1).reshape(-1)]
    else:
        given = op.options.integers(0) if op.options is not None else None
        if given is None:
            raise plan.refusal("its new shape is neither an operand nor an option")
        sizes = list(given)
    known = 1
    for size in sizes:
        known *= size if size > 0 else 1
    dims = [image.shape.size // max(1, known) if size == -1 else size for size in sizes]
    plan.give(plan.reshaped(image, dims))


def _squeeze(plan: PlanBuilder, op: Operation) -> None:
    image = plan.computed(0)
    dims = image.shape.dims
    given = op.options.integers(0) if op.options is not None else None
    dropped = {axis % len(dims) for axis in given or [i for i, size in enumerate(dims) if size == 1]}
    plan.give(plan.reshaped(image, [size for axis, size in enumerate(dims) if axis not in dropped]))


def _expand_dims(plan: PlanBuilder, op: Operation) -> None:
    image = plan.computed(0)
    dims = list(image.shape.dims)
    axis = int(plan.constant(1).reshape(-1)[0])
    dims.insert(axis % (len(dims) + 1), 1)
    plan.give(plan.reshaped(image, dims))


RULES: dict[str, Rule] = {
    "CONCATENATION": _concatenation,
    "DEPTH_TO_SPACE": _depth_to_space,
    "EXPAND_DIMS": _expand_dims,
    "PAD": _pad,
    "PADV2": _pad,
    "RESHAPE": _reshape,
    "SLICE": _slice,
    "SPLIT": _split,
    "SQUEEZE": _squeeze,
    "STRIDED_SLICE": _strided_slice,
    "TRANSPOSE": _transpose,
}
