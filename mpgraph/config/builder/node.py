"""Handles of the nodes of a graph under construction, and of their input ports.

    frames >> blur.input("IMAGE")          # a stream into a port
    frames >> blur >> graph.output("out")  # through a node's only output
    blur.output(Blur.image)                # Stream[ImageFrame], as Blur declares it

Connections are checked at once, as far as the ports of a node are known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar, cast, overload

from mpgraph.config.builder.handles import (
    Connection,
    Loop,
    OpenInput,
    SidePacketHandle,
    Source,
    Stream,
    check_graph,
    port_text,
    refuse_mismatch,
)
from mpgraph.config.builder.signature import NodeSignature, PortKey, known_tags
from mpgraph.config.port_lists import PortKind
from mpgraph.errors import ConfigError, Location
from mpgraph.framework.packet_type import AnyType, TypeLike
from mpgraph.framework.ports import Input, Output, SideInput, SideOutput
from mpgraph.framework.user_code import caller_location

T = TypeVar("T")
R = TypeVar("R")

_BEFORE_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

Connectable: TypeAlias = "Stream[Any] | SidePacketHandle[Any] | NodeHandle"


@dataclass
class _InputHandle:
    """One input port of a node; `_index` is None for the next free port of a repeated one."""

    _node: NodeHandle
    _kind: PortKind
    _tag: str
    _index: int | None
    _back_edge: bool = False

    def _receive(self, source: Source[Any], location: Location) -> NodeHandle:
        return self._node._connect(
            self._kind, self._tag, self._index, source, location, back_edge=self._back_edge
        )


class NodeInput(_InputHandle, OpenInput[Stream[T], "NodeHandle"]):
    """An input stream's port of a node; accepts a `Stream` of T."""


class NodeSideInput(_InputHandle, OpenInput[SidePacketHandle[T], "NodeHandle"]):
    """An input side packet's port of a node; accepts a `SidePacketHandle` of T."""


@dataclass(eq=False)
class NodeHandle(OpenInput[Source[Any], "NodeHandle"]):
    """A node of a graph under construction. Used as a stream it is its only output."""

    _graph: Any
    _signature: NodeSignature
    _location: Location
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
        index: among the ports of the tag; by default the next free index of a repeated port, else 0.
        back_edge: whether the stream comes from a node that depends on this one.
        """
        tag, index = self._signature.port_key(Input, port, index, caller_location(), str(self))
        return NodeInput(self, Input, tag, index, back_edge)

    @overload
    def side_input(self, port: SideInput[T], index: int | None = None) -> NodeSideInput[T]: ...
    @overload
    def side_input(self, port: str = "", index: int | None = None) -> NodeSideInput[Any]: ...
    def side_input(self, port: Any = "", index: int | None = None) -> NodeSideInput[Any]:
        """Return the port of an input side packet, to connect one to; arguments as of `input`."""
        tag, index = self._signature.port_key(SideInput, port, index, caller_location(), str(self))
        return NodeSideInput(self, SideInput, tag, index)

    @overload
    def output(self, port: Output[T], index: int = 0) -> Stream[T]: ...
    @overload
    def output(self, port: str | None = None, index: int = 0) -> Stream[Any]: ...
    def output(self, port: Any = None, index: int = 0) -> Stream[Any]:
        """Return the stream of an output.

        port: its tag, "" for an untagged one, or the declaration in the calculator's class; by default the
            node's only output.
        Raises ConfigError if the node has no such output, or has several and `port` is left out.
        """
        return cast("Stream[Any]", self._output_handle(Output, port, index, caller_location()))

    @overload
    def side_output(self, port: SideOutput[T], index: int = 0) -> SidePacketHandle[T]: ...
    @overload
    def side_output(self, port: str | None = None, index: int = 0) -> SidePacketHandle[Any]: ...
    def side_output(self, port: Any = None, index: int = 0) -> SidePacketHandle[Any]:
        """Return the side packet of an output; arguments and errors as of `output`."""
        return cast("SidePacketHandle[Any]", self._output_handle(SideOutput, port, index, caller_location()))

    def connect(
        self, *streams: Stream[Any] | NodeHandle, **tags: Connectable | Sequence[Connectable] | None
    ) -> NodeHandle:
        """Connect streams and side packets; return the node.

        streams: for the inputs in the order of their declaration; if none are declared, for the untagged
            inputs.
        tags: `IMAGE=frames` connects the port of that tag, `IN=[a, b]` IN:0 and IN:1; None is ignored.
        """
        location = caller_location()
        for stream in streams:
            self._receive(source_of(stream, self._graph, location), location)
        for tag, given in tags.items():
            for index, each in enumerate(given if isinstance(given, (list, tuple)) else [given]):
                if given is None:
                    continue
                source = source_of(each, self._graph, location, f"{tag}=")
                kind = SideInput if isinstance(source, SidePacketHandle) else Input
                self._signature.port_key(kind, tag, index, location, str(self))
                self._connect(kind, tag, index or None, source, location)
        return self

    def __rshift__(self, target: OpenInput[Stream[Any], R]) -> R:
        """Connect the node's only output; as `Stream.__rshift__`."""
        location = caller_location()
        return cast("R", source_of(self, self._graph, location)._send(target, location))

    def __str__(self) -> str:
        name = self._message.name
        return f'node "{name}" ({self._signature.name})' if name else f"node {self._signature.name}"

    __repr__ = __str__

    # For the handles and the graph

    def _receive(self, source: Source[Any], location: Location) -> NodeHandle:
        """Connect a source to the next free input."""
        kind = SideInput if isinstance(source, SidePacketHandle) else Input
        taken = self._inputs[kind]
        declared = self._signature.of(kind)
        if not declared and not self._signature.is_complete:
            index = next(index for index in range(len(taken) + 1) if ("", index) not in taken)
            return self._connect(kind, "", index, source, location)
        for port in declared:
            if port.repeated:
                return self._connect(kind, port.tag, None, source, location)
            if (port.tag, port.index) not in taken:
                return self._connect(kind, port.tag, port.index, source, location)
        why = f"every {kind.kind} of {self} is connected" if taken else f"{self} has no {kind.kind}"
        raise ConfigError(f"{source} cannot be connected: {why}.", location=location)

    def _connect(
        self,
        kind: PortKind,
        tag: str,
        index: int | None,
        source: Source[Any],
        location: Location,
        *,
        back_edge: bool = False,
    ) -> NodeHandle:
        check_graph(self._graph, source, location)
        expected = SidePacketHandle if kind is SideInput else Stream
        if not isinstance(source, expected):
            text = f"{tag or kind.kind} of {self} takes a {expected.kind}; {source} is a {source.kind}."
            raise ConfigError(text, location=location)
        taken = self._inputs[kind]
        if index is None:
            port = self._signature.find(kind, tag, 0)
            repeated = port is not None and port.repeated
            index = next(i for i in range(len(taken) + 1) if (tag, i) not in taken) if repeated else 0
        if (tag, index) in taken:
            before = taken[tag, index]
            raise ConfigError(
                f"{port_text(kind, (tag, index), self)} has a producer already: {before.source}, "
                f"connected at {before.location}.",
                location=location,
                rule="two-producers",
            )
        port = self._signature.find(kind, tag, index)
        if port is not None and port.same_as is None:
            refuse_mismatch(source, port.type, port_text(kind, (tag, index), self), location)
        taken[tag, index] = Connection(source, location, back_edge or isinstance(source, Loop))
        return self

    def _output_handle(self, kind: PortKind, port: Any, index: int, location: Location) -> Source[Any]:
        if port is None:
            tag, first = self._only_output(kind, location)
            index = index or first
        else:
            tag, given = self._signature.port_key(kind, port, index, location, str(self))
            index = given or 0
        outputs = self._outputs[kind]
        if (tag, index) not in outputs:
            declared = self._signature.find(kind, tag, index)
            type = declared.type if declared and not declared.same_as else AnyType
            cls = Stream if kind is Output else SidePacketHandle
            outputs[tag, index] = cls(self._graph, self, (tag, index), type, location)
        handle: Source[Any] = outputs[tag, index]
        return handle

    def _only_output(self, kind: PortKind, location: Location) -> PortKey:
        declared = self._signature.of(kind)
        if not declared:
            if self._signature.is_complete:
                raise ConfigError(f"{self} has no {kind.kind}.", location=location)
            used = {tag for tag, _ in self._outputs[kind]}
            return (used.pop() if len(used) == 1 else "", 0)
        needed = [port for port in declared if not port.optional] or declared
        if len(needed) > 1:
            tags = ", ".join(f'"{tag}"' for tag in known_tags(declared))
            method = "output" if kind is Output else "side_output"
            raise ConfigError(
                f"{self} has several {kind.kind}s: {tags}. Choose one with .{method}(...).", location=location
            )
        return needed[0].tag, needed[0].index

    def _name_prefix(self) -> str:
        """The prefix of the names of its streams: its name, or its calculator's without "Calculator"."""
        label = self._message.name or self._signature.name.rpartition(".")[2]
        return _snake_case(label.removesuffix("Calculator") or label)

    def _type_of_output(self, kind: PortKind, tag: str, index: int, pending: tuple[object, ...]) -> TypeLike:
        """The type of an output that has the type of an input."""
        port = self._signature.find(kind, tag, index)
        if port is None or port.same_as is None:
            return AnyType
        origin = port.same_as
        taken = self._inputs[SideInput if isinstance(origin, SideInput) else Input]
        connection = taken.get((origin.tag, index if origin.repeated else origin.index))
        return connection.source._known_type(pending) if connection else AnyType


def _snake_case(name: str) -> str:
    """The name of a node or calculator in snake case, as a valid beginning of stream names."""
    snake = re.sub(r"\W", "_", _BEFORE_CAPITAL.sub("_", name)).lower().strip("_")
    return snake if snake and not snake[0].isdigit() else f"node_{snake}".rstrip("_")


def source_of(given: object, graph: object, location: Location, where: str = "") -> Source[Any]:
    """Return the stream or side packet that an author passed; for a node, its only output."""
    if isinstance(given, Source):
        return given
    if isinstance(given, NodeHandle):
        check_graph(graph, given, location)
        return given._output_handle(Output, None, 0, location)
    constant = f" A fixed value is a side packet: {where}graph.constant({given!r})."
    raise ConfigError(
        f"{where}{given!r} is not a stream or side packet. Tags, in capitals, take what graph.input(), "
        "graph.side_input() or a node returned; options are keywords in lower case."
        f"{constant if isinstance(given, (bool, int, float, str)) else ''}",
        location=location,
    )
