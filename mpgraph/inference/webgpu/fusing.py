"""Merges an activation or an addition into the operator before it, if nothing else reads that result.

That saves a dispatch and a pass over memory. A fused operator computes
final_activation(activation(own result) + addend), the outer part only with an addend.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from mpgraph.inference.webgpu.network import Network, Operation

# 1 to 4 are schema.fbs's ActivationFunctionType. `activate` in kernels/shared.wgsl uses the same numbers.
NONE, RELU, RELU_N1_TO_1, RELU6, TANH, HARD_SWISH, LOGISTIC = 0, 1, 2, 3, 4, 6, 7

ACTIVATIONS = {
    "HARD_SWISH": HARD_SWISH,
    "LOGISTIC": LOGISTIC,
    "RELU": RELU,
    "RELU6": RELU6,
    "RELU_N1_TO_1": RELU_N1_TO_1,
    "TANH": TANH,
}
"""Operators that apply an activation function, and its number."""

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
"""Operators with an activation among their options, and its slot."""

_ADDING = {"CONV_2D", "DEPTHWISE_CONV_2D"}

_FUSING = {*_OPTION_SLOTS, "MEAN", "Convolution2DTransposeBias"}


def fuse(network: Network) -> Sequence[Operation]:
    """The operators that remain, with those merged into them, in execution order."""
    return _Fusing(network).run()


class _Fusing:
    """One pass over the operators; `_done` has None where an operator has moved to a later position."""

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
            if self._fuse_activation(operation) or self._fuse_addition(operation, activation):
                continue
            self._append(replace(operation, activation=activation))
        return [operation for operation in self._done if operation is not None]

    def _append(self, operation: Operation) -> None:
        self._done.append(operation)
        self._writer.update(dict.fromkeys(operation.outputs, len(self._done) - 1))

    def _before(self, index: int) -> Operation | None:
        """The operator that computes tensor `index`, if it has exactly one reader."""
        position = self._writer.get(index)
        return None if position is None or self._readers[index] != 1 else self._done[position]

    def _fuse_activation(self, operation: Operation) -> bool:
        if operation.name not in ACTIVATIONS:
            return False
        before, kind = self._before(operation.inputs[0]), ACTIVATIONS[operation.name]
        if before is None or before.name not in _FUSING:
            return False
        if before.addend != -1 and before.final_activation == NONE:
            fused = replace(before, final_activation=kind, outputs=operation.outputs)
        elif before.addend == -1 and before.activation == NONE:
            fused = replace(before, activation=kind, outputs=operation.outputs)
        else:
            return False
        # The result is available earlier than in the model, which is harmless.
        position = self._writer[operation.inputs[0]]
        self._done[position] = fused
        self._writer[operation.outputs[0]] = position
        return True

    def _fuse_addition(self, operation: Operation, activation: int) -> bool:
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
                # It moves to this position, where the addend has been computed, too.
                self._done[self._writer[index]] = None
                self._append(
                    replace(before, addend=addend, final_activation=activation, outputs=operation.outputs)
                )
                return True
        return False
