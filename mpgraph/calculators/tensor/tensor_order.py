"""The order of a model's tensors in streams: InferenceCalculator's `input_output_config`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from mpgraph.errors import InvalidArgumentError, did_you_mean
from mpgraph.inference import TensorSpec

T = TypeVar("T")


@dataclass(frozen=True)
class TensorOrder:
    """The tensors of a stream by their index in the model.

    inputs[i], outputs[i]: the model's input or output that the i-th tensor of the stream is.
    feedback: pairs (output, input) of the model; such an output becomes that input of the next run, and
        zeros are the input of the first run. Neither is in the streams.
    """

    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    feedback: tuple[tuple[int, int], ...] = ()

    @classmethod
    def from_config(
        cls, config: Any, inputs: Sequence[TensorSpec], outputs: Sequence[TensorSpec]
    ) -> TensorOrder:
        """The order an InputOutputConfig message describes for a model with these tensors.

        config: None for the model's own order.

        Raises:
            InvalidArgumentError: the model has no such index or name, or some are missing.
        """
        if config is None:
            return cls(tuple(range(len(inputs))), tuple(range(len(outputs))))
        feedback = tuple(
            (
                _by_name(link.from_output_tensor_name, outputs, "output"),
                _by_name(link.to_input_tensor_name, inputs, "input"),
            )
            for link in config.feedback_tensor_links
        )
        return cls(
            _order(config, "input", inputs, {to for _, to in feedback}),
            _order(config, "output", outputs, {origin for origin, _ in feedback}),
            feedback,
        )

    def indexed(self, tensors: Sequence[T], origin: str) -> list[tuple[int, T]]:
        """Pair each tensor of the stream with the index of the model's input that it is.

        Raises:
            InvalidArgumentError: the model, which comes from `origin`, takes another number of tensors.
        """
        if len(tensors) != len(self.inputs):
            raise InvalidArgumentError(f'"{origin}" takes {len(self.inputs)} tensors, not {len(tensors)}.')
        return list(zip(self.inputs, tensors, strict=True))


def _order(config: Any, side: str, specs: Sequence[TensorSpec], taken: set[int]) -> tuple[int, ...]:
    free = [index for index in range(len(specs)) if index not in taken]
    kind = config.WhichOneof(f"{side.capitalize()}TensorMap")
    if kind is None:
        return tuple(free)
    listed = getattr(config, kind)
    if kind.endswith("names_map"):
        order = [_by_name(name, specs, side) for name in listed.tensor_names]
    else:
        order = list(listed.model_tensor_indices)
    if sorted(order) != free:
        raise InvalidArgumentError(
            f"input_output_config: the {side}s {order} must be each of the model's {side}s {free} once."
        )
    return tuple(order)


def _by_name(name: str, specs: Sequence[TensorSpec], side: str) -> int:
    names = [spec.name for spec in specs]
    if name not in names:
        raise InvalidArgumentError(
            f'input_output_config: the model has no {side} tensor "{name}".{did_you_mean(name, names)} '
            f"It has {', '.join(names)}."
        )
    return names.index(name)
