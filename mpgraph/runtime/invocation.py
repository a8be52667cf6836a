"""Calling a calculator: the only place where user code of a node runs, on whichever thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mpgraph.calculator_base import STOP, Calculator
from mpgraph.config.model import ValidatedNode
from mpgraph.context import CalculatorContext
from mpgraph.errors import InternalError, InvalidArgumentError, MpgraphError, code_of, with_code
from mpgraph.packet import Packet

InputSet = tuple[int, list[Packet], list[bool]]
"""The time, packets and done flags of one member of a batch."""


class Invoker:
    """Owns the calculator object of one node in one run. Outcomes are left in the context."""

    def __init__(self, spec: ValidatedNode) -> None:
        self._spec = spec
        self._calculator: Calculator | None = None
        self.process: Callable[[CalculatorContext], Any] = self._not_open

    def _not_open(self, context: CalculatorContext) -> Any:
        raise InternalError(f'Node "{context.node_name}" was not opened.')

    def open(self, context: CalculatorContext) -> None:
        """Make the calculator and open it."""
        self._calculator = self._spec.calculator()
        self.process = self._calculator.process
        self._calculator.open(context)

    def close(self, context: CalculatorContext) -> None:
        """Close the calculator, if it was opened."""
        if self._calculator is not None:
            self._calculator.close(context)

    def process_one(self, context: CalculatorContext) -> None:
        """Process the inputs in the context."""
        result = self.process(context)
        if result is not None:
            take_result(context, result)

    def process_batch(self, context: CalculatorContext, batch: list[InputSet]) -> None:
        """Process several input sets back to back."""
        for t, inputs, done in batch:
            context.t = t
            context.packets[:] = inputs
            context.done[:] = done
            self.process_one(context)


def take_result(context: CalculatorContext, result: Any) -> None:
    """Make sense of what `process` returned: STOP, or the value of the only output.

    Raises:
        InvalidArgumentError: a value, from a node without exactly one output.
    """
    if result is STOP:
        context.stopped = True
    elif len(context.outputs) == 1:
        context.outputs[0].emit(result, context.t)
    else:
        raise InvalidArgumentError(
            f"process() returned a {type(result).__name__}, but the node has {len(context.outputs)} "
            "output streams; return a value only from a calculator with one output, else use cc.emit()."
        )


def with_node(spec: ValidatedNode, stage: str, error: BaseException) -> BaseException:
    """The same failure with the node's name and place in front, and the original as its cause.

    stage: "Open", "Process" or "Close" for a failed call, "" for a failure between calls.
    """
    if not isinstance(error, Exception):
        return error
    text = error.message if isinstance(error, MpgraphError) else f"{type(error).__name__}: {error}"
    label = f'Calculator::{stage}() for node "{spec.name}" failed: ' if stage else f'Node "{spec.name}": '
    made = with_code(code_of(error), label + text)
    made.location = spec.location
    made.__cause__ = error
    return made
