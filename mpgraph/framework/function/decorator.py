"""`@calculator`: a plain function as a calculator, with its signature as the contract."""

from __future__ import annotations

import dataclasses
import inspect
import sys
from collections.abc import Callable, Mapping
from functools import partial
from types import FrameType
from typing import Any, ParamSpec, Protocol, TypeVar, cast, overload

from mpgraph.errors import InvalidArgumentError, did_you_mean
from mpgraph.framework import source_location
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.class_checks import ATTRIBUTES
from mpgraph.framework.function.calculators import base_of
from mpgraph.framework.function.signature import read_signature
from mpgraph.framework.registry import register

P = ParamSpec("P")
R = TypeVar("R", covariant=True)


class CalculatorFunction(Protocol[P, R]):
    """A function that is registered as a calculator; calling it still calls the function."""

    calculator: type[Calculator]
    """The registered class, for tests and `mpgraph.testing`."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the function."""
        ...


@overload
def calculator(function: Callable[P, R], /) -> CalculatorFunction[P, R]: ...
@overload
def calculator(
    name: str | None = None,
    /,
    *,
    output: str | None = None,
    blocking: bool = False,
    max_in_flight: int = 1,
    timestamp_offset: int | None = ...,
    process_timestamp_bounds: bool = False,
    input_stream_handler: str | None = None,
) -> Callable[[Callable[P, R]], CalculatorFunction[P, R]]: ...


def calculator(target: Any = None, /, *, output: str | None = None, **attributes: Any) -> Any:
    """Register a function as a calculator, without changing the function itself.

        @mp.calculator
        def threshold_mask(
            mask: mp.ImageFrame,                                     # input stream MASK
            weight: mp.ImageFrame | None = None,                     # WEIGHT, which a graph may leave out
            *,
            level: Annotated[float, mp.Range(0, 1)] = 0.5,           # option
        ) -> mp.ImageFrame: ...                                      # the output stream, without a tag

        node {
          calculator: "ThresholdMaskCalculator"
          input_stream: "MASK:mask"
          output_stream: "binary"
          node_options { [type.googleapis.com/mediapipe.ThresholdMaskCalculatorOptions] { level: 0.3 } }
        }

    **Inputs.** Parameters before the `*` are input streams, with their names in capitals as tags; those
    before a `/` are positional-only, so their streams have no tag. The function is called at times at which
    each stream has a packet. `X | None` means that its packet may be missing, and `= None` that a graph may
    leave the stream out. `mp.Packet` passes the packet itself, with its timestamp, of any type;
    `list[X]` accepts a vector; `X | Y` either; `Any` everything.

    **Options.** Parameters after the `*` are options, of the types a dataclass of options may have, with
    `mp.Range` and `Literal` to restrict their values.

    **Side packets.** A parameter of type `mp.SidePacket[X]`, before or after the `*`, is an input side
    packet; with a default, a graph may leave it out.

    **The context.** A parameter of type `mp.CalculatorContext` receives it.

    **Output.** The returned value is sent at the inputs' time; `None` is not sent. A function's result has
    no name, so the output has no tag, unless `output="MASK"` sets it. A NamedTuple has an output for each
    field, with its name in capitals as the tag; a graph may leave out any of them. A function that takes
    no streams and returns `mp.SidePacket[X]` sets output side packets, once, when the graph starts.

    **Sources.** A generator without input streams is a source: the items of `Iterator[X]` are sent at 0, 1, 2
    ..., those of `Iterator[tuple[mp.Timestamp, X]]` at their own times. Functions with input streams may
    return such pairs too, at increasing times. State that persists between calls needs a class.

    **Waiting.** An `async def` is awaited on an event loop: meanwhile the graph continues, and with
    `max_in_flight` further calls begin. `async def` with `yield` and `-> AsyncIterator[X]` is a source.

    target: the name in graphs; by default the function's in CamelCase, with "Calculator" at its end.
    attributes: class attributes of `Calculator`. timestamp_offset is 0, so that a time without a result is
        settled too, unless packets with their own times are returned.

    Returns the function, with the registered class as its attribute `calculator`.

    Raises:
        InvalidArgumentError: the signature cannot be a contract; with its file and line.
    """
    frame = sys._getframe(1)
    if target is None or isinstance(target, str):
        return lambda function: _register(function, target, frame, output, attributes)
    return _register(target, None, frame, output, attributes)


def _register(
    function: Any, name: str | None, frame: FrameType, output: str | None, attributes: dict[str, Any]
) -> Any:
    """Create and register the class; frame: the running code around the function's definition."""
    signature = read_signature(function, frame.f_locals, output)
    location = source_location.of_code(inspect.unwrap(function).__code__)
    for attribute in attributes:
        if attribute not in ATTRIBUTES:
            raise InvalidArgumentError(
                f'Calculators have no attribute "{attribute}".',
                location=location,
                hint=did_you_mean(attribute, ATTRIBUTES) or f"They have {', '.join(ATTRIBUTES)}.",
                rule="calculator-function",
            )
    full_name = name or camel_case(function.__name__)
    for port in signature.ports:
        port.defined_at, port.owner = location, full_name
    owns_time = signature.timed or any(result.whole_packet for result in signature.results)
    namespace = {
        "__doc__": function.__doc__,
        "__module__": function.__module__,
        "__qualname__": function.__qualname__,
        "timestamp_offset": None if owns_time or not signature.streams else 0,
        **attributes,
        "defined_at": location,
        "defined_by": frame.f_code,
        "function": staticmethod(function),
        "signature": signature,
        "ports": signature.ports,
    }
    if signature.options:
        namespace["Options"] = options_class(function, signature.options)
    cls = register(full_name)(type(full_name.rpartition(".")[2], (base_of(signature),), namespace))
    function.calculator = cls
    return cast(CalculatorFunction[Any, Any], function)


def camel_case(name: str) -> str:
    """The calculator's name for a function: "threshold_mask" gives "ThresholdMaskCalculator"."""
    joined = "".join(part[:1].upper() + part[1:] for part in name.split("_"))
    return joined if joined.endswith("Calculator") else f"{joined}Calculator"


def options_class(function: Any, options: Mapping[str, tuple[Any, Any]]) -> type:
    """Return the dataclass of a function's options.

    options: by name, the type and default (`inspect.Parameter.empty` for none) of each option.
    """
    fields: list[Any] = []
    for name, (hint, default) in options.items():
        if default is inspect.Parameter.empty:
            fields.append((name, hint, dataclasses.field(kw_only=True)))
        elif isinstance(default, (list, tuple)):
            factory = partial(type(default), default)
            fields.append((name, hint, dataclasses.field(kw_only=True, default_factory=factory)))
        else:
            fields.append((name, hint, dataclasses.field(kw_only=True, default=default)))
    cls = dataclasses.make_dataclass("Options", fields)
    cls.__module__ = function.__module__
    cls.__qualname__ = f"{function.__qualname__}.Options"
    return cls
