"""Calling a calculator: the only module that runs the user code of a node, on any thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import CodeType
from typing import Any, Literal, TypeAlias

from mpgraph.config.model import ValidatedNode
from mpgraph.errors import (
    InternalError,
    InvalidArgumentError,
    Location,
    MpgraphError,
    UnknownError,
    a_type,
    error_class,
    with_text,
)
from mpgraph.framework.calculator import STOP, Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.packet import Packet
from mpgraph.framework.source_location import of_code
from mpgraph.framework.user_code import error_location, is_library, is_user_code, shown_path

InputSet: TypeAlias = "tuple[int, list[Packet], list[bool]]"
"""The time, packets and done flags of one member of a batch."""

Stage: TypeAlias = 'Literal["Open", "Process", "Close"]'
"""The methods of a calculator, in MediaPipe's spelling of them in messages."""

Call: TypeAlias = "Callable[[CalculatorContext], Any]"
"""A method of a calculator, bound to it."""


class Invoker:
    """Owns the calculator object of one node in one run. Outcomes are left in the context.

    `process` is the calculator's own bound method, unless `wrap` is in use: nothing is in between.
    """

    def __init__(self, spec: ValidatedNode) -> None:
        self._spec = spec
        self.calculator: Calculator | None = None
        """From `open` on."""
        self._wrap: Callable[[Stage, Call], Call] | None = None
        self.process: Call = self._not_open

    def _not_open(self, context: CalculatorContext) -> Any:
        raise InternalError(f'Node "{context.node_name}" was not opened.')

    def wrap(self, wrap: Callable[[Stage, Call], Call] | None) -> None:
        """From the next call on, call what `wrap` returns for each method; None ends that.

        An executor's thread may be in `process` meanwhile; it has taken its function already.
        """
        self._wrap = wrap
        self._bind_process()

    def _wrapped(self, stage: Stage, call: Call) -> Call:
        return call if self._wrap is None else self._wrap(stage, call)

    def _bind_process(self) -> None:
        if self.calculator is not None:
            self.process = self._wrapped("Process", self.calculator.process)

    def open(self, context: CalculatorContext) -> Any:
        """Create the calculator and open it; returns what `open` does, to await if that is a coroutine."""
        return self._wrapped("Open", self._create_and_open)(context)

    def _create_and_open(self, context: CalculatorContext) -> Any:
        self.calculator = self._create()
        self._bind_process()
        return self.calculator.open(context)

    def _create(self) -> Calculator:
        try:
            return self._spec.calculator()
        except TypeError as error:
            if error.__traceback__ is not None and error.__traceback__.tb_next is not None:
                raise  # From within its constructor: an error like any other.
            raise InvalidArgumentError(
                f"A calculator is created without arguments: {error}.",
                hint="Read what it needs in open(), from cc.options and side packets.",
                rule="constructor",
            ) from error

    def close(self, context: CalculatorContext) -> Any:
        """Close the calculator, if it was opened; returns what `close` does."""
        return None if self.calculator is None else self._wrapped("Close", self.calculator.close)(context)

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
    """Apply what `process` returned: STOP, or the value of the only output.

    Raises:
        InvalidArgumentError: it returned a value, and the node does not have exactly one output.
    """
    if result is None:
        return
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
    """Return the failure with the node's name and location in front, and the original as its cause.

    stage: "Open", "Process" or "Close" for a failed call, "" for a failure between calls.
    """
    error = with_text(error)
    if not isinstance(error, Exception):
        return error
    error = with_text(error)
    if isinstance(error, MpgraphError):
        own = error
    else:
        text = f"{type(error).__name__}: {error}".removesuffix(": ")
        own = UnknownError(text, hint=_hint_for(text), rule="raised")
    label = f'Calculator::{stage}() for node "{spec.name}" failed: ' if stage else f'Node "{spec.name}": '
    raised_at = _raised_at(spec, stage, error) if stage else None
    located = own.with_context(
        label,
        f" (at {raised_at})" if raised_at else "",
        location=spec.location if stage else own.location or spec.location,
        cls=error_class(own.code),
    )
    located.raised_at = raised_at
    located.__cause__ = error
    return located


def _hint_for(text: str) -> str:
    """What to do about a library's error that the immutability of packets causes."""
    if "read-only" in text or "marked as readonly" in text:  # The wording of numpy and OpenCV.
        return "Payloads are shared, so they cannot be changed: write into a copy, array.copy()."
    return ""


def _raised_at(spec: ValidatedNode, stage: str, error: BaseException) -> Location | None:
    """The line of the calculator's own file where a call failed; None for the calculators of mpgraph."""
    found = error_location(error)
    if spec.calculator.__module__.startswith("mpgraph."):
        return found if found and not is_library(found.file) else None
    return found or _start_of(spec.calculator, stage.lower())


def _start_of(calculator: type[Calculator], method: str) -> Location:
    """The first line of the author's method: for what it returned there is no traceback into it."""
    code: CodeType | None = getattr(getattr(calculator, method), "__code__", None)
    start = of_code(code) if code and is_user_code(code.co_filename) else calculator.defined_at
    return replace(start, file=shown_path(start.file))
