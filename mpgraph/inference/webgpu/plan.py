"""Plans: lists of dispatches that compute a network, and their builder. Independent of a GPU."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from mpgraph.errors import InferenceError
from mpgraph.gpu.limits import MAX_BINDING
from mpgraph.gpu.shader import Parameter
from mpgraph.inference.webgpu import shapes
from mpgraph.inference.webgpu.network import Network, Operation
from mpgraph.inference.webgpu.shapes import Shape

CPU_ADVICE = (
    'Run this model on the CPU instead: leave out device="gpu" or --gpu, or choose a backend such as '
    "litert; in a graph, give InferenceCalculator the option delegate { xnnpack {} }."
)


class NotOnGpuError(InferenceError):
    """The GPU backend cannot run an operator. The message has its name, position, the reason and a remedy."""


@dataclass(eq=False)
class Storage:
    """Memory of `vectors` vec4s, for one value or for several values with the same numbers."""

    vectors: int


@dataclass(frozen=True, eq=False)
class Value:
    """A computed value: its shape and its memory."""

    shape: Shape
    storage: Storage


@dataclass(frozen=True, eq=False)
class Constant:
    """float32 data in the layout that a kernel reads."""

    data: npt.NDArray[np.float32] = field(repr=False)


@dataclass(frozen=True)
class Dispatch:
    """One run of a kernel. `count` is the number of invocations (for `mean`: workgroups) with work."""

    kernel: str
    target: Storage
    sources: tuple[Storage | Constant, ...]
    count: int
    parameters: Mapping[str, Parameter]
    label: str


@dataclass(frozen=True)
class Plan:
    """The plan of a network. `inputs` and `outputs` have no padding, like arrays."""

    dispatches: Sequence[Dispatch]
    inputs: Sequence[Value]
    outputs: Sequence[Value]


class PlanBuilder:
    """Builds a plan. The rule of an operator reads its operands from here, and adds dispatches."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.values: dict[int, Value] = {}
        self.dispatches: list[Dispatch] = []
        self.operation = Operation(-1, "", (), ())

    def value(self, position: int) -> Value | Constant:
        """An operand of the operator: computed, or a constant in the layout of a computed value."""
        index = self._index(position)
        if index in self.values:
            return self.values[index]
        return Constant(shapes.blocked(self.constant(position)))

    def computed(self, position: int) -> Value:
        """An operand that must be computed."""
        value = self.value(position)
        if not isinstance(value, Value):
            raise self.refusal(f"its operand {position} is a constant")
        return value

    def shape(self, position: int) -> Shape:
        """The shape of an operand."""
        index = self._index(position)
        return self.values[index].shape if index in self.values else Shape(self.constant(position).shape)

    def has(self, position: int) -> bool:
        """Whether the operator has an operand."""
        return position < len(self.operation.inputs) and self.operation.inputs[position] != -1

    def constant(self, position: int) -> npt.NDArray[Any]:
        """An operand that must be a constant, in the layout of the model."""
        constant = self.network.tensors[self._index(position)].constant
        if constant is None:
            raise self.refusal(f"its operand {position} is computed, where a constant is required")
        if constant.dtype.kind == "f":
            return constant.astype(np.float32)
        if constant.dtype not in (np.int32, np.int64):
            raise self.refusal(f"its operand {position} is {constant.dtype}; only float models are supported")
        return constant

    def bias(self, position: int, channels: int) -> Constant:
        """An operand with one number for each channel, or zeros if it is omitted."""
        return Constant(
            shapes.pad_last(self.constant(position).reshape(-1) if self.has(position) else np.zeros(channels))
        )

    def new(self, dims: Sequence[int]) -> Value:
        """A new value of this shape, with memory of its own."""
        sizes = tuple(int(size) for size in dims)
        if len(sizes) > 4:
            raise self.refusal(f"its result {list(sizes)} has more than four dimensions")
        if min(sizes, default=1) < 1:
            raise self.refusal(f"its result {list(sizes)} is empty")
        shape = Shape(sizes)
        if shape.vectors * 16 > MAX_BINDING:
            limit = MAX_BINDING >> 20
            raise self.refusal(f"its result {list(sizes)} exceeds the {limit} MiB of a buffer")
        return Value(shape, Storage(shape.vectors))

    def emit(
        self,
        kernel: str,
        target: Value,
        *sources: Value | Constant,
        count: int | None = None,
        **parameters: Parameter,
    ) -> None:
        """Add a dispatch. `count`, by default the number of vec4s of the target, is a parameter, too."""
        count = target.shape.vectors if count is None else count
        storages = tuple(source.storage if isinstance(source, Value) else source for source in sources)
        label = f"{self.operation.index} {self.operation.name}"
        self.dispatches.append(
            Dispatch(kernel, target.storage, storages, count, {"count": count, **parameters}, label)
        )

    def give(self, value: Value, position: int = 0) -> None:
        """Set a result of the operator."""
        self.values[self.operation.outputs[position]] = value

    def result(self, dims: Sequence[int]) -> Value:
        """A new value of this shape, set as the first result of the operator."""
        value = self.new(dims)
        self.give(value)
        return value

    def reshaped(self, value: Value, dims: Sequence[int]) -> Value:
        """The same numbers in another shape; copied only if their padding differs."""
        target = self.new(dims)
        before, after = value.shape.channels, target.shape.channels
        if target.shape.size != value.shape.size:
            raise self.refusal(f"it turns {list(value.shape.dims)} into {list(target.shape.dims)}")
        if before == after or (before % shapes.LANES == 0 and after % shapes.LANES == 0):
            return Value(target.shape, value.storage)
        self.emit("reshape", target, value, in_channels=before, out_channels=after)
        return target

    def refusal(self, why: str) -> NotOnGpuError:
        """The error for the current operator; `why` is its reason, in lower case."""
        operation = self.operation
        results = ", ".join(f'"{self.network.tensors[i].name}"' for i in operation.outputs)
        return NotOnGpuError(
            f'The GPU cannot run operator {operation.index} of "{self.network.origin}", {operation.name}, '
            f"which computes {results or 'nothing'}: {why}. {CPU_ADVICE}"
        )

    def _index(self, position: int) -> int:
        if not self.has(position):
            raise self.refusal(f"it has no operand {position}")
        return self.operation.inputs[position]


Rule = Callable[[PlanBuilder, Operation], None]
"""Adds the dispatches and results of an operator to a plan."""
