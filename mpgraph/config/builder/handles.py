"""Handles of the streams and side packets of a graph under construction, and of the graph's outputs.

Only GraphBuilder and its nodes create handles; each belongs to one graph.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, cast

from mpgraph.config.builder.signature import PortKey, type_text
from mpgraph.config.port_lists import PortKind
from mpgraph.errors import ConfigError, InvalidArgumentError, Location
from mpgraph.framework import packet_type
from mpgraph.framework.packet_type import AnyType, PayloadType, TypeLike
from mpgraph.framework.ports import Output, SideOutput
from mpgraph.framework.tags import parse_entry
from mpgraph.framework.user_code import caller_location

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Source_contra = TypeVar("Source_contra", contravariant=True)
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class OpenInput(Generic[Source_contra, R_co]):
    """Anything that a `Source_contra` can be sent into with `>>`, which then returns an `R_co`."""

    def _receive(self, source: Source[Any], location: Location) -> R_co:
        raise NotImplementedError


class Producer(Protocol):
    """The node of a stream, as far as its streams know it."""

    _graph: Any

    def _type_of_output(
        self, kind: PortKind, tag: str, index: int, pending: tuple[object, ...]
    ) -> TypeLike: ...

    def _name_prefix(self) -> str: ...


class Source(Generic[T_co]):
    """The common base of Stream and SidePacketHandle: what one producer emits."""

    kind = "stream"
    port_kind: PortKind = Output

    def __init__(
        self,
        graph: Any,
        producer: Producer | None,
        key: PortKey,
        type: TypeLike,
        location: Location,
        name: str = "",
    ) -> None:
        self._graph = graph
        self._producer = producer
        self._key = key
        self._type = type
        self._location = location
        self._name = name

    @property
    def type(self) -> TypeLike:
        """The type of its payloads, as far as it is known: a class, a payload type, several, or AnyType."""
        return self._known_type(())

    def _known_type(self, pending: tuple[object, ...]) -> TypeLike:
        """The type; pending: the nodes whose types depend on it, to stop at a cycle."""
        if self._producer is None or self._type is not AnyType or self._producer in pending:
            return self._type
        return self._producer._type_of_output(self.port_kind, *self._key, (*pending, self._producer))

    def _payload_types(self) -> frozenset[PayloadType] | None:
        """Every possible payload type; None if that is not known."""
        # The application may send any type of a family into a graph's input, a node emits just one.
        return (packet_type.family if self._producer is None else packet_type.produced)(self.type)

    def _resolved(self) -> Source[Any]:
        """The source itself, for a loop the stream that closes it."""
        return self

    def _rename(self, name: str, location: Location) -> None:
        check_name(name, location)
        if self._name and self._name != name:
            text = f'{self} cannot be called "{name}" as well as "{self._name}": a {self.kind} has one name.'
            raise ConfigError(text, location=location)
        self._name = name

    def _send(self, target: Any, location: Location) -> Any:
        if isinstance(target, OpenInput):
            return target._receive(self, location)
        text = f"{self} can only be sent into a port, a node or a graph's output, not into {target!r}."
        raise ConfigError(text, location=location)

    def __str__(self) -> str:
        return port_text(self.port_kind, self._key, self._producer, self._name)

    def __repr__(self) -> str:
        return f"<{self.kind} {self}>"


class Stream(Source[T_co]):
    """A stream of packets whose payloads are T: an input of the graph, or an output of a node."""

    def named(self, name: str) -> Stream[T_co]:
        """Set the stream's name in the graph; by default it is that of its tag or node.

        Raises ConfigError if the name is not valid, or the stream has another.
        """
        self._rename(name, caller_location())
        return self

    def cast(self, type: type[T]) -> Stream[T]:
        """Return the same stream with payloads of `type`, for types that only its author can know.

        Raises ConfigError if it is known to carry another type.
        """
        refuse_mismatch(self, type, "the cast", caller_location())
        if self.type is AnyType:
            self._type = type
        return cast("Stream[T]", self)

    def __rshift__(self, target: OpenInput[Stream[T_co], R]) -> R:
        """Connect the stream to an input, to the next free input of a node, or to an output of the graph."""
        return cast("R", self._send(target, caller_location()))


class SidePacketHandle(Source[T_co]):
    """A side packet whose payload is T: an input of the graph, or an output of a node."""

    kind = "side packet"
    port_kind = SideOutput

    def named(self, name: str) -> SidePacketHandle[T_co]:
        """Set the side packet's name in the graph; as `Stream.named`."""
        self._rename(name, caller_location())
        return self

    def __rshift__(self, target: OpenInput[SidePacketHandle[T_co], R]) -> R:
        """Connect the side packet to a side input of a node or to a side output of the graph."""
        return cast("R", self._send(target, caller_location()))


class Loop(Stream[T], OpenInput[Stream[T], "Loop[T]"]):
    """A stream that is used before its producer exists; every use of it is a back edge.

    It is closed by sending the producer's stream into it: `mask >> finished`.
    """

    _closed_by: Stream[Any] | None = None
    _closed_at: Location | None = None

    def _known_type(self, pending: tuple[object, ...]) -> TypeLike:
        found = self._resolved()
        return self._type if isinstance(found, Loop) else found._known_type(pending)

    def _receive(self, source: Source[Any], location: Location) -> Loop[T]:
        check_graph(self._graph, source, location)
        if self._closed_by is not None:
            raise ConfigError(
                f"This loop was closed at {self._closed_at}, by {self._closed_by}.", location=location
            )
        if not isinstance(source, Stream) or source is self:
            raise ConfigError(f"A loop is closed by a stream, not by {source}.", location=location)
        refuse_mismatch(source, self._type, "the loop", location)
        self._closed_by, self._closed_at = source, location
        if self._name:
            source._rename(self._name, location)
        return self

    def _resolved(self) -> Source[Any]:
        seen: set[int] = set()
        found: Any = self
        while isinstance(found, Loop) and found._closed_by is not None and id(found) not in seen:
            seen.add(id(found))
            found = found._closed_by
        return cast("Source[Any]", found)

    def __str__(self) -> str:
        found = self._resolved()
        return f"the loop of {self._location}" if isinstance(found, Loop) else str(found)


@dataclass
class Connection:
    """The source that is connected to a port, and the location of the author's call."""

    source: Source[Any]
    location: Location
    back_edge: bool = False


class OutputHandle:
    """The common base of GraphOutput and GraphSideOutput."""

    kind: type[Source[Any]]

    def __init__(self, graph: Any, key: PortKey, name: str, location: Location) -> None:
        self._graph = graph
        self._key = key
        self._name = name
        self._location = location
        self._connection: Connection | None = None

    def _receive(self, source: Source[Any], location: Location) -> Any:
        check_graph(self._graph, source, location)
        if not isinstance(source, self.kind):
            raise ConfigError(f"{self} takes a {self.kind.kind}, not {source}.", location=location)
        if self._connection is not None:
            text = f"{self} is {self._connection.source} already, since {self._connection.location}."
            raise ConfigError(text, location=location)
        if self._name:
            source._resolved()._rename(self._name, location)
        self._connection = Connection(source, location)
        return self

    def __str__(self) -> str:
        tag, index = self._key
        label = f"{tag}:{index}" if index else tag or self._name
        return f"output {label} of the graph" if label else "the untagged output of the graph"


class GraphOutput(OutputHandle, OpenInput[Stream[Any], "GraphOutput"]):
    """An output stream of the graph."""

    kind = Stream


class GraphSideOutput(OutputHandle, OpenInput[SidePacketHandle[Any], "GraphSideOutput"]):
    """An output side packet of the graph."""

    kind = SidePacketHandle


def check_graph(graph: Any, given: Source[Any] | Producer, location: Location) -> None:
    """Raise ConfigError if a handle belongs to another graph."""
    if given._graph is not graph:
        raise ConfigError(
            f"{given} belongs to another graph, created at {given._graph._location}.", location=location
        )


def check_name(name: str, location: Location) -> None:
    """Raise ConfigError if a name is not valid for a stream or side packet."""
    try:
        valid = parse_entry(name).name == name
    except InvalidArgumentError:
        valid = False
    if not valid:
        raise ConfigError(
            f'"{name}" is not a valid name: use lower case letters, digits and "_", and do not begin with a '
            "digit.",
            location=location,
        )


def refuse_mismatch(source: Source[Any], accepted: TypeLike, port: str, location: Location) -> None:
    """Raise ConfigError if a source cannot carry a type that a port accepts."""
    given, taken = source._payload_types(), packet_type.family(accepted)
    if given is not None and taken is not None and not given & taken:
        raise ConfigError(
            f"{source} carries {type_text(source.type)}, but {port} takes {type_text(accepted)}.",
            location=location,
            hint="Connect another one, or convert it with a calculator in between.",
            rule="type-mismatch",
        )


def port_text(kind: PortKind, key: PortKey, node: Producer | None, name: str = "") -> str:
    """A port in words, such as `output stream MASK of node "threshold" (ThresholdCalculator)`."""
    tag, index = key
    label = f"{tag}:{index}" if index else tag
    if node is not None:
        return f"{kind.kind} {label} of {node}" if label else f"{kind.kind} of {node}"
    what = "side packet" if kind is SideOutput else "graph input"
    return f"{what} {name or label or 'without a name'}"
