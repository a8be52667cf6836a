"""Payload types, as packets carry them, and type specs, as ports ask for them.

A payload type has the name MediaPipe registers for the C++ type ("int", "::mediapipe::ImageFrame")
and the Python class of the payload. Several payload types may share a Python class: `int` is the
face of "int", "int64_t", "uint64_t" and so on, and a port declared as `int` takes any of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from mpgraph.timestamp import Timestamp


class PayloadType:
    """One kind of payload. Two payload types are the same only if they are the same object."""

    __slots__ = ("name", "python")

    def __init__(self, name: str, python: type | tuple[type, ...]) -> None:
        self.name = name
        self.python = python

    def __repr__(self) -> str:
        return self.name


class _AnyType:
    """The type of `AnyType`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "AnyType"


AnyType = _AnyType()
"""A port declared with this takes packets of every type."""

TypeLike: TypeAlias = "type[Any] | PayloadType | _AnyType | tuple[type[Any] | PayloadType, ...]"

_by_class: dict[type, list[PayloadType]] = {}
_by_name: dict[str, PayloadType] = {}


def define(name: str, *python: type) -> PayloadType:
    """Define a payload type whose payloads are of these Python classes.

    The first payload type defined for a class is what raw values of that class become.
    """
    if name in _by_name:
        raise ValueError(f'Payload type "{name}" is defined twice.')
    made = _by_name[name] = PayloadType(name, python[0] if len(python) == 1 else python)
    for member in python:
        _by_class.setdefault(member, []).append(made)
    return made


def vector(element: PayloadType) -> PayloadType:
    """The payload type of a list of `element` payloads, "::std::vector<...>"; its payloads are `list`s."""
    name = f"::std::vector<{'std::string' if element is STRING else element.name}>"
    return _by_name.get(name) or define(name, list)


def pair(first: PayloadType, second: PayloadType) -> PayloadType:
    """The payload type of two payloads, "::std::pair<...>"; its payloads are `tuple`s."""
    name = f"::std::pair<{first.name}, {second.name}>"
    return _by_name.get(name) or define(name, tuple)


def array(element: PayloadType, size: int) -> PayloadType:
    """The payload type of `size` payloads, "::std::array<...>"; its payloads are `tuple`s."""
    name = f"::std::array<{element.name}, {size}>"
    return _by_name.get(name) or define(name, tuple)


def by_name(name: str) -> PayloadType | None:
    """The payload type MediaPipe registers under `name`, if mpgraph has it."""
    return _by_name.get(name)


def of_class(python: type) -> PayloadType:
    """The payload type of raw values of `python`; made up on first use for a class nobody defined."""
    known = _by_class.get(python)
    if known:
        return known[0]
    descriptor = getattr(python, "DESCRIPTOR", None)
    if descriptor is not None:  # A protocol message: MediaPipe names it as C++ does.
        name = "::" + descriptor.full_name.replace(".", "::")
    else:
        name = f"{python.__module__}.{python.__qualname__}"
    if name in _by_name:  # Two classes of one name, such as a reloaded module's: both must work.
        name = f"{name} (at {id(python):#x})"
    return define(name, python)


def family(kind: TypeLike) -> frozenset[PayloadType] | None:
    """All payload types a consumer declared as `kind` takes; None when it takes every type."""
    if isinstance(kind, _AnyType) or kind is object or kind is Any:
        return None
    if isinstance(kind, PayloadType):
        return frozenset((kind,))
    if isinstance(kind, tuple):
        members: set[PayloadType] = set()
        for member in kind:
            members |= family(member) or frozenset()
        return frozenset(members)
    of_class(kind)
    return frozenset(_by_class[kind])


def produced(kind: TypeLike) -> frozenset[PayloadType] | None:
    """All payload types a producer declared as `kind` may emit; None when it may emit every type."""
    if isinstance(kind, type) and kind is not object:
        return frozenset((of_class(kind),))
    if isinstance(kind, tuple):
        return frozenset(member if isinstance(member, PayloadType) else of_class(member) for member in kind)
    return family(kind)


def names(types: Iterable[PayloadType] | None) -> str:
    """A readable list of type names."""
    return "any type" if types is None else " or ".join(sorted(t.name for t in types)) or "no type"


# As C++ sees them, int and int32_t are one type; the others are distinct.
INT = INT32 = define("int", int)
INT8 = define("signed char", int)
INT16 = define("short", int)
INT64 = define("int64_t", int)
UINT8 = define("unsigned char", int)
UINT16 = define("unsigned short", int)
UINT32 = define("unsigned int", int)
UINT64 = define("uint64_t", int)
FLOAT = define("float", float)
DOUBLE = define("double", float)
BOOL = define("bool", bool)
STRING = define("string", str, bytes)
TIMESTAMP = define("::mediapipe::Timestamp", Timestamp)

# What raw containers become; without these it would be the first vector, pair or map defined.
for _container in (list, tuple, dict):
    define(_container.__name__, _container)
