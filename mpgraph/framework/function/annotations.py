"""From the annotations of a function calculator's parameters and results to the types of its ports."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from mpgraph.errors import InvalidArgumentError
from mpgraph.framework.packet import Packet
from mpgraph.framework.packet_type import AnyType, TypeLike
from mpgraph.framework.ports import Port, SideInput

T = TypeVar("T")

_SIDE = object()

SidePacket = Annotated[T, _SIDE]
"""`SidePacket[float]` as a parameter's type: an input side packet. Type checkers see a float."""

# Generic types whose values cannot be payloads.
_NO_PAYLOADS = (Callable, type)


def unwrapped(hint: Any) -> tuple[Any, bool, bool]:
    """Return a type without `SidePacket` and `| None`, whether it had `SidePacket`, and whether `| None`."""
    side = may_be_none = False
    while True:
        if typing.get_origin(hint) is Annotated:
            hint, *extras = typing.get_args(hint)
            side = side or _SIDE in extras
            continue
        members = typing.get_args(hint) if is_union(hint) else ()
        if type(None) not in members:
            return hint, side, may_be_none
        may_be_none = True
        rest = tuple(member for member in members if member is not type(None))
        hint = typing.Union[rest]  # noqa: UP007


def is_union(hint: Any) -> bool:
    """Whether an annotation is `X | Y` or `Union[X, Y]`."""
    return typing.get_origin(hint) in (typing.Union, types.UnionType)


def payload_type(hint: Any) -> TypeLike:
    """The type of a port whose payloads an annotation describes.

    Raises:
        InvalidArgumentError: payloads cannot have this type.
    """
    origin = typing.get_origin(hint)
    if hint is Packet or hint is Any or hint is object:
        return AnyType
    if isinstance(origin, type) and issubclass(origin, Port):
        expected = "SidePacket" if issubclass(origin, SideInput) else "a plain type"
        raise InvalidArgumentError(
            f"is annotated as a port, {hint}.", hint=f"Use {expected}: the value's type."
        )
    if is_union(hint):
        members = [payload_type(member) for member in typing.get_args(hint)]
        return AnyType if AnyType in members else typing.cast(TypeLike, tuple(members))
    if origin is typing.Literal:
        hint = type(typing.get_args(hint)[0])
    elif hasattr(hint, "__supertype__"):
        hint = hint.__supertype__
    elif isinstance(origin, type) and origin is not list and origin not in _NO_PAYLOADS:
        hint = origin
    # In Python 3.10, isinstance(list[int], type) is true.
    is_class = isinstance(hint, type) and not isinstance(hint, types.GenericAlias)
    if origin is not list and (hint is type(None) or not is_class):
        raise InvalidArgumentError(
            f"has the type {hint}, which payloads cannot have.", hint="Use a class, or Any for everything."
        )
    return typing.cast(TypeLike, hint)
