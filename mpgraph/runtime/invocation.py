"""Calling a calculator: the only place where user code of a node runs, on whichever thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import CodeType
from typing import Any

from mpgraph.config.model import ValidatedNode
from mpgraph.errors import (
    InternalError,
    InvalidArgumentError,
    Location,
    MpgraphError,
    UnknownError,
    a_type,
    error_class,
)
from mpgraph.framework.calculator import STOP, Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.packet import Packet
from mpgraph.framework.source_location import of_code
from mpgraph.framework.user_code import error_location, is_library, is_user_code, shown_path

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
        self._calculator = self._made()
        self.process = self._calculator.process
        self._calculator.open(context)

    def _made(self) -> Calculator:
        try:
            return self._spec.calculator()
        except TypeError as error:
            if error.__traceback__ is not None and error.__traceback__.tb_next is not None:
                raise
            raise InvalidArgumentError(
                f"A calculator is made without arguments: {error}.",
                hint="Read what it needs in open(), from cc.options and side packets.",
                rule="constructor",
            ) from error

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
            f"process() returned {a_type(result)}, but the node has {len(context.outputs)} output streams.",
            hint="Return a value only from a calculator with one output; else use cc.emit(port, value).",
            rule="returned-value",
        )


def with_node(spec: ValidatedNode, stage: str, error: BaseException) -> BaseException:
    """The same failure with the node's name and place in front, and the original as its cause.

    stage: "Open", "Process" or "Close" for a failed call, "" for a failure between calls.
    """
    if not isinstance(error, Exception):
        return error
    if isinstance(error, MpgraphError):
        told = error
    else:
        text = f"{type(error).__name__}: {error}".removesuffix(": ")
        told = UnknownError(text, hint=_hint_of(text), rule="raised")
    label = f'Calculator::{stage}() for node "{spec.name}" failed: ' if stage else f'Node "{spec.name}": '
    raised_at = _raised_at(spec, stage, error) if stage else None
    made = told.with_context(
        label,
        f" (at {raised_at})" if raised_at else "",
        location=spec.location if stage else told.location or spec.location,
        cls=error_class(told.code),
    )
    made.raised_at = raised_at
    made.__cause__ = error
    return made


def _hint_of(text: str) -> str:
    """What to do about an error of somebody else's that packets give rise to."""
    if "read-only" in text or "marked as readonly" in text:  # As numpy and OpenCV say it.
        return "Payloads are shared, so they cannot be changed: write into a copy, array.copy()."
    return ""


def _raised_at(spec: ValidatedNode, stage: str, error: Exception) -> Location | None:
    """Where in the calculator's own file a call failed; None for the calculators of mpgraph."""
    found = error_location(error)
    if spec.calculator.__module__.startswith("mpgraph."):
        return found if found and not is_library(found.file) else None
    return found or _place_of(spec.calculator, stage.lower())


def _place_of(calculator: type[Calculator], method: str) -> Location:
    """Where the author's method begins; what it returned is wrong, so none of it runs any more."""
    code: CodeType | None = getattr(getattr(calculator, method), "__code__", None)
    place = of_code(code) if code and is_user_code(code.co_filename) else calculator.defined_at
    return replace(place, file=shown_path(place.file))
