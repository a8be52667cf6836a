"""Operators that change the shape, but neither the numbers nor their order."""

from __future__ import annotations

from mpgraph.inference.webgpu.network import Operation
from mpgraph.inference.webgpu.plan import PlanBuilder, Rule


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


RULES: dict[str, Rule] = {"EXPAND_DIMS": _expand_dims, "RESHAPE": _reshape, "SQUEEZE": _squeeze}
