"""A calculator's options: one of MediaPipe's messages, or a dataclass whose fields have types and ranges.

    @dataclass
    class Options:
        level: Annotated[float, mp.Range(0, 1)] = 0.5
        size: Annotated[int, mp.Range(above=0)] = 3
        mode: Literal["fast", "exact"] = "fast"
        weights: list[Annotated[float, mp.Range(0)]] = field(default_factory=list)

The keyword-only parameters of a function calculator are declared in the same way.
"""

from __future__ import annotations

import dataclasses
import enum
import sys
import types
import typing
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, overload
from weakref import WeakKeyDictionary

from mpgraph.errors import ConfigError, InvalidArgumentError, did_you_mean

if TYPE_CHECKING:
    from google.protobuf.message import Message

M = TypeVar("M", bound="Message")

SCALARS = (bool, int, float, str, bytes)
"""The plain types, besides enums and dataclasses."""


class ProtoOptions(Generic[M]):
    """Options given by one of MediaPipe's messages, by its class or by its name without the package.

        Options = ProtoOptions("FlowLimiterCalculatorOptions")

    The calculator then reads fields of the message in `cc.options`. With the class instead of the name, type
    checkers know the fields of `cc.options_as(self.Options)`:

        from mpgraph.protos import flow_limiter_calculator_pb2
        Options = ProtoOptions(flow_limiter_calculator_pb2.FlowLimiterCalculatorOptions)
    """

    @overload
    def __init__(self: ProtoOptions[Any], message: str) -> None: ...
    @overload
    def __init__(self, message: type[M]) -> None: ...

    def __init__(self, message: str | type[M]) -> None:
        self.message: str = message if isinstance(message, str) else message.DESCRIPTOR.name

    @property
    def full_name(self) -> str:
        """The message's name with its package."""
        return f"mediapipe.{self.message}"

    def message_class(self) -> type[M]:
        """The message's class, from the private descriptor pool."""
        from mpgraph import protos  # `import mpgraph` must not load protobuf, which is slow.

        return protos.message_class(self.full_name)

    def __repr__(self) -> str:
        return f"ProtoOptions({self.message!r})"


@dataclasses.dataclass(frozen=True, slots=True, repr=False)
class Range:
    """The range of an option's number, or of each number in a list: `Annotated[float, Range(0, 1)]`.

    low, high: inclusive limits. above, below: exclusive limits. A limit that is not given does not apply;
    nan is in no range.

    Raises:
        InvalidArgumentError: it has two lower or two upper limits, no limit, or contains no number.
    """

    low: float | None = None
    high: float | None = None
    above: float | None = dataclasses.field(default=None, kw_only=True)
    below: float | None = dataclasses.field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        low, high, above, below = self.low, self.high, self.above, self.below
        if (low is not None and above is not None) or (high is not None and below is not None):
            raise InvalidArgumentError("A Range takes low or above, and high or below, not both.")
        start = above if low is None else low
        end = below if high is None else high
        if start is None and end is None:
            raise InvalidArgumentError("A Range needs a limit: Range(0, 1), Range(0), Range(above=0) ...")
        if start is not None and end is not None:
            closed = above is None and below is None
            if not (start <= end if closed else start < end):
                raise InvalidArgumentError(f"No number is {self}.", rule="options")

    def __contains__(self, value: float) -> bool:
        return (
            value == value
            and (self.low is None or value >= self.low)
            and (self.high is None or value <= self.high)
            and (self.above is None or value > self.above)
            and (self.below is None or value < self.below)
        )

    def __str__(self) -> str:
        if self.low is not None and self.high is not None:
            return f"from {self.low} to {self.high}"
        limits = (
            ("at least", self.low),
            ("above", self.above),
            ("at most", self.high),
            ("below", self.below),
        )
        return " and ".join(f"{word} {limit}" for word, limit in limits if limit is not None)

    def __repr__(self) -> str:
        given = [f"{name}={getattr(self, name)}" for name in ("low", "high", "above", "below")]
        return f"Range({', '.join(each for each in given if not each.endswith('=None'))})"


@dataclasses.dataclass(frozen=True)
class OptionType:
    """The type of an option's value, or of the values in its list or tuple.

    type: bool, int, float, str, bytes, an enum or a dataclass.
    collection: list or tuple, None for a single value.
    range, choices: the numbers, or the values of a Literal, that are allowed.
    """

    type: Any
    collection: Any = None
    range: Range | None = None
    choices: tuple[int | str, ...] = ()

    @property
    def label(self) -> str:
        """A description, such as "float from 0 to 1" or "list of fast, exact"."""
        what = ", ".join(map(str, self.choices)) or self.type.__name__
        if isinstance(self.type, enum.EnumMeta):
            what = ", ".join(self.type.__members__)
        limits = f" {self.range}" if self.range else ""
        return f"{'list of ' if self.collection else ''}{what}{limits}"

    def problem(self, value: Any) -> str:
        """What is wrong with a value, such as "takes a number from 0 to 1, found 1.5."; "" if nothing is."""
        if self.range is not None and value not in self.range:
            return f"takes a number {self.range}, found {value}."
        if self.choices and value not in self.choices:
            known = [str(choice) for choice in self.choices]
            return f"takes one of {', '.join(known)}, found {value}.{did_you_mean(str(value), known)}"
        return ""

    def problem_of_default(self, default: Any) -> str:
        """What is wrong with a default, worded as by `problem`. None means no default."""
        if default is None:
            return ""
        if self.collection and not isinstance(default, (list, tuple)):
            return f"takes a list, found {default!r}."
        for value in default if self.collection else (default,):
            allowed = (int, float) if self.type is float else self.type
            if not isinstance(value, allowed) or (isinstance(value, bool) and self.type is not bool):
                return f"takes {self.type.__name__}, found {value!r}."
            if problem := self.problem(value):
                return problem
        return ""


def option_types(cls: type, scope: Mapping[str, Any] = types.MappingProxyType({})) -> dict[str, OptionType]:
    """The type of each field that the constructor takes, by name, in order.

    cls: a dataclass. scope: names that its annotations may use besides those of its module.

    Raises:
        ConfigError: a type that options cannot have, or a name that is not found.
    """
    hints = field_hints(cls, scope)
    return {
        field.name: field_type(field.name, hints[field.name], f"{cls.__qualname__}.{field.name}")
        for field in dataclasses.fields(cls)
        if field.init
    }


def field_type(name: str, hint: Any, where: str) -> OptionType:
    """The type of an option of this name. Raises ConfigError, with `where` first, if it cannot be one."""
    if not name.isascii():  # Text format allows no other names.
        raise ConfigError(f"{where}: the name of an option takes letters from A to Z, digits and _ only.")
    return option_type(hint, where)


def option_type(hint: Any, where: str) -> OptionType:
    """The option's type for an annotation. Raises ConfigError, with `where` first, if there is none."""
    hint, limit = _unwrapped(hint, where)
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        concrete = [argument for argument in typing.get_args(hint) if argument is not type(None)]
        if len(concrete) != 1:
            raise _refused(hint, where)
        hint, inner_limit = _unwrapped(concrete[0], where)
        limit = limit or inner_limit
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is list or (origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis):
        hint, inner_limit = _unwrapped(arguments[0], where)
        return _single(hint, limit or inner_limit, where, origin)
    return _single(hint, limit, where, None)


def _single(hint: Any, limit: Range | None, where: str, collection: type | None) -> OptionType:
    choices: tuple[Any, ...] = ()
    if typing.get_origin(hint) is Literal:
        choices = typing.get_args(hint)
        kinds = {type(choice) for choice in choices}
        if kinds not in ({int}, {str}):
            raise ConfigError(f"{where}: the values of a Literal must be all strings or all integers.")
        hint = kinds.pop()
    allowed = isinstance(hint, type) and (
        hint in SCALARS or dataclasses.is_dataclass(hint) or issubclass(hint, enum.Enum)
    )
    if not allowed:
        raise _refused(hint, where)
    if limit is not None and hint not in (int, float):
        raise ConfigError(f"{where}: a Range is for int and float, not for {hint.__name__}.")
    return OptionType(hint, collection, limit, choices)


def _unwrapped(hint: Any, where: str) -> tuple[Any, Range | None]:
    """An annotation without `Annotated`, and the Range in it."""
    if typing.get_origin(hint) is not typing.Annotated:
        return hint, None
    inner, *extras = typing.get_args(hint)
    if Range in extras:
        raise ConfigError(f"{where}: Range needs its limits, as in Range(0, 1).")
    found, limit = _unwrapped(inner, where)
    return found, next((extra for extra in extras if isinstance(extra, Range)), limit)


def _refused(hint: Any, where: str) -> ConfigError:
    return ConfigError(
        f"{where}: options cannot have a field of type {hint}. Use bool, int, float, str, bytes, a Literal, "
        "an enum, a dataclass, or a list of one of these."
    )


_local: WeakKeyDictionary[type, dict[str, Any]] = WeakKeyDictionary()


def keep_hints(cls: type, scope: Mapping[str, Any]) -> None:
    """Keep the evaluated annotations of a dataclass that is defined inside a function.

    scope: the names around it, which no longer exist later. Nothing is kept if they do not suffice.
    """
    with suppress(ConfigError):
        _local[cls] = field_hints(cls, scope)
        inner: list[type] = [kind.type for kind in option_types(cls).values()]
        for nested in inner:
            if dataclasses.is_dataclass(nested) and nested not in _local:
                keep_hints(nested, scope)


def field_hints(cls: type, scope: Mapping[str, Any]) -> dict[str, Any]:
    """The types of the fields; names are looked up in the module, the scope and the class itself."""
    if cls in _local:
        return _local[cls]
    module = sys.modules.get(cls.__module__)
    known = dict(vars(module)) if module else {}
    try:
        return typing.get_type_hints(cls, known, {**scope, **vars(cls)}, include_extras=True)
    except NameError as error:
        raise ConfigError(
            f"{cls.__qualname__}: {error}. Types that options use must be defined in the module, the "
            "calculator or the dataclass."
        ) from error
