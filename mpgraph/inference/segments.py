"""Models with operators that numpy computes: a backend runs the segments between them.

They are custom operators and, on LiteRT, the layers of `narrow_layers`.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from mpgraph.errors import InferenceError
from mpgraph.inference import flatbuffer, schema
from mpgraph.inference.attention import NUMPY_OPERATORS, NumpyOperator
from mpgraph.inference.flatbuffer import Kept, NewTable, Number, Numbers, References, Table
from mpgraph.inference.model import TfliteModel, load_model, operator_code_name
from mpgraph.inference.narrow_layers import FULLY_CONNECTED, NarrowLayer
from mpgraph.inference.runner import Array, InferenceRunner, RunnerSettings
from mpgraph.inference.schema import (
    BufferSlot,
    FullyConnectedSlot,
    ModelSlot,
    OperatorCodeSlot,
    OperatorSlot,
    SubGraphSlot,
    TensorSlot,
)


@dataclass(frozen=True)
class Segment:
    """Consecutive builtin operators as a model, or one operator in numpy; the numbers are of tensors."""

    work: TfliteModel | NumpyOperator | NarrowLayer
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


@dataclass(frozen=True)
class Segments:
    """A whole model in execution order. inputs, outputs: the numbers of the model's tensors."""

    items: tuple[Segment, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


_split: weakref.WeakKeyDictionary[TfliteModel, dict[bool, Segments]] = weakref.WeakKeyDictionary()


def split(model: TfliteModel, *, narrow_layers: bool = False) -> Segments | None:
    """Split `model` at its custom operators; None if it has none, or others than NUMPY_OPERATORS.

    narrow_layers: also split it at these, see the module of this name.

    The result is cached for the lifetime of the model.

    Raises:
        InferenceError: the options or operands of such an operator are invalid.
    """
    if not model.custom_ops and not (narrow_layers and FULLY_CONNECTED in model.ops):
        return None
    known = _split.setdefault(model, {})
    if narrow_layers not in known:
        splitter = _Splitter(model, narrow_layers)
        if not splitter.is_possible():
            return None
        known[narrow_layers] = splitter.run()
    return known[narrow_layers]


class SegmentedRunner(InferenceRunner):
    """Runs a model's segments one after another. Input shapes are fixed."""

    def __init__(
        self,
        segments: Segments,
        model: TfliteModel,
        create: Callable[[TfliteModel, RunnerSettings], InferenceRunner],
        settings: RunnerSettings,
    ) -> None:
        """create: the class of the backend that runs the builtin operators."""
        self._segments = segments
        self._runners = {
            index: create(item.work, settings)
            for index, item in enumerate(segments.items)
            if isinstance(item.work, TfliteModel)
        }
        for runner in self._runners.values():
            runner.is_part = True
        first = next(iter(self._runners.values()), None)
        self.backend = first.backend if first else "numpy"
        super().__init__(replace(model, resizable=False), first.num_threads if first else 1)
        self._prepare([spec.shape for spec in model.inputs])

    def _prepare(self, shapes: Sequence[tuple[int, ...]]) -> None:
        first, *others = self._segments.items
        read_later = {number for item in others for number in item.inputs}
        if 0 in self._runners and first.inputs == self._segments.inputs and not read_later & {*first.inputs}:
            self._views = [self._runners[0].input_view(index) for index in range(len(shapes))]
        else:
            self._views = [
                np.zeros(shape, spec.dtype) for shape, spec in zip(shapes, self.model.inputs, strict=True)
            ]

    def _compute(self) -> list[Array]:
        values: dict[int, Array] = dict(zip(self._segments.inputs, self._views, strict=True))
        for index, item in enumerate(self._segments.items):
            inputs = [values[number] for number in item.inputs]
            if isinstance(item.work, TfliteModel):
                values.update(zip(item.outputs, self._runners[index].run(inputs), strict=True))
            else:
                with np.errstate(all="ignore"):  # Infinite values pass, as in C++.
                    values[item.outputs[0]] = item.work(*inputs)
        return [values[number] for number in self._segments.outputs]

    def _free(self) -> None:
        for runner in self._runners.values():
            runner.close()


class _Splitter:
    """The splitting of one model."""

    def __init__(self, model: TfliteModel, narrow_layers: bool) -> None:
        self._model = model
        self._root = flatbuffer.root(model.data, schema.FILE_IDENTIFIER)
        self._codes = [
            (operator_code_name(code), code.scalar(OperatorCodeSlot.VERSION, "i", 1))
            for code in self._root.tables(ModelSlot.OPERATOR_CODES)
        ]
        self._buffers = self._root.tables(ModelSlot.BUFFERS)
        self._subgraphs = self._root.tables(ModelSlot.SUBGRAPHS)
        self._graph = self._subgraphs[0]
        self._tensors = self._graph.tables(SubGraphSlot.TENSORS)
        self._operators = self._graph.tables(SubGraphSlot.OPERATORS)
        constants = {i for i, tensor in enumerate(self._tensors) if self._is_constant(tensor)}
        self._constants = constants
        # Weights are unpacked in each segment that uses them, rather than handed on as values.
        self._unpacked = {
            self._outputs(index)[0]: index
            for index in range(len(self._operators))
            if self._code(index)[0] == "DEQUANTIZE" and constants.issuperset(self._inputs(index))
        }
        self._narrow = {
            index: layer
            for index in range(len(self._operators) if narrow_layers else 0)
            if (layer := self._narrow_layer(index)) is not None
        }

    def is_possible(self) -> bool:
        """Whether numpy has all operators to split at, and all values between them can be handed on."""
        custom = {
            self._code(i) for i in range(len(self._operators)) if self._code(i)[0] in self._model.custom_ops
        }
        return (
            bool(custom or self._narrow)
            and custom <= NUMPY_OPERATORS.keys()
            and len(self._subgraphs) == 1
            and not any(buffer.scalar(BufferSlot.OFFSET, "Q") > 1 for buffer in self._buffers)
            and not any(tensor.scalar(TensorSlot.IS_VARIABLE, "b") for tensor in self._tensors)
        )

    def run(self) -> Segments:
        """Return the segments in execution order."""
        groups: list[list[int]] = []
        computing = [i for i in range(len(self._operators)) if i not in self._unpacked.values()]
        for in_numpy, consecutive in groupby(computing, self._is_in_numpy):
            indices = list(consecutive)
            groups += [[index] for index in indices] if in_numpy else [indices]
        needed_later = set(self._graph.integers(SubGraphSlot.OUTPUTS) or ())
        items: list[Segment] = []
        for group in reversed(groups):
            written = {number for index in group for number in self._outputs(index)}
            outputs = tuple(sorted(written & needed_later))
            item = self._in_numpy(group[0]) if self._is_in_numpy(group[0]) else self._builtin(group, outputs)
            needed_later = (needed_later - written) | set(item.inputs)
            if outputs:
                items.insert(0, item)
        inputs = self._graph.integers(SubGraphSlot.INPUTS) or ()
        if missing := needed_later.difference(inputs):
            name = self._tensors[min(missing)].text(TensorSlot.NAME)
            raise InferenceError(
                f'Cannot split "{self._model.origin}" at its custom operators: no operator computes "{name}".'
            )
        return Segments(tuple(items), inputs, self._graph.integers(SubGraphSlot.OUTPUTS) or ())

    def _in_numpy(self, index: int) -> Segment:
        name, version = self._code(index)
        inputs, outputs = self._inputs(index), self._outputs(index)
        if index in self._narrow:
            return Segment(self._narrow[index], inputs[:1], outputs)
        try:
            operator = NUMPY_OPERATORS[name, version].parse(
                self._operators[index].raw(OperatorSlot.CUSTOM_OPTIONS)
            )
            shape = operator.output_shape([self._shape(number) for number in inputs])
            if [self._shape(number) for number in outputs] != [shape]:
                raise ValueError(f"returns {list(shape)}, which its output in the model is not")
            types = {self._tensors[number].scalar(TensorSlot.TYPE, "b") for number in (*inputs, *outputs)}
            if any(schema.DTYPES.get(number) != np.float32 for number in types):
                raise ValueError("takes and returns float32 only")
        except ValueError as error:
            raise InferenceError(
                f'Cannot run the custom operator {name} of "{self._model.origin}": operator {index} {error}.'
            ) from None
        return Segment(operator, inputs, outputs)

    def _narrow_layer(self, index: int) -> NarrowLayer | None:
        """The operator as a narrow layer, if it is one: with constants, and without an activation."""
        inputs = self._inputs(index)
        if self._code(index)[0] != FULLY_CONNECTED or len(inputs) != 3:
            return None
        options = self._operators[index].table(OperatorSlot.BUILTIN_OPTIONS)
        weights, bias = map(self._floats, inputs[1:])
        if weights is None or bias is None or not NarrowLayer.accepts(weights.shape):
            return None
        shapes = math.prod(self._shape(inputs[0])), *bias.shape, *self._shape(self._outputs(index)[0])
        if shapes != (weights.shape[1], len(weights), 1, len(weights)):
            return None
        has_activation = options is not None and options.scalar(FullyConnectedSlot.ACTIVATION, "b")
        return None if has_activation else NarrowLayer(weights, bias)

    def _floats(self, number: int) -> Array | None:
        """The values of a constant tensor of floats, maybe of half precision; None for other tensors."""
        if number in self._unpacked:
            (number,) = self._inputs(self._unpacked[number])
        tensor = self._tensors[number]
        dtype = schema.DTYPES.get(tensor.scalar(TensorSlot.TYPE, "b"))
        is_sparse = tensor.target(TensorSlot.SPARSITY) is not None
        if number not in self._constants or is_sparse or dtype not in (np.float16, np.float32):
            return None
        data = self._buffers[tensor.scalar(TensorSlot.BUFFER, "I")].raw(BufferSlot.DATA)
        return np.frombuffer(data, dtype).reshape(self._shape(number)).astype(np.float32)

    def _builtin(self, group: Sequence[int], outputs: tuple[int, ...]) -> Segment:
        read = {number for index in group for number in self._inputs(index)}
        written = {number for index in group for number in self._outputs(index)}
        unpacking = sorted(self._unpacked[number] for number in read & self._unpacked.keys())
        inputs = tuple(sorted(read - written - self._constants - self._unpacked.keys()))
        data = self._write([*unpacking, *group], inputs, outputs)
        origin = f"{self._model.origin}, operators {group[0]} to {group[-1]}"
        return Segment(load_model(data, origin=origin), inputs, outputs)

    def _write(self, operators: Iterable[int], inputs: Sequence[int], outputs: Sequence[int]) -> bytes:
        """The old file behind new tables that refer to some of its operators, and to all its tensors."""
        every = self._graph.targets(SubGraphSlot.OPERATORS)
        graph = NewTable(
            {
                SubGraphSlot.TENSORS: References(flatbuffer.kept(self._graph, SubGraphSlot.TENSORS)),
                SubGraphSlot.INPUTS: Numbers("i", inputs),
                SubGraphSlot.OUTPUTS: Numbers("i", outputs),
                SubGraphSlot.OPERATORS: References([Kept(every[index]) for index in operators]),
            }
        )
        # Signatures and metadata name tensors of the whole model, so they are left out.
        root = NewTable(
            {
                ModelSlot.VERSION: Number("I", schema.VERSION),
                ModelSlot.OPERATOR_CODES: References(flatbuffer.kept(self._root, ModelSlot.OPERATOR_CODES)),
                ModelSlot.SUBGRAPHS: References([graph]),
                ModelSlot.BUFFERS: References(flatbuffer.kept(self._root, ModelSlot.BUFFERS)),
            }
        )
        return flatbuffer.write(root, schema.FILE_IDENTIFIER, self._model.data)

    def _is_in_numpy(self, index: int) -> bool:
        return index in self._narrow or self._code(index)[0] in self._model.custom_ops

    def _code(self, index: int) -> tuple[str, int]:
        return self._codes[self._operators[index].scalar(OperatorSlot.OPCODE_INDEX, "I")]

    def _inputs(self, index: int) -> tuple[int, ...]:
        numbers = self._operators[index].integers(OperatorSlot.INPUTS) or ()
        return tuple(number for number in numbers if number != -1)

    def _outputs(self, index: int) -> tuple[int, ...]:
        return self._operators[index].integers(OperatorSlot.OUTPUTS) or ()

    def _shape(self, number: int) -> tuple[int, ...]:
        return self._tensors[number].integers(TensorSlot.SHAPE) or ()

    def _is_constant(self, tensor: Table) -> bool:
        buffer = tensor.scalar(TensorSlot.BUFFER, "I")
        return bool(buffer) and self._buffers[buffer].length(BufferSlot.DATA) > 0
