"""The nodes of a graph that is being written, and their ports.

    frames >> blur.input("IMAGE")          # a stream into a port
    frames >> blur >> graph.output("out")  # through a node's only output
    blur.output(Blur.image)                # Stream[ImageFrame], as Blur declares it

What can be known of a node's ports is checked when they are connected.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar, cast, overload

from mpgraph.config.builder.handles import (
    Connection,
    GraphOutput,
    Loop,
    OpenInput,
    PortKey,
    SidePacketHandle,
    Source,
    Stream,
    check_graph,
    port_text,
    refuse_mismatch,
)
from mpgraph.config.builder.place import author_place
from mpgraph.config.builder.signature import NodeSignature, PortKind, known_tags
from mpgraph.errors import ConfigError, InvalidArgumentError, Location, did_you_mean
from mpgraph.framework.packet_type import AnyType, TypeLike
from mpgraph.framework.ports import Input, Output, Port, SideInput, SideOutput
from mpgraph.framework.tags import parse_tag_index

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)

Connectable: TypeAlias = "Stream[Any] | SidePacketHandle[Any] | NodeHandle"


class _NodePort(OpenInput):
    """One input port of a node."""

    def __init__(
        self,
        node: NodeHandle,
        kind: PortKind,
        tag: str,
        index: int | None,
        place: Location,
        back_edge: bool = False,
    ) -> None:
        self._node = node
        self._kind = kind
        self._tag = tag
        self._index = index
        self._back_edge = back_edge

    def _receive(self, source: Source[Any], place: Location) -> NodeHandle:
        self._node._join(self._kind, self._tag, self._index, source, place, self._back_edge)
        return self._node


class NodeInput(_NodePort, Generic[T_contra]):
    """An input stream's port of a node; takes `Stream`s of T."""


class NodeSideInput(_NodePort, Generic[T_contra]):
    """An input side packet's port of a node; takes `SidePacket`s of T."""


@dataclass(eq=False)
class NodeHandle(OpenInput):
    """A node of a graph that is being written. Used as a stream it stands for its only output."""

    _graph: Any
    _signature: NodeSignature
    _place: Location
    _message: Any
    _inputs: dict[PortKind, dict[PortKey, Connection]] = field(
        default_factory=lambda: {Input: {}, SideInput: {}}
    )
    _outputs: dict[PortKind, dict[PortKey, Any]] = field(default_factory=lambda: {Output: {}, SideOutput: {}})

    @overload
    def input(self, port: Input[T], index: int | None = None, *, back_edge: bool = False) -> NodeInput[T]: ...
    @overload
    def input(
        self, port: str = "", index: int | None = None, *, back_edge: bool = False
    ) -> NodeInput[Any]: ...
    def input(self, port: Any = "", index: int | None = None, *, back_edge: bool = False) -> NodeInput[Any]:
        """Return an input port, to connect a stream to.

        port: its tag, "" for an untagged one, or the declaration in the calculator's class.
        index: among ports of the tag; left out, it is the next one that is free of a repeated port, else 0.
        back_edge: whether the stream comes round from behind the node.
        """
        place = author_place()
        tag, index = self._key_of(Input, port, index, place)
        return NodeInput(self, Input, tag, index, place, back_edge)

    @overload
    def side_input(self, port: SideInput[T], index: int | None = None) -> NodeSideInput[T]: ...
    @overload
    def side_input(self, port: str = "", index: int | None = None) -> NodeSideInput[Any]: ...
    def side_input(self, port: Any = "", index: int | None = None) -> NodeSideInput[Any]:
        """Return the port of an input side packet, to connect one to; arguments as of `input`."""
        place = author_place()
        tag, index = self._key_of(SideInput, port, index, place)
        return NodeSideInput(self, SideInput, tag, index, place)

    @overload
    def output(self, port: Output[T], index: int = 0) -> Stream[T]: ...
    @overload
    def output(self, port: str | None = None, index: int = 0) -> Stream[Any]: ...
    def output(self, port: Any = None, index: int = 0) -> Stream[Any]:
        """Return the stream that an output sends.

        port: its tag, "" for an untagged one, or the declaration in the calculator's class; left out, the
            node's only output.
        Raises ConfigError if the node has no such output, or several and none is named.
        """
        return cast("Stream[Any]", self._made(Output, port, index, author_place()))

    @overload
    def side_output(self, port: SideOutput[T], index: int = 0) -> SidePacketHandle[T]: ...
    @overload
    def side_output(self, port: str | None = None, index: int = 0) -> SidePacketHandle[Any]: ...
    def side_output(self, port: Any = None, index: int = 0) -> SidePacketHandle[Any]:
        """Return the side packet that an output makes; arguments and errors as of `output`."""
        return cast("SidePacketHandle[Any]", self._made(SideOutput, port, index, author_place()))

    def connect(
        self, *streams: Stream[Any] | NodeHandle, **tags: Connectable | Sequence[Connectable] | None
    ) -> NodeHandle:
        """Connect streams and side packets; return the node.

        streams: go to the inputs in the order of their declaration, if they are declared, else to the
            untagged ones.
        tags: `IMAGE=frames` goes to the port of that tag, `IN=[a, b]` to IN:0 and IN:1. None is nothing.
        """
        place = author_place()
        for stream in streams:
            self._receive(source_of(stream, self._graph, place), place)
        for tag, given in tags.items():
            for index, each in enumerate(_several(given)):
                source = source_of(each, self._graph, place, f"{tag}=")
                kind = SideInput if isinstance(source, SidePacketHandle) else Input
                self._key_of(kind, tag, index, place)
                self._join(kind, tag, None if index == 0 else index, source, place)
        return self

    @overload
    def __rshift__(self, target: NodeHandle | NodeInput[Any]) -> NodeHandle: ...
    @overload
    def __rshift__(self, target: GraphOutput) -> GraphOutput: ...
    @overload
    def __rshift__(self, target: Loop[T]) -> Loop[T]: ...
    def __rshift__(self, target: Any) -> Any:
        """Connect the node's only output, as `Stream` does."""
        place = author_place()
        return source_of(self, self._graph, place)._send(target, place)

    def __str__(self) -> str:
        name = self._message.name
        return f'node "{name}" ({self._signature.name})' if name else f"node {self._signature.name}"

    __repr__ = __str__

    # What the handles and the graph call

    def _receive(self, source: Source[Any], place: Location) -> NodeHandle:
        """Connect something to the next input that is free."""
        kind = SideInput if isinstance(source, SidePacketHandle) else Input
        taken = self._inputs[kind]
        declared = self._signature.of(kind)
        if not declared and not self._signature.is_complete:
            index = next(index for index in range(len(taken) + 1) if ("", index) not in taken)
            return self._join(kind, "", index, source, place)
        for port in declared:
            if port.repeated:
                return self._join(kind, port.tag, None, source, place)
            if (port.tag, port.index) not in taken:
                return self._join(kind, port.tag, port.index, source, place)
        why = f"every {kind.kind} of {self} is connected" if taken else f"{self} has no {kind.kind}"
        raise ConfigError(f"{source} has nowhere to go: {why}.", location=place)

    def _join(
        self,
        kind: PortKind,
        tag: str,
        index: int | None,
        source: Source[Any],
        place: Location,
        back_edge: bool = False,
    ) -> NodeHandle:
        check_graph(self._graph, source, place)
        wanted = SidePacketHandle if kind is SideInput else Stream
        if not isinstance(source, wanted):
            raise ConfigError(
                f"{tag or kind.kind} of {self} takes a {wanted.kind}; {source} is a {source.kind}.",
                location=place,
            )
        taken = self._inputs[kind]
        if index is None:
            port = self._signature.find(kind, tag, 0)
            repeated = port is not None and port.repeated
            index = next(i for i in range(len(taken) + 1) if (tag, i) not in taken) if repeated else 0
        if (tag, index) in taken:
            before = taken[tag, index]
            raise ConfigError(
                f"{port_text(kind, (tag, index), self)} has a producer already: {before.source}, "
                f"connected at {before.place}.",
                location=place,
                rule="two-producers",
            )
        port = self._signature.find(kind, tag, index)
        if port is not None and port.same_as is None:
            refuse_mismatch(source, port.type, port_text(kind, (tag, index), self), place)
        taken[tag, index] = Connection(source, place, back_edge or isinstance(source, Loop))
        return self

    def _made(self, kind: PortKind, port: Any, index: int, place: Location) -> Source[Any]:
        if port is None:
            tag, first = self._only(kind, place)
            index = index or first
        else:
            tag, given = self._key_of(kind, port, index, place)
            index = given or 0
        made = self._outputs[kind]
        if (tag, index) not in made:
            declared = self._signature.find(kind, tag, index)
            type = declared.type if declared and not declared.same_as else AnyType
            cls = Stream if kind is Output else SidePacketHandle
            made[tag, index] = cls(self._graph, self, (tag, index), type, place)
        found: Source[Any] = made[tag, index]
        return found

    def _only(self, kind: PortKind, place: Location) -> PortKey:
        declared = self._signature.of(kind)
        if not declared:
            if self._signature.is_complete:
                raise ConfigError(f"{self} has no {kind.kind}.", location=place)
            used = {tag for tag, _ in self._outputs[kind]}
            return (used.pop() if len(used) == 1 else "", 0)
        needed = [port for port in declared if not port.optional] or declared
        if len(needed) > 1:
            tags = ", ".join(f'"{tag}"' for tag in known_tags(declared))
            method = "output" if kind is Output else "side_output"
            raise ConfigError(
                f"{self} has several {kind.kind}s: {tags}. Say which one with .{method}(...).", location=place
            )
        return needed[0].tag, needed[0].index

    def _key_of(
        self, kind: PortKind, port: Any, index: int | None, place: Location
    ) -> tuple[str, int | None]:
        """The tag and index that an author names. Raises ConfigError if the node has no such port."""
        if isinstance(port, Port):
            if not isinstance(port, kind):
                raise ConfigError(f"{port!r} is no {kind.kind}.", location=place)
            tag, index = port.tag, port.index if not port.repeated else index
        elif isinstance(port, str):
            try:
                parsed = parse_tag_index(port)
            except InvalidArgumentError as error:
                raise ConfigError(error.message, location=place) from error
            tag = parsed.tag
            index = parsed.index if ":" in port else index
        else:
            raise ConfigError(
                f"A port is named by its tag or its declaration, not by {port!r}.", location=place
            )
        self._check_port(kind, tag, index or 0, place)
        return tag, index

    def _check_port(self, kind: PortKind, tag: str, index: int, place: Location) -> None:
        signature = self._signature
        if not signature.is_complete or signature.find(kind, tag, index) is not None:
            return
        shown = f'"{tag}"' if tag else "that is untagged"
        if any(port.tag == tag for port in signature.of(kind)):
            raise ConfigError(
                f"{self} has no {kind.kind} {tag}:{index}.", location=place, rule="unknown-port"
            )
        for other in (Input, Output, SideInput, SideOutput):
            if any(port.tag == tag for port in signature.of(other)):
                text = f"{self} has no {kind.kind} {shown}; it has an {other.kind} of that tag."
                raise ConfigError(text, location=place, rule="unknown-port")
        tags = known_tags(signature.of(kind))
        known = f"It has {', '.join(map(repr, tags)) or 'none'}."
        raise ConfigError(
            f"{self} has no {kind.kind} {shown}.",
            location=place,
            hint=did_you_mean(tag, tags) or known,
            rule="unknown-port",
        )

    def _type_of_output(self, kind: PortKind, tag: str, index: int, asked: tuple[object, ...]) -> TypeLike:
        """The type of an output that is what an input is."""
        port = self._signature.find(kind, tag, index)
        if port is None or port.same_as is None:
            return AnyType
        origin = port.same_as
        taken = self._inputs[SideInput if isinstance(origin, SideInput) else Input]
        connection = taken.get((origin.tag, index if origin.repeated else origin.index))
        return connection.source._known_type(asked) if connection else AnyType


def source_of(given: object, graph: object, place: Location, where: str = "") -> Source[Any]:
    """Return the stream or side packet that an author means: a node stands for its only output."""
    if isinstance(given, Source):
        return given
    if isinstance(given, NodeHandle):
        check_graph(graph, given, place)
        return given._made(Output, None, 0, place)
    constant = f" A fixed value is a side packet: {where}graph.constant({given!r})."
    raise ConfigError(
        f"{where}{given!r} is no stream or side packet. Tags, in capitals, take what graph.input(), "
        "graph.side_input() or a node gave; options are words in lower case."
        f"{constant if isinstance(given, (bool, int, float, str)) else ''}",
        location=place,
    )


def _several(given: object) -> Iterable[Any]:
    if given is None:
        return ()
    return given if isinstance(given, (list, tuple)) else (given,)
