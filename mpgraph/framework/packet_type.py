"""Payload types, which packets carry, and type specs, which ports declare.

A payload type has the name MediaPipe registers for the C++ type ("int", "::mediapipe::ImageFrame")
and the Python class of the payload. Several payload types may share a Python class: `int` represents
"int", "int64_t", "uint64_t" and so on, and a port declared as `int` accepts any of them.
"""

from __future__ import annotations

import typing
from collections.abc import Iterable
from types import GenericAlias
from typing import Any, TypeAlias

from mpgraph.framework.timestamp import Timestamp


class PayloadType:
    """A type of payloads. Two payload types are the same only if they are the same object.

    name: as MediaPipe registers it, such as "::mediapipe::ImageFrame".
    python: the class or classes of payloads.
    """

    __slots__ = ("name", "python")

    def __init__(self, name: str, python: type | tuple[type, ...]) -> None:
        self.name = name
        self.python = python

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[Any, ...]:
        # Copies and pickles of packets keep their type: the same object, by its name.
        classes = self.python if isinstance(self.python, tuple) else (self.python,)
        descriptor = getattr(classes[0], "DESCRIPTOR", None)
        if descriptor is not None:  # Classes of nested messages cannot be pickled.
            return message_type, (descriptor.full_name,)
        return _restored, (self.name, *classes)


class _AnyType:
    """The type of `AnyType`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "AnyType"

    def __reduce__(self) -> str:
        return "AnyType"  # There is one.


AnyType = _AnyType()
"""A port declared with this accepts packets of every type."""

TypeLike: TypeAlias = (
    "type[Any] | PayloadType | _AnyType | GenericAlias | tuple[type[Any] | PayloadType | GenericAlias, ...]"
)

_by_class: dict[type, list[PayloadType]] = {}
_by_name: dict[str, PayloadType] = {}
_unpickled: set[str] = set()
"""Types of packets that were unpickled before the module that defines the type was imported."""


def define(name: str, *python: type) -> PayloadType:
    """Define a payload type whose payloads have these Python classes.

    Raw values of a class get the first payload type defined for it.
    """
    if name in _unpickled:
        _unpickled.remove(name)
        return _by_name[name]
    if name in _by_name:
        raise ValueError(f'Payload type "{name}" is defined twice.')
    kind = _by_name[name] = PayloadType(name, python[0] if len(python) == 1 else python)
    for member in python:
        _by_class.setdefault(member, []).append(kind)
    return kind


def _restored(name: str, *python: type) -> PayloadType:
    known = _by_name.get(name)
    if known is None:
        known = define(name, *python)
        _unpickled.add(name)
    return known


def vector(element: PayloadType) -> PayloadType:
    """The payload type of a list of `element` payloads, "::std::vector<...>"; its payloads are `list`s."""
    name = f"::std::vector<{'std::string' if element is STRING else element.name}>"
    return _by_name.get(name) or define(name, list)


def allow(kind: PayloadType, python: type) -> None:
    """Let payloads of a type have this Python class, too."""
    known = kind.python if isinstance(kind.python, tuple) else (kind.python,)
    kind.python = (*known, python)
    _by_class.setdefault(python, []).append(kind)


def pair(first: PayloadType, second: PayloadType) -> PayloadType:
    """The payload type of two payloads, "::std::pair<...>"; its payloads are `tuple`s."""
    name = f"::std::pair<{first.name}, {second.name}>"
    return _by_name.get(name) or define(name, tuple)


def array(element: PayloadType, size: int) -> PayloadType:
    """The payload type of `size` payloads, "::std::array<...>"; its payloads are `tuple`s."""
    name = f"::std::array<{element.name}, {size}>"
    return _by_name.get(name) or define(name, tuple)


def by_name(name: str) -> PayloadType | None:
    """The payload type that MediaPipe registers as `name`, if mpgraph has it."""
    return _by_name.get(name)


def of_class(python: type) -> PayloadType:
    """The payload type of raw values of a class; a new type on first use of an unknown class."""
    known = _by_class.get(python)
    if known:
        return known[0]
    descriptor = getattr(python, "DESCRIPTOR", None)
    if descriptor is not None:  # A protocol message: MediaPipe names it as C++ does.
        name = "::" + descriptor.full_name.replace(".", "::")
    else:
        name = f"{python.__module__}.{python.__qualname__}"
    if name in _by_name:  # Two classes of the same name, as after a reload: both must work.
        name = f"{name} (at {id(python):#x})"
    return define(name, python)


def message_type(full_name: str) -> PayloadType:
    """The payload type of a protocol message, such as "mediapipe.NormalizedRect".

    Raises:
        NotFoundError: there is no such message.
    """
    from mpgraph.protos import message_class  # Protobuf is slow to load.

    return of_class(message_class(full_name))


def family(kind: TypeLike) -> frozenset[PayloadType] | None:
    """All payload types that a consumer declared as `kind` accepts; None if it accepts every type."""
    if isinstance(kind, _AnyType) or kind is object or kind is Any:
        return None
    if isinstance(kind, PayloadType):
        return frozenset((kind,))
    if isinstance(kind, tuple):
        members: set[PayloadType] = set()
        for member in kind:
            members |= family(member) or frozenset()
        return frozenset(members)
    if isinstance(kind, GenericAlias):
        return _vectors(kind)
    of_class(kind)
    return frozenset(_by_class[kind])


def produced(kind: TypeLike) -> frozenset[PayloadType] | None:
    """All payload types that a producer declared as `kind` may emit; None if it may emit every type."""
    if isinstance(kind, tuple):
        return frozenset(each for member in kind for each in produced(member) or ())
    if isinstance(kind, GenericAlias):
        return frozenset((_vector_of(kind),))
    if (
        isinstance(kind, type) and kind is not object and kind is not Any
    ):  # Since Python 3.11, Any is a class.
        return frozenset((of_class(kind),))
    return family(kind)


def alternatives(kind: TypeLike) -> tuple[PayloadType, ...]:
    """The payload types of a port declared as one of several, in the order of the declaration; else none."""
    if not isinstance(kind, tuple):
        return ()
    members = (each for member in kind for each in (alternatives(member) or produced(member) or ()))
    return tuple(dict.fromkeys(members))


def _vectors(kind: GenericAlias) -> frozenset[PayloadType]:
    """What a consumer of `list[X]` accepts: vectors of all types that are an X, and lists of anything."""
    elements = family(_element(kind))
    if elements is None:
        return frozenset(_by_class[list])
    return frozenset((of_class(list), _vector_of(kind), *map(vector, elements)))


def _vector_of(kind: GenericAlias) -> PayloadType:
    element = _element(kind)
    types = produced(element)
    return vector(next(iter(types))) if types is not None and len(types) == 1 else of_class(list)


def _element(kind: GenericAlias) -> TypeLike:
    if typing.get_origin(kind) is not list:
        raise TypeError(f"{kind} is not a payload type: write {_alternative(kind)}.")
    return typing.cast(TypeLike, typing.get_args(kind)[0])


def _alternative(kind: GenericAlias) -> str:
    """What to declare instead of a generic class, whose elements are not checked."""
    plain = getattr(typing.get_origin(kind), "__name__", "the class")
    elements = {each for each in typing.get_args(kind) if each is not Ellipsis}
    if plain in ("tuple", "set", "Sequence", "deque") and len(elements) == 1:
        element = getattr(elements.pop(), "__name__", "X")
        return f"{plain}, for what is in it is not checked, or list[{element}] and emit a list"
    return f"{plain}, for what is in it is not checked, or your own dataclass"


def names(types: Iterable[PayloadType] | None) -> str:
    """A readable list of type names; all C++ types of a Python class together appear as the usual one."""
    if types is None:
        return "any type"
    given = set(types)
    return " or ".join(sorted({_shown(kind, given) for kind in given})) or "no type"


def _shown(kind: PayloadType, given: set[PayloadType]) -> str:
    python = kind.python
    if isinstance(python, type) and given.issuperset(_by_class.get(python, ())):
        return of_class(python).name
    return kind.name


# In C++, int and int32_t are the same type; the others are distinct.
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

# The types of raw containers; without these, they would be the first vector, pair or map defined.
for _container in (list, tuple, dict):
    define(_container.__name__, _container)
