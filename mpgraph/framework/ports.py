"""Ports: the inputs and outputs of a calculator, declared as attributes of its class.

The contract, the type checks, the documentation and the drawing of a calculator all follow from
these declarations.
"""

from __future__ import annotations

import sys
from types import GenericAlias
from typing import TYPE_CHECKING, Any, Generic, overload

from mpgraph.errors import InvalidArgumentError, Location
from mpgraph.framework import packet_type, source_location
from mpgraph.framework.packet_type import AnyType, PayloadType, TypeLike
from mpgraph.framework.tags import is_tag

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    # With a default, `Input("DATA")` needs no annotation.
    T = TypeVar("T", default=Any)
else:
    from typing import TypeVar

    T = TypeVar("T")


class Port(Generic[T]):
    """A declared port, or all ports of a tag if `repeated`.

    tag: the port's tag, "" for an untagged one.
    type: a Python class, `list[...]` of a class, a PayloadType, a tuple of alternatives, or AnyType.
    index: the index among ports of the same tag; not for repeated ports.
    optional: whether a graph may leave it out.
    repeated: whether it covers all indexes of its tag.
    same_as: the input port (of this class) whose type this port shares, index by index.
    doc: what it carries, in a few words.
    name, defined_at: the attribute that holds it, and where it was created.
    """

    kind = "port"

    @overload
    def __init__(
        self,
        tag: str,
        type: type[T],
        *,
        index: int = 0,
        optional: bool = False,
        repeated: bool = False,
        same_as: Port[Any] | None = None,
        doc: str = "",
    ) -> None: ...

    @overload
    def __init__(
        self: Port[Any],
        tag: str = "",
        type: object = AnyType,
        *,
        index: int = 0,
        optional: bool = False,
        repeated: bool = False,
        same_as: Port[Any] | None = None,
        doc: str = "",
    ) -> None: ...

    def __init__(
        self,
        tag: str = "",
        type: Any = AnyType,
        *,
        index: int = 0,
        optional: bool = False,
        repeated: bool = False,
        same_as: Port[Any] | None = None,
        doc: str = "",
    ) -> None:
        """Declare a port.

        Raises:
            InvalidArgumentError: the tag or type is invalid, or index and repeated contradict each other.
        """
        self.tag = tag
        self.type: TypeLike = type
        self.index = index
        self.optional = optional
        self.repeated = repeated
        self.same_as = same_as
        self.doc = doc
        frame = sys._getframe(1)
        self.defined_at = Location(frame.f_code.co_filename, frame.f_lineno, 1)
        self.owner = ""
        """The class whose attribute it is, "" until it is an attribute."""
        self._check()
        self.name = tag.lower()

    def _check(self) -> None:
        if not isinstance(self.tag, str):
            self._refuse("The tag, a string, comes first.", f'Write {self._call}("IMAGE", mp.ImageFrame).')
        if self.tag and not is_tag(self.tag):
            near = self.tag.upper().replace("-", "_").replace(" ", "_")
            hint = f'Write "{near}".' if is_tag(near) else ""
            self._refuse(f'"{self.tag}" is not a valid tag: A to Z, 0 to 9 and _ only, no digit first.', hint)
        if not isinstance(self.index, int) or self.index < 0:
            self._refuse(f"index must be 0 or more, not {self.index!r}.", "")
        if self.repeated and self.index:
            self._refuse("A repeated port covers all indexes, so it has no index.", "Leave out index.")
        if self.same_as is not None and not isinstance(self.same_as, Port):
            self._refuse(f"same_as must be a port, not {self.same_as!r}.", "Name an input declared above.")
        members = self.type if isinstance(self.type, tuple) else (self.type,)
        for member in members:
            if not _is_type(member):
                hint = "Give a class, such as mp.ImageFrame, or mp.AnyType."
                self._refuse(f"{member!r} is not a payload type.", hint)
            if isinstance(member, GenericAlias):
                try:
                    packet_type.family(member)  # Defines the vector before any look-up of all vectors.
                except TypeError as error:
                    self._refuse(str(error), "")

    @property
    def _call(self) -> str:
        return f"mp.{type(self).__name__}"

    def _refuse(self, text: str, hint: str) -> None:
        frame = sys._getframe(3)
        tag = f'"{self.tag}"' if isinstance(self.tag, str) else self.tag
        text = f"{self._call}({tag}, ...): {text}"
        raise InvalidArgumentError(text, location=source_location.of_caller(frame), hint=hint, rule="port")

    def __set_name__(self, owner: Any, name: str) -> None:
        self.name = name
        self.owner = getattr(owner, "__name__", "")

    def __repr__(self) -> str:
        where = f"{self.tag}:{self.index}" if self.index else self.tag
        return f"<{self.kind} {self.name} {where!r}>"


def _is_type(kind: object) -> bool:
    # A GenericAlias claims to be an instance of type.
    return kind is AnyType or kind is Any or isinstance(kind, (type, GenericAlias, PayloadType))


class Input(Port[T]):
    """An input stream."""

    kind = "input stream"


class Output(Port[T]):
    """An output stream."""

    kind = "output stream"


class SideInput(Port[T]):
    """An input side packet: one value, known before `open`."""

    kind = "input side packet"


class SideOutput(Port[T]):
    """An output side packet: one value, set once in `open`, `process` or `close`."""

    kind = "output side packet"
