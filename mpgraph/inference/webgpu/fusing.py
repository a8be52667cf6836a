"""Lets an activation join the operator whose result it alone reads, which saves a pass over memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from mpgraph.inference.webgpu.network import Network, Operation

# 1 to 4 are schema.fbs's ActivationFunctionType; the kernels' `activate` knows the same numbers.
NONE, RELU, RELU_N1_TO_1, RELU6, TANH, HARD_SWISH, LOGISTIC = 0, 1, 2, 3, 4, 6, 7

ACTIVATIONS = {
    "HARD_SWISH": HARD_SWISH,
    "LOGISTIC": LOGISTIC,
    "RELU": RELU,
    "RELU6": RELU6,
    "RELU_N1_TO_1": RELU_N1_TO_1,
    "TANH": TANH,
}
"""Operators that are functions of one value."""

_OPTION_SLOTS = {
    "ADD": 0,
    "AVERAGE_POOL_2D": 5,
    "CONV_2D": 3,
    "DEPTHWISE_CONV_2D": 4,
    "DIV": 0,
    "FULLY_CONNECTED": 0,
    "MAX_POOL_2D": 5,
    "MUL": 0,
    "SUB": 0,
    "TRANSPOSE_CONV": 3,
}
"""Operators that have an activation among their options, and its slot."""

_FUSING = {*_OPTION_SLOTS, "MEAN", "Convolution2DTransposeBias"}


def fuse(network: Network) -> Sequence[Operation]:
    """Return the operators with each activation, from the options or one that follows, in `activation`."""
    readers = Counter(index for operation in network.operations for index in operation.inputs)
    readers.update(network.outputs)
    writer: dict[int, int] = {}
    fused: list[Operation] = []
    for operation in network.operations:
        before = writer.get(operation.inputs[0]) if operation.inputs else None
        if (
            operation.name in ACTIVATIONS
            and before is not None
            and readers[operation.inputs[0]] == 1
            and fused[before].name in _FUSING
            and fused[before].activation == NONE
        ):
            # The new result is there earlier than in the model, which harms nobody.
            fused[before] = replace(
                fused[before], activation=ACTIVATIONS[operation.name], outputs=operation.outputs
            )
            writer[operation.outputs[0]] = before
            continue
        slot = _OPTION_SLOTS.get(operation.name)
        activation = NONE if slot is None else operation.option(slot, "b")
        fused.append(replace(operation, activation=activation))
        writer.update(dict.fromkeys(operation.outputs, len(fused) - 1))
    return fused
