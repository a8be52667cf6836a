"""Elementwise functions of one or two values, and softmax."""

from __future__ import annotations

from functools import partial

import numpy as np

from mpgraph.inference.webgpu.fusing import ACTIVATIONS
from mpgraph.inference.webgpu.network import Operation
from mpgraph.inference.webgpu.plan import PlanBuilder, Rule
from mpgraph.inference.webgpu.shapes import strides

# In the order in which `combine` in binary.wgsl numbers them.
_BINARY = ("ADD", "SUB", "MUL", "DIV", "MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE", "PRELU")


def _binary(plan: PlanBuilder, op: Operation, operation: int) -> None:
    first, second = plan.shape(0), plan.shape(1)
    try:
        dims = np.broadcast_shapes(first.dims, second.dims)
    except ValueError:
        raise plan.refusal(f"it combines {list(first.dims)} with {list(second.dims)}") from None
    target = plan.result(dims)
    _, out_h, out_w, out_channels = target.shape.nhwc
    plan.emit(
        "binary",
        target,
        plan.value(0),
        plan.value(1),
        out_h=out_h,
        out_w=out_w,
        out_channels=out_channels,
        operation=operation,
        activation=op.activation,
        first_step=strides(first, target.shape),
        second_step=strides(second, target.shape),
    )


def _activation(plan: PlanBuilder, op: Operation, kind: int) -> None:
    image = plan.computed(0)
    target = plan.result(image.shape.dims)
    plan.emit("unary", target, image, activation=kind)


def _softmax(plan: PlanBuilder, op: Operation) -> None:
    image = plan.computed(0)
    target = plan.result(image.shape.dims)
    shape, beta = image.shape, op.real_option(0)
    plan.emit("softmax", target, image, count=shape.pixels, channels=shape.channels, beta=beta)


RULES: dict[str, Rule] = {
    **{name: partial(_binary, operation=number) for number, name in enumerate(_BINARY)},
    **{name: partial(_activation, kind=kind) for name, kind in ACTIVATIONS.items()},
    "SOFTMAX": _softmax,
}
