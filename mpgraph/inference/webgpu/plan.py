"""From a network to the list of dispatches that compute it. Knows kernels by name only, and no GPU."""

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
    """The GPU backend cannot run an operator. The message says which, where, why, and what to do."""


@dataclass(eq=False)
class Storage:
    """Memory of `vectors` vec4s for one value or several that are the same numbers."""

    vectors: int


@dataclass(frozen=True, eq=False)
class Value:
    """Something computed: a shape, and where it is."""

    shape: Shape
    storage: Storage


@dataclass(frozen=True, eq=False)
class Constant:
    """float32 data as a kernel reads it."""

    data: npt.NDArray[np.float32] = field(repr=False)


@dataclass(frozen=True)
class Dispatch:
    """One run of a kernel. `count` is how many invocations (for `mean` workgroups) have work."""

    kernel: str
    target: Storage
    sources: tuple[Storage | Constant, ...]
    count: int
    parameters: Mapping[str, Parameter]
    label: str


@dataclass(frozen=True)
class Plan:
    """All of a network. `inputs` and `outputs` are packed without padding, as arrays are."""

    dispatches: Sequence[Dispatch]
    inputs: Sequence[Value]
    outputs: Sequence[Value]


class PlanBuilder:
    """What an operator's row works with: it reads operands and adds dispatches."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.values: dict[int, Value] = {}
        self.dispatches: list[Dispatch] = []
        self.operation = Operation(-1, "", (), ())

    def value(self, place: int) -> Value | Constant:
        """Operand `place` of the operator: computed, or a constant laid out like a computed value."""
        index = self._index(place)
        if index in self.values:
            return self.values[index]
        return Constant(shapes.blocked(self.constant(place)))

    def computed(self, place: int) -> Value:
        """Operand `place`, which must be computed."""
        value = self.value(place)
        if not isinstance(value, Value):
            raise self.refusal(f"its operand {place} is a constant")
        return value

    def shape(self, place: int) -> Shape:
        """The shape of operand `place`."""
        index = self._index(place)
        return self.values[index].shape if index in self.values else Shape(self.constant(place).shape)

    def has(self, place: int) -> bool:
        """Whether operand `place` is there."""
        return place < len(self.operation.inputs) and self.operation.inputs[place] != -1

    def constant(self, place: int) -> npt.NDArray[Any]:
        """Operand `place`, which must be a constant, as the model has it."""
        constant = self.network.tensors[self._index(place)].constant
        if constant is None:
            raise self.refusal(f"its operand {place} is computed, where only a constant will do")
        if constant.dtype.kind == "f":
            return constant.astype(np.float32)
        if constant.dtype not in (np.int32, np.int64):
            raise self.refusal(f"its operand {place} is {constant.dtype}; only float models run there")
        return constant

    def bias(self, place: int, channels: int) -> Constant:
        """Operand `place`, one number a channel, or zeros if it is left out."""
        return Constant(
            shapes.pad_last(self.constant(place).reshape(-1) if self.has(place) else np.zeros(channels))
        )

    def new(self, dims: Sequence[int]) -> Value:
        """A value of this shape, in memory of its own."""
        sizes = tuple(int(size) for size in dims)
        if len(sizes) > 4:
            raise self.refusal(f"it makes {list(sizes)}, more than four dimensions")
        if min(sizes, default=1) < 1:
            raise self.refusal(f"it makes {list(sizes)}, which is nothing")
        shape = Shape(sizes)
        if shape.vectors * 16 > MAX_BINDING:
            limit = MAX_BINDING >> 20
            raise self.refusal(f"it makes {list(sizes)}, more than the {limit} MiB of a buffer")
        return Value(shape, Storage(shape.vectors))

    def emit(
        self,
        kernel: str,
        target: Value,
        *sources: Value | Constant,
        count: int | None = None,
        **parameters: Parameter,
    ) -> None:
        """Add a dispatch. `count` is given to the kernel too; without it, the target's vec4s."""
        count = target.shape.vectors if count is None else count
        places = tuple(source.storage if isinstance(source, Value) else source for source in sources)
        label = f"{self.operation.index} {self.operation.name}"
        self.dispatches.append(
            Dispatch(kernel, target.storage, places, count, {"count": count, **parameters}, label)
        )

    def give(self, value: Value, place: int = 0) -> None:
        """Make `value` the operator's result number `place`."""
        self.values[self.operation.outputs[place]] = value

    def reshaped(self, value: Value, dims: Sequence[int]) -> Value:
        """The same numbers in another shape; copied only if the padding falls elsewhere."""
        target = self.new(dims)
        before, after = value.shape.channels, target.shape.channels
        if target.shape.size != value.shape.size:
            raise self.refusal(f"it makes {list(target.shape.dims)} of {list(value.shape.dims)}")
        if before == after or (before % shapes.LANES == 0 and after % shapes.LANES == 0):
            return Value(target.shape, value.storage)
        self.emit("reshape", target, value, in_channels=before, out_channels=after)
        return target

    def refusal(self, why: str) -> NotOnGpuError:
        """The error for the operator at hand; `why` completes "cannot run it: "."""
        operation = self.operation
        makes = ", ".join(f'"{self.network.tensors[i].name}"' for i in operation.outputs)
        return NotOnGpuError(
            f'The GPU cannot run operator {operation.index} of "{self.network.origin}", {operation.name}, '
            f"which makes {makes or 'nothing'}: {why}. {CPU_ADVICE}"
        )

    def _index(self, place: int) -> int:
        if not self.has(place):
            raise self.refusal(f"it has no operand {place}")
        return self.operation.inputs[place]


Rule = Callable[[PlanBuilder, Operation], None]
"""Adds what one operator needs to a plan."""
