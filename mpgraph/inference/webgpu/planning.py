"""Planning a network: operators are fused, then turned into dispatches by the rules in `ops`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mpgraph.inference.webgpu.fusing import fuse
from mpgraph.inference.webgpu.network import Network, Operation
from mpgraph.inference.webgpu.ops import OPS
from mpgraph.inference.webgpu.plan import CPU_ADVICE, NotOnGpuError, Plan, PlanBuilder, Value


def make_plan(network: Network, input_shapes: Sequence[Sequence[int]]) -> Plan:
    """Plan `network` for inputs of these shapes.

    Raises:
        NotOnGpuError: the GPU backend does not support an operator, or not in this form.
    """
    plan = PlanBuilder(network)
    inputs = []
    for index, dims in zip(network.inputs, input_shapes, strict=True):
        tensor = network.tensors[index]
        if tensor.dtype != np.float32:
            raise NotOnGpuError(
                f'The GPU runs only models with float32 inputs, but "{network.origin}" takes {tensor.dtype} '
                f'for "{tensor.name}". {CPU_ADVICE}'
            )
        packed = plan.new([int(np.prod(dims))])
        inputs.append(packed)
        plan.values[index] = plan.reshaped(packed, dims)
    for operation in fuse(network):
        plan.operation = operation
        rule = OPS.get(operation.name)
        if rule is None:
            raise plan.refusal("there is no kernel for it")
        try:
            rule(plan, operation)
        except (ValueError, IndexError, KeyError, TypeError, ZeroDivisionError, OverflowError) as error:
            # A damaged model: the rules trust that an operator's shapes and options fit each other.
            raise plan.refusal("its shapes or options contradict each other") from error
    outputs = []
    for index in network.outputs:
        if index not in plan.values:
            raise NotOnGpuError(f'An output of "{network.origin}" is a constant or an input. {CPU_ADVICE}')
        plan.operation = Operation(len(network.operations), "output", (), (index,))
        value = plan.values[index]
        packed = plan.reshaped(value, [value.shape.size])
        outputs.append(Value(value.shape, packed.storage))
    return Plan(plan.dispatches, inputs, outputs)
