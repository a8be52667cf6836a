"""Lets an activation or an addition join the operator whose result it alone reads.

That saves a dispatch and a pass over memory. A fused operator computes
final_activation(activation(own result) + addend), the outer part only with an addend.
"""

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

_ADDING = {"CONV_2D", "DEPTHWISE_CONV_2D"}

_FUSING = {*_OPTION_SLOTS, "MEAN", "Convolution2DTransposeBias"}


def fuse(network: Network) -> Sequence[Operation]:
    """Return the operators that are left, with what has joined them, in an order that works."""
    return _Fusing(network).run()


class _Fusing:
    """One pass over the operators; `_done` has None where one has moved to a later place."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._readers = Counter(index for operation in network.operations for index in operation.inputs)
        self._readers.update(network.outputs)
        self._writer: dict[int, int] = {}
        self._done: list[Operation | None] = []

    def run(self) -> Sequence[Operation]:
        for operation in self._network.operations:
            slot = _OPTION_SLOTS.get(operation.name)
            activation = NONE if slot is None else operation.option(slot, "b")
            if self._joins_as_activation(operation) or self._joins_as_addition(operation, activation):
                continue
            self._append(replace(operation, activation=activation))
        return [operation for operation in self._done if operation is not None]

    def _append(self, operation: Operation) -> None:
        self._done.append(operation)
        self._writer.update(dict.fromkeys(operation.outputs, len(self._done) - 1))

    def _before(self, index: int) -> Operation | None:
        """The operator that makes tensor `index`, if one reader alone takes it."""
        place = self._writer.get(index)
        return None if place is None or self._readers[index] != 1 else self._done[place]

    def _joins_as_activation(self, operation: Operation) -> bool:
        if operation.name not in ACTIVATIONS:
            return False
        before, kind = self._before(operation.inputs[0]), ACTIVATIONS[operation.name]
        if before is None or before.name not in _FUSING:
            return False
        if before.addend != -1 and before.final_activation == NONE:
            joined = replace(before, final_activation=kind, outputs=operation.outputs)
        elif before.addend == -1 and before.activation == NONE:
            joined = replace(before, activation=kind, outputs=operation.outputs)
        else:
            return False
        # The result is there earlier than in the model, which harms nobody.
        place = self._writer[operation.inputs[0]]
        self._done[place] = joined
        self._writer[operation.outputs[0]] = place
        return True

    def _joins_as_addition(self, operation: Operation, activation: int) -> bool:
        if operation.name != "ADD":
            return False
        tensors = self._network.tensors
        for index, addend in (operation.inputs, operation.inputs[::-1]):
            before = self._before(index)
            if (
                before is not None
                and before.name in _ADDING
                and before.addend == -1
                and tensors[addend].constant is None
                and tensors[index].shape == tensors[addend].shape
            ):
                # It moves here, where the addend is there too.
                self._done[self._writer[index]] = None
                self._append(
                    replace(before, addend=addend, final_activation=activation, outputs=operation.outputs)
                )
                return True
        return False
