"""From the signature of a function to the ports and options of its calculator."""

from __future__ import annotations

import collections.abc
import inspect
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from mpgraph.errors import ConfigError, InvalidArgumentError, MpgraphError
from mpgraph.framework import source_location, user_code
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.function.annotations import payload_type, unwrapped
from mpgraph.framework.options import field_type
from mpgraph.framework.packet import Packet
from mpgraph.framework.packet_type import TypeLike
from mpgraph.framework.ports import Input, Output, Port, SideInput, SideOutput
from mpgraph.framework.tags import is_tag
from mpgraph.framework.timestamp import Timestamp

_MISSING = inspect.Parameter.empty
_ITERATIONS = (collections.abc.Iterator, collections.abc.Iterable, collections.abc.Generator)
_ASYNC_ITERATIONS = (
    collections.abc.AsyncIterator,
    collections.abc.AsyncIterable,
    collections.abc.AsyncGenerator,
)


@dataclass(frozen=True)
class StreamParameter:
    """A parameter that receives a stream. needed: the function is not called at times without its packet."""

    port: Input[Any]
    slot: int
    needed: bool
    whole_packet: bool


@dataclass(frozen=True)
class SideParameter:
    """A parameter that receives a side packet; `default` is used if the graph leaves it out."""

    port: SideInput[Any]
    key: int | str
    default: Any


@dataclass(frozen=True)
class Result:
    """An output. whole_packet: the function returns packets for it, with their own timestamps."""

    port: Output[Any] | SideOutput[Any]
    whole_packet: bool = False


@dataclass
class FunctionSignature:
    """The parameters and results of a function.

    slots: the number of positional arguments of a call; a parameter's position among them is its slot or key.
    options: type and default (`inspect.Parameter.empty` for none) of each option.
    named: the NamedTuple that the function returns, if it does.
    iterates: whether it returns an iterator of results; timed: of (timestamp, result) pairs.
    awaited: whether it is `async def`.
    """

    slots: int = 0
    streams: list[StreamParameter] = field(default_factory=list)
    sides: list[SideParameter] = field(default_factory=list)
    options: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    context: int | str | None = None
    results: list[Result] = field(default_factory=list)
    named: type | None = None
    iterates: bool = False
    timed: bool = False
    awaited: bool = False

    @property
    def ports(self) -> tuple[Port[Any], ...]:
        """All ports, inputs first."""
        inputs: list[Port[Any]] = [stream.port for stream in self.streams]
        return (*inputs, *(side.port for side in self.sides), *(result.port for result in self.results))

    @property
    def sets_side_packets(self) -> bool:
        """Whether the results are side packets, computed once when the graph starts."""
        return any(isinstance(result.port, SideOutput) for result in self.results)


def read_signature(
    function: Callable[..., Any], scope: Mapping[str, Any], output: str | None = None
) -> FunctionSignature:
    """Analyze the signature of a function.

    scope: names its annotations may use besides its module's: those around its definition.
    output: the tag of the only output.

    Raises:
        InvalidArgumentError: the function cannot be a calculator; with the location in it.
    """
    return _Reader(function, scope).read(output or "")


class _Reader:
    def __init__(self, function: Callable[..., Any], scope: Mapping[str, Any]) -> None:
        # Other decorators may have wrapped it; location and names are those of the innermost function.
        inner = inspect.unwrap(function)
        if not isinstance(inner, types.FunctionType):
            raise InvalidArgumentError(
                f"calculator decorates a function made with def, not {function!r}.",
                location=user_code.caller_location(),
                hint="Register a class with @mp.register.",
                rule="calculator-function",
            )
        self.function = function = inner
        self.found = FunctionSignature()
        self.found.awaited = inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
        closure = function.__closure__ or ()
        self.scope = dict(scope)
        for name, cell in zip(function.__code__.co_freevars, closure, strict=True):
            try:
                self.scope[name] = cell.cell_contents
            except ValueError:  # Not assigned yet.
                continue

    def fail(self, where: str, problem: str, hint: str) -> NoReturn:
        """Refuse the function; where: a parameter, "return", or "" for the function as a whole."""
        function = self.function
        location = source_location.of_parameter(function.__code__, where)
        subject = {"": "it", "return": "its return value"}.get(where, f'parameter "{where}"')
        raise InvalidArgumentError(
            f'Function "{function.__name__}" cannot be a calculator: {subject} {problem}',
            location=location,
            hint=hint,
            rule="calculator-function",
        ) from None

    def read(self, output: str) -> FunctionSignature:
        """Read parameters, then the return annotation."""
        for name, parameter in self.parameters().items():
            self.take(name, parameter, self.hint(name, parameter.annotation))
        self.take_return(output)
        self.check_whole(output)
        return self.found

    def parameters(self) -> Mapping[str, inspect.Parameter]:
        try:
            return inspect.signature(self.function).parameters
        except NameError as error:  # Python 3.14 evaluates annotations only here.
            self.fail("", f"has an annotation that cannot be evaluated: {error}.", _NAMES_HINT)

    def hint(self, name: str, annotation: Any) -> Any:
        """The evaluated annotation, also if it is a string."""
        if annotation is _MISSING:
            if name == "return":
                hint = "Add -> mp.ImageFrame, for example, or -> None for no output."
                self.fail(name, "has no type.", hint)
            if name in ("self", "cls"):
                self.fail(name, "makes it a method.", "Write a function outside of classes.")
            hint = f'Add the type of its payloads: "{name}: mp.ImageFrame" or "{name}: float", for example.'
            self.fail(name, "has no type.", hint)

        def holder() -> None: ...

        holder.__annotations__ = {name: annotation}
        try:
            hints = typing.get_type_hints(holder, self.function.__globals__, self.scope, include_extras=True)
        except NameError as error:
            self.fail(name, f"has a type that cannot be evaluated: {error}.", _NAMES_HINT)
        except Exception as error:  # An annotation can be any expression.
            hint = "" if isinstance(error, MpgraphError) else "Use the class itself."
            self.fail(name, f"has a type that cannot be read: {error}".removesuffix(".") + ".", hint)
        return hints[name]

    # Parameters

    def take(self, name: str, parameter: inspect.Parameter, hint: Any) -> None:
        """Classify a parameter as stream, side packet, option or context."""
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            star = "*" if parameter.kind is parameter.VAR_POSITIONAL else "**"
            self.fail(name, f"is {star}{name}, but a calculator's inputs are fixed.", "Name each of them.")
        by_name = parameter.kind is parameter.KEYWORD_ONLY
        if not by_name:
            self.found.slots += 1
        key: int | str = name if by_name else self.found.slots - 1
        if hint is CalculatorContext:
            if self.found.context is not None:
                self.fail(name, "is a second CalculatorContext.", "Keep one.")
            self.found.context = key
            return
        hint, side, may_be_none = unwrapped(hint)
        if side:
            self.take_side(name, key, hint, parameter.default, may_be_none)
        elif by_name:
            self.take_option(name, parameter)
        else:
            self.take_stream(name, parameter, hint, may_be_none)

    def take_side(self, name: str, key: int | str, hint: Any, default: Any, may_be_none: bool) -> None:
        kind, optional = self.payload(name, hint), default is not _MISSING
        if may_be_none and not optional:
            self.fail(name, "may be None but has no default.", "Add = None: the graph may then leave it out.")
        port: SideInput[Any] = SideInput(self.tag(name), kind, optional=optional)
        port.name = name
        self.found.sides.append(SideParameter(port, key, default))

    def take_option(self, name: str, parameter: inspect.Parameter) -> None:
        hint = self.hint(name, parameter.annotation)
        try:
            kind = field_type(name, hint, "it")
        except ConfigError as error:
            text = "is keyword-only, which makes it an option, but it cannot be one:"
            detail = error.message.removeprefix("it: ")
            hint_text = "Put the inputs before the *." if "a field of type" in detail else ""
            self.fail(name, f"{text} {detail}", hint_text if name.isascii() else "Rename it.")
        default = parameter.default
        problem = kind.problem_of_default(default) if default is not _MISSING else ""
        if problem:
            self.fail(name, f"has a default that is not allowed: it {problem}", "Change one of them.")
        self.found.options[name] = (hint, default)

    def take_stream(self, name: str, parameter: inspect.Parameter, hint: Any, may_be_none: bool) -> None:
        optional = parameter.default is not _MISSING
        if optional and parameter.default is not None:
            self.fail(
                name,
                f"is an input stream, as it precedes the *, but has the default {parameter.default!r}.",
                f'Put it after a * to make it an option, or write "{name}: ... | None = None" for a stream '
                "that a graph may leave out.",
            )
        if optional and not may_be_none:
            hint_text = 'Add "| None" to the type.'
            self.fail(name, "has the default None, which its type does not allow.", hint_text)
        tag = "" if parameter.kind is parameter.POSITIONAL_ONLY else self.tag(name)
        index = sum(not stream.port.tag for stream in self.found.streams) if not tag else 0
        port: Input[Any] = Input(tag, self.payload(name, hint), index=index, optional=optional)
        port.name = name
        slot = self.found.slots - 1
        self.found.streams.append(StreamParameter(port, slot, not may_be_none, hint is Packet))

    def tag(self, name: str) -> str:
        tag = name.upper()
        if not is_tag(tag):
            self.fail(name, f'would have the tag "{tag}".', "Tags are A to Z, 0 to 9 and _: rename it.")
        return tag

    def payload(self, name: str, hint: Any) -> TypeLike:
        """The port's type for a payload's annotation."""
        try:
            return payload_type(hint)
        except InvalidArgumentError as error:
            self.fail(name, error.statement, error.hint)

    # The result

    def take_return(self, output: str) -> None:
        found = self.found
        hint = self.hint("return", self.return_annotation())
        generates = inspect.isasyncgenfunction(self.function)
        found.iterates = typing.get_origin(hint) in (_ASYNC_ITERATIONS if generates else _ITERATIONS)
        if generates and not found.iterates:
            text = f"is {_name(hint)}, but the function is async and yields."
            self.fail("return", text, "Write -> AsyncIterator[...].")
        if generates and found.streams:
            text = "is an asynchronous generator, which is a source, but it takes streams."
            self.fail("", text, "Return the value, or write a class with async def process.")
        if inspect.isgeneratorfunction(self.function) and not found.iterates:
            self.fail("return", f"is {_name(hint)}, but the function yields.", "Write -> Iterator[...].")
        if found.iterates:
            hint = typing.get_args(hint)[0]
            pair = typing.get_args(hint) if typing.get_origin(hint) is tuple else ()
            found.timed = len(pair) == 2 and pair[0] is Timestamp
            hint = pair[1] if found.timed else hint
        if hint is None or hint is type(None):
            return
        hint, side, _ = unwrapped(hint)
        if isinstance(hint, type) and issubclass(hint, tuple) and hasattr(hint, "_fields"):
            self.take_named(hint, output)
        elif hint is tuple or typing.get_origin(hint) is tuple:
            hint_text = (
                "Return a NamedTuple: each field becomes an output, with the field's name as its tag. Return "
                "a list for one output that carries several values."
            )
            self.fail("return", f"is {_name(hint)}: outputs without names.", hint_text)
        else:
            self.add_result("return", output, hint, side, optional=False)

    def return_annotation(self) -> Any:
        return inspect.signature(self.function).return_annotation

    def take_named(self, named: type, output: str) -> None:
        if output:
            hint = f'Leave out output="{output}".'
            self.fail("return", "is a NamedTuple, whose fields are the tags.", hint)
        self.found.named = named
        try:
            hints = typing.get_type_hints(named, None, self.scope, include_extras=True)
        except NameError as error:
            self.fail("return", f"has a type that cannot be evaluated: {error}.", _NAMES_HINT)
        for name in getattr(named, "_fields", ()):
            hint, side, _ = unwrapped(hints.get(name, Any))
            self.add_result("return", self.tag(name), hint, side, optional=True)
            self.found.results[-1].port.name = name

    def add_result(self, where: str, tag: str, hint: Any, side: bool, *, optional: bool) -> None:
        if tag and not is_tag(tag):
            self.fail(where, f'has the tag "{tag}".', "Tags are A to Z, 0 to 9 and _.")
        kind = self.payload(where, hint)
        port = (SideOutput if side else Output)(tag, kind, optional=optional)
        self.found.results.append(Result(port, hint is Packet))

    def check_whole(self, output: str) -> None:
        """Check the combination of inputs and outputs."""
        found, sides = self.found, self.found.sets_side_packets
        if output and not found.results:
            self.fail("return", "is None: there is no output.", f'Leave out output="{output}".')
        if sides and (
            found.streams or found.iterates or not all(_is_side(result) for result in found.results)
        ):
            hint = "Take no streams and return side packets alone, or write a class."
            self.fail("return", "has side packets, which are set once, together with streams.", hint)
        if found.streams:
            if found.iterates and found.results and not found.timed and not found.results[0].whole_packet:
                self.fail(
                    "return",
                    "has several values for one time, but a stream carries one packet at a time.",
                    "Return a list, or yield (timestamp, value) pairs: Iterator[tuple[mp.Timestamp, ...]].",
                )
        elif found.awaited and found.iterates and not inspect.isasyncgenfunction(self.function):
            self.fail("", "is a source that awaits, but does not yield.", "Yield the values.")
        elif not found.results:
            self.fail("", "has neither an input stream nor an output.", "Add a parameter or a return type.")
        elif not found.iterates and not sides:
            self.fail(
                "",
                "has no input stream, so it is a source, which sends a packet per call until it ends.",
                "Yield the values and write -> Iterator[...]; or return mp.SidePacket[...], set once.",
            )


_NAMES_HINT = "Import it, or define it before the function."


def _is_side(result: Result) -> bool:
    return isinstance(result.port, SideOutput)


def _name(hint: Any) -> str:
    return str(getattr(hint, "__name__", hint)) if not typing.get_args(hint) else str(hint)
