"""Calculator: the base class of all processing steps of a graph."""

from __future__ import annotations

import inspect
import sys
from dataclasses import is_dataclass
from types import CodeType
from typing import TYPE_CHECKING, Any, ClassVar, Final

from mpgraph.errors import Location
from mpgraph.framework import source_location
from mpgraph.framework.class_checks import check_definition
from mpgraph.framework.contract import Contract
from mpgraph.framework.options import keep_hints
from mpgraph.framework.ports import Port

if TYPE_CHECKING:
    from mpgraph.framework.context import CalculatorContext


class _Stop:
    """The type of `STOP`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "STOP"

    def __reduce__(self) -> str:
        return "STOP"  # There is one.


STOP: Final = _Stop()
"""Returned by `process`: a source has no more packets; any other node ends the run."""


class Calculator:
    """A processing step, with declared ports.

    Subclasses declare ports (`Input`, `Output`, `SideInput`, `SideOutput`) and, if they have
    options, a nested `Options`: a dataclass, or `ProtoOptions("Name")` for a message of
    MediaPipe. A new object is created for every run of a graph; `open`, `process` and `close` of
    one object never run at the same time unless `max_in_flight` is above 1.

    Class attributes control how it is run:

    timestamp_offset: 0 promises that an input at time t settles the outputs up to t, even if nothing
        is emitted; None promises nothing.
    process_timestamp_bounds: whether `process` is also called for times settled without a packet.
    input_stream_handler: the name of the handler to use if the graph does not name one.
    blocking: set it if `process` waits, or releases the GIL for long: it then runs on a thread of
        its executor, and the rest of the graph continues.
    max_in_flight: how many calls of `process` may run at once, unless the graph sets it; only for
        calculators that keep no state.
    ports: all declared ports, those of base classes first.
    defined_at, defined_by: the location of the class statement, and the code that contained it.

    Each of the three methods may be `async def`. They then run on an event loop on a separate thread:
    while one awaits, the graph and other nodes continue, and up to `max_in_flight` calls of the same
    node. Outputs are sent in the order of the inputs. An error or cancel() of the run raises
    asyncio.CancelledError where `open` or `process` awaits.
    """

    timestamp_offset: ClassVar[int | None] = None
    """0 promises that an input at time t settles the outputs up to t, even if nothing is emitted."""
    process_timestamp_bounds: ClassVar[bool] = False
    """Whether `process` is also called for times that are settled without any packet."""
    input_stream_handler: ClassVar[str | None] = None
    """The input stream handler to use if the graph does not name one."""
    blocking: ClassVar[bool] = False
    """Set it if `process` waits, or releases the GIL for long: it then runs on its executor's threads."""
    max_in_flight: ClassVar[int] = 1
    """How many calls of `process` may run at once, unless the graph sets it; for stateless calculators."""
    Options: ClassVar[object] = None
    """The options' dataclass or ProtoOptions."""

    ports: ClassVar[tuple[Port[Any], ...]] = ()
    """All declared ports, those of base classes first."""
    defined_at: ClassVar[Location] = Location(__file__, 1, 1)
    """The location of the class statement."""
    defined_by: ClassVar[CodeType | None] = None
    """The code object whose execution defined it: a module's, or a function's."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Collect the ports, and check the declarations.

        Raises:
            InvalidArgumentError: an attribute, port or method is wrong; with its file and line.
        """
        super().__init_subclass__(**kwargs)
        own = vars(cls)
        if "defined_at" not in own:
            frame = source_location.outside_of_construction(sys._getframe(1))
            cls.defined_at, cls.defined_by = source_location.of_caller(frame), frame.f_code
            if is_dataclass(own.get("Options")) and frame.f_locals is not frame.f_globals:
                keep_hints(own["Options"], {**frame.f_locals, **own})
        if "ports" not in own:
            found: dict[str, Port[Any]] = {}
            for base in reversed(cls.__mro__):
                for key, value in vars(base).items():
                    if isinstance(value, Port):
                        found[key] = value
                    else:
                        found.pop(key, None)  # `port = None` removes a base's port.
            cls.ports = tuple(found.values())
        check_definition(cls)

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Fill a node's contract from the declarations. Override it to add checks or computed ports.

        Raise InvalidArgumentError (or call `contract.need`) for a node that is invalid.
        """
        contract.declare(cls.ports)
        contract.timestamp_offset = cls.timestamp_offset
        contract.process_timestamp_bounds = cls.process_timestamp_bounds
        contract.input_stream_handler = cls.input_stream_handler
        contract.max_in_flight = cls.max_in_flight

    # Each of these may be `async def`: all methods of the calculator then run on the graph's event loop.

    def open(self, cc: CalculatorContext) -> Any:
        """Prepare a run: read options and side packets, set headers and side outputs."""

    def process(self, cc: CalculatorContext) -> Any:
        """Handle one set of inputs. Return nothing, STOP, or the value of the only output."""
        raise NotImplementedError(f"{type(self).__name__} has no process().")

    def close(self, cc: CalculatorContext) -> Any:
        """Finish a run; packets may still be emitted."""


def has_coroutines(calculator: type[Calculator]) -> bool:
    """Whether any of the methods that a graph calls is `async def`."""
    methods = (calculator.open, calculator.process, calculator.close)
    return any(map(inspect.iscoroutinefunction, methods))
