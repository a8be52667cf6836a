"""Checks of a calculator's class when it is defined or registered, before any graph uses it.

Each failure is an InvalidArgumentError with the attribute, its file and line, and what to do.
"""

from __future__ import annotations

import dataclasses
import enum
import inspect
import types
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from mpgraph.errors import ConfigError, InvalidArgumentError, did_you_mean
from mpgraph.framework import source_location
from mpgraph.framework.options import ProtoOptions, field_hints, field_type
from mpgraph.framework.ports import Port

HANDLER_NAMES = {
    "BarrierInputStreamHandler",
    "DefaultInputStreamHandler",
    "EarlyCloseInputStreamHandler",
    "FixedSizeInputStreamHandler",
    "ImmediateInputStreamHandler",
    "MuxInputStreamHandler",
    "SyncSetInputStreamHandler",
    "TimestampAlignInputStreamHandler",
}
"""The known input stream handlers; the runtime adds those registered with it."""

_Check = Callable[[Any], bool]
ATTRIBUTES: dict[str, tuple[_Check, str]] = {
    "timestamp_offset": (lambda value: value is None or type(value) is int, "an int (microseconds) or None"),
    "process_timestamp_bounds": (lambda value: type(value) is bool, "True or False"),
    "input_stream_handler": (lambda value: value is None or type(value) is str, "a handler's name or None"),
    "blocking": (lambda value: type(value) is bool, "True or False"),
    "max_in_flight": (lambda value: type(value) is int and value >= 1, "an int of at least 1"),
}
"""The class attributes that control how a calculator is run: a check of the value, and its description."""
_METHODS = ("open", "process", "close")
_ALL_METHODS = (*_METHODS, "get_contract")
_GENERATES = inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR


def check_definition(cls: Any) -> None:
    """Check the ports, attributes and methods of a class; `cls.ports` and `cls.defined_at` are set."""
    check_ports(cls)
    for name, value in list(vars(cls).items()):
        if name in ATTRIBUTES:
            _check_attribute(cls, name, value)
        elif name in _ALL_METHODS:
            _check_method(cls, name, value)
        elif name == "Options":
            _check_options(cls, value)
        elif not name.startswith("_"):
            _check_spelling(cls, name, value)


def check_registration(cls: Any) -> None:
    """Check that the names a class refers to exist, which it need not while it is only a base class."""
    handler = cls.input_stream_handler
    if handler is not None and handler not in HANDLER_NAMES:
        near = did_you_mean(handler, HANDLER_NAMES) or f" Known: {', '.join(sorted(HANDLER_NAMES))}."
        _fail(cls, "input_stream_handler", f'"{handler}" is not an input stream handler.', near)
    if isinstance(cls.Options, type):
        _check_option_fields(cls)


def check_ports(cls: Any) -> None:
    """Refuse two ports with the same tag and index, and indexes with a gap."""
    taken: dict[tuple[str, str, int], Port[Any]] = {}
    repeated: dict[tuple[str, str], Port[Any]] = {}
    for port in sorted(cls.ports, key=lambda port: not port.repeated):
        other = repeated.get((port.kind, port.tag)) or taken.get((port.kind, port.tag, port.index))
        if other is not None:
            _fail_twice(cls, port, other)
        if port.repeated:
            repeated[port.kind, port.tag] = port
        else:
            taken[port.kind, port.tag, port.index] = port
    for (kind, tag, index), port in taken.items():
        if index and (kind, tag, index - 1) not in taken:
            text = f'has index {index} of the tag "{tag}", but no {kind} has index {index - 1}.'
            _fail_port(cls, port, text, "Number the indexes of a tag 0, 1, 2 ...")


def _fail_twice(cls: Any, port: Port[Any], other: Port[Any]) -> NoReturn:
    if port is other:
        _fail_port(
            cls, port, "is one port under two names.", f"Create another mp.{type(port).__name__}(...)."
        )
    first, second = sorted((other, port), key=lambda each: each.defined_at.line)
    what = f'the tag "{port.tag}"' if port.tag else "no tag"
    if port.repeated or other.repeated:
        what += ", and one of them is repeated, which takes every index"
        hint = "Give one of them another tag."
    else:
        what += f" and index {port.index}"
        hint = f"Give one of them another tag, or index={port.index + 1}."
    text = f'and "{first.name}" ({first.defined_at}) are both {port.kind}s with {what}.'
    _fail_port(cls, second, text, hint)


def _fail_port(cls: Any, port: Port[Any], text: str, hint: str) -> NoReturn:
    text = f'Calculator "{cls.__name__}": "{port.name}" {text}'
    raise InvalidArgumentError(text, location=port.defined_at, hint=hint, rule="port")


def _fail(cls: Any, path: str, text: str, hint: str, rule: str = "calculator-class") -> NoReturn:
    location = source_location.of_attribute(cls.defined_at, cls.__name__, path)
    raise InvalidArgumentError(f"{cls.__name__}.{path}: {text}", location=location, hint=hint, rule=rule)


def _check_attribute(cls: Any, name: str, value: Any) -> None:
    is_valid, expected = ATTRIBUTES[name]
    if isinstance(value, Port):
        hint = "Rename the port; its tag can stay."
        _fail(cls, name, f"is {expected} in every calculator, so it cannot be a port.", hint)
    if not is_valid(value):
        hint = "Write True rather than a string or number." if expected == "True or False" else ""
        _fail(cls, name, f"must be {expected}, not {value!r}.", hint)


def _check_method(cls: Any, name: str, value: Any) -> None:
    if name == "get_contract":
        if not isinstance(value, classmethod):
            _fail(cls, name, "must be a class method.", "Put @classmethod above it.")
        return
    if not isinstance(value, types.FunctionType):
        return
    code = value.__code__
    if code.co_flags & _GENERATES:
        _fail(cls, name, "is a generator, which does nothing when called.", "Use cc.emit() for each packet.")
    most = code.co_argcount
    least = most - len(value.__defaults__ or ())
    if not (code.co_flags & inspect.CO_VARARGS) and not least <= 2 <= most:
        count = f"{most} argument{'s' if most != 1 else ''}"
        _fail(cls, name, f"takes {count}.", f"Write def {name}(self, cc).")


def _check_options(cls: Any, value: Any) -> None:
    if value is None or isinstance(value, ProtoOptions):
        return
    if isinstance(value, type):
        if dataclasses.is_dataclass(value):
            return
        _fail(cls, "Options", "is not a dataclass.", "Put @dataclass above it.", "options")
    text = f"must be a dataclass or a ProtoOptions, not {value!r}."
    _fail(cls, "Options", text, "Write a class with @dataclass inside the calculator.", "options")


def _check_spelling(cls: Any, name: str, value: Any) -> None:
    """Refuse names that differ from a known attribute or method in underscores, case or a letter only."""
    plain = _squeezed(name)
    if isinstance(value, (types.FunctionType, classmethod, staticmethod)):
        found = next((known for known in _ALL_METHODS if _squeezed(known) == plain), None)
        if found is None and not _has_process(cls) and not _is_helper_name(plain):
            found = _nearest(plain, ["process"], 0.85)
    elif value is None or isinstance(value, (bool, int, str)):
        found = _nearest(plain, ATTRIBUTES, 0.93)
    else:
        found = "Options" if plain == "options" and isinstance(value, type) else None
    if found is not None and not hasattr(cls.__mro__[1], name):
        _fail(cls, name, "is not a name that mpgraph uses.", f'Did you mean "{found}"?')


def _has_process(cls: Any) -> bool:
    """Whether a class has or inherits a `process` other than Calculator's, which only raises."""
    return getattr(cls.process, "__qualname__", "") != "Calculator.process"


def _is_helper_name(plain: str) -> bool:
    """Whether a name such as preprocess or process_one is that of a helper rather than a typo."""
    return plain != "onprocess" and "process" in plain and len(plain) >= len("process") + 2


def _nearest(plain: str, names: Iterable[str], cutoff: float) -> str | None:
    import difflib  # 2 ms that `import mpgraph` should not pay.

    known = {_squeezed(name): name for name in names}
    return next((known[near] for near in difflib.get_close_matches(plain, known, n=1, cutoff=cutoff)), None)


def _squeezed(name: str) -> str:
    return name.replace("_", "").lower()


def _looks_like_an_option(name: str, value: Any) -> bool:
    kinds = (bool, int, float, str, bytes, list, tuple, enum.Enum, dataclasses.Field)
    return not name.startswith("_") and isinstance(value, kinds)


def _check_option_fields(cls: Any) -> None:
    """Refuse fields of types that options cannot have, and defaults outside of their range."""
    declared = cls.Options
    for name, value in vars(declared).items():
        if name not in declared.__dataclass_fields__ and _looks_like_an_option(name, value):
            text = "has no type annotation, so the dataclass does not treat it as a field."
            _fail(cls, f"Options.{name}", text, f"Write {name}: {type(value).__name__} = ...", "options")
    try:
        hints = field_hints(declared, {**vars(cls), cls.__name__: cls})
    except ConfigError:
        return  # A name is not defined yet: it is reported when a graph uses the class.
    for field in dataclasses.fields(declared):
        path = f"Options.{field.name}"
        if not field.init:
            continue
        try:
            kind = field_type(field.name, hints[field.name], "")
        except ConfigError as error:
            _fail(cls, path, error.message.removeprefix(": "), "", "options")
        default = field.default if field.default is not dataclasses.MISSING else None
        if problem := kind.problem_of_default(default):
            _fail(cls, path, f"the default is not allowed: it {problem}", "Change one of them.", "options")
