"""Ports: what a calculator class declares, once, as class attributes.

The contract, the type checks, the documentation and the drawing of a calculator all come from
these declarations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, overload

from mpgraph.packet_type import AnyType, TypeLike

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    # With a default, `Input("DATA")` needs no annotation.
    T = TypeVar("T", default=Any)
else:
    from typing import TypeVar

    T = TypeVar("T")


class Port(Generic[T]):
    """One declared port, or a whole tag of ports when `repeated`.

    tag: the port's tag, "" for an untagged one.
    type: a Python class, a PayloadType, a tuple of these (one of them), or AnyType.
    index: the index among ports of the same tag; not for repeated ports.
    optional: whether a graph may leave it out.
    repeated: whether it stands for all indexes of its tag.
    same_as: the input port (of this class) whose type this one takes, index by index.
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
        self.tag = tag
        self.type: TypeLike = type
        self.index = index
        self.optional = optional
        self.repeated = repeated
        self.same_as = same_as
        self.doc = doc
        self.name = tag.lower()

    def __set_name__(self, owner: Any, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        where = f"{self.tag}:{self.index}" if self.index else self.tag
        return f"<{self.kind} {self.name} {where!r}>"


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
