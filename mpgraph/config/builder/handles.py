"""What flows in a graph that is being written: streams, side packets, and what the graph lets out.

Nobody makes these handles but the graph and its nodes; each belongs to one graph.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar, cast, overload

from mpgraph.config.builder.place import author_place
from mpgraph.config.builder.signature import PortKind, type_text
from mpgraph.errors import ConfigError, InvalidArgumentError, Location
from mpgraph.framework import packet_type
from mpgraph.framework.packet_type import AnyType, PayloadType, TypeLike
from mpgraph.framework.ports import Output, SideOutput
from mpgraph.framework.tags import parse_entry

if TYPE_CHECKING:
    from mpgraph.config.builder.node import NodeHandle, NodeInput, NodeSideInput

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

PortKey: TypeAlias = "tuple[str, int]"
"""A port's tag and index."""


class OpenInput:
    """Where something can flow into: a port, a node, a loop or an output of the graph."""

    def _receive(self, source: Source[Any], place: Location) -> Any:
        raise NotImplementedError


class Source(Generic[T_co]):
    """Something that flows, with its producer: the common part of Stream and SidePacketHandle."""

    kind = "stream"
    port_kind: PortKind = Output

    def __init__(
        self,
        graph: Any,
        producer: NodeHandle | None,
        key: PortKey,
        type: TypeLike,
        place: Location,
        name: str = "",
    ) -> None:
        self._graph = graph
        self._producer = producer
        self._key = key
        self._type = type
        self._place = place
        self._name = name

    @property
    def type(self) -> TypeLike:
        """What it carries, as far as it is known: a class, a payload type, several, or AnyType."""
        return self._known_type(())

    def _known_type(self, asked: tuple[object, ...]) -> TypeLike:
        """The type; `asked` are the nodes that ask for it because theirs is the same, in case of a cycle."""
        if self._producer is None or self._type is not AnyType or self._producer in asked:
            return self._type
        return self._producer._type_of_output(self.port_kind, *self._key, (*asked, self._producer))

    def _payload_types(self) -> frozenset[PayloadType] | None:
        """Every payload type that may come; None if that is not known."""
        # The application may put any type of a family into a graph's input, a node emits just one.
        return (packet_type.family if self._producer is None else packet_type.produced)(self.type)

    def _resolved(self) -> Source[Any]:
        return self

    def _rename(self, name: str, place: Location) -> None:
        check_name(name, place)
        if self._name and self._name != name:
            raise ConfigError(
                f'{self} cannot be called "{name}" as well as "{self._name}": a {self.kind} has one name.',
                location=place,
            )
        self._name = name

    def _send(self, target: Any, place: Location) -> Any:
        if isinstance(target, OpenInput):
            return target._receive(self, place)
        raise ConfigError(
            f"{self} can only go into a port, a node or a graph's output, not into {target!r}.",
            location=place,
        )

    def __str__(self) -> str:
        return port_text(self.port_kind, self._key, self._producer, self._name)

    def __repr__(self) -> str:
        return f"<{self.kind} {self}>"


class Stream(Source[T_co]):
    """A stream of packets whose payloads are T: an input of the graph, or an output of a node."""

    def named(self, name: str) -> Stream[T_co]:
        """Give the stream its name in the graph; without one it gets its tag's, or its node's.

        Raises ConfigError if it is no valid name, or the stream has another.
        """
        self._rename(name, author_place())
        return self

    def cast(self, type: type[T]) -> Stream[T]:
        """The same stream, said to carry `type`, where only its author can know that.

        Raises ConfigError if it is known to carry something else.
        """
        refuse_mismatch(self, type, "the cast", author_place())
        if self.type is AnyType:
            self._type = type
        return cast("Stream[T]", self)

    @overload
    def __rshift__(self, target: NodeInput[T_co]) -> NodeHandle: ...
    @overload
    def __rshift__(self, target: NodeHandle) -> NodeHandle: ...
    @overload
    def __rshift__(self, target: GraphOutput) -> GraphOutput: ...
    @overload
    def __rshift__(self, target: Loop[T_co]) -> Loop[T_co]: ...
    def __rshift__(self, target: Any) -> Any:
        """Connect the stream to an input, to the next free input of a node, or to an output of the graph."""
        return self._send(target, author_place())


class SidePacketHandle(Source[T_co]):
    """A side packet whose payload is T: an input of the graph, or an output of a node."""

    kind = "side packet"
    port_kind = SideOutput

    def named(self, name: str) -> SidePacketHandle[T_co]:
        """Give the side packet its name in the graph; as `Stream.named`."""
        self._rename(name, author_place())
        return self

    @overload
    def __rshift__(self, target: NodeSideInput[T_co]) -> NodeHandle: ...
    @overload
    def __rshift__(self, target: GraphSideOutput) -> GraphSideOutput: ...
    def __rshift__(self, target: Any) -> Any:
        """Connect the side packet to a side input of a node or to a side output of the graph."""
        return self._send(target, author_place())


class Loop(Stream[T], OpenInput):
    """A stream that is used before its producer exists; every use of it is a back edge.

    Closed by the stream that it stands for: `mask >> finished`.
    """

    _closed_by: Stream[Any] | None = None
    _closed_at: Location | None = None

    def _known_type(self, asked: tuple[object, ...]) -> TypeLike:
        """What the stream that closes the loop carries, else what was announced."""
        found = self._resolved()
        return self._type if isinstance(found, Loop) else found._known_type(asked)

    def _receive(self, source: Source[Any], place: Location) -> Loop[T]:
        check_graph(self._graph, source, place)
        if self._closed_by is not None:
            raise ConfigError(
                f"This loop was closed at {self._closed_at}, by {self._closed_by}.", location=place
            )
        if not isinstance(source, Stream) or source is self:
            raise ConfigError(f"A loop is closed by a stream, not by {source}.", location=place)
        refuse_mismatch(source, self._type, "the loop", place)
        self._closed_by, self._closed_at = source, place
        if self._name:
            source._rename(self._name, place)
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
        return f"the loop of {self._place}" if isinstance(found, Loop) else str(found)


@dataclass
class Connection:
    """What flows into one port, and where its author connected it."""

    source: Source[Any]
    place: Location
    back_edge: bool = False


class GraphOutput(OpenInput):
    """An output of the graph, by which others read one of its streams."""

    kind: type[Source[Any]] = Stream

    def __init__(self, graph: Any, key: PortKey, name: str, place: Location) -> None:
        self._graph = graph
        self._key = key
        self._name = name
        self._place = place
        self._connection: Connection | None = None

    def _receive(self, source: Source[Any], place: Location) -> GraphOutput:
        check_graph(self._graph, source, place)
        if not isinstance(source, self.kind):
            raise ConfigError(f"{self} takes a {self.kind.kind}, not {source}.", location=place)
        if self._connection is not None:
            raise ConfigError(
                f"{self} is {self._connection.source} already, since {self._connection.place}.",
                location=place,
            )
        if self._name:
            source._resolved()._rename(self._name, place)
        self._connection = Connection(source, place)
        return self

    def __str__(self) -> str:
        tag, index = self._key
        label = f"{tag}:{index}" if index else tag or self._name or "the untagged one"
        return f"output {label} of the graph"


class GraphSideOutput(GraphOutput):
    """An output side packet of the graph."""

    kind = SidePacketHandle


def check_graph(graph: Any, given: Source[Any] | NodeHandle, place: Location) -> None:
    """Raise ConfigError if a handle is another graph's."""
    if given._graph is not graph:
        raise ConfigError(f"{given} belongs to another graph, made at {given._graph._place}.", location=place)


def check_name(name: str, place: Location) -> None:
    """Raise ConfigError if a stream or side packet cannot be called so."""
    try:
        valid = parse_entry(name).name == name
    except InvalidArgumentError:
        valid = False
    if not valid:
        raise ConfigError(
            f'"{name}" is not a name: use lower case letters, digits and "_", and begin with no digit.',
            location=place,
        )


def refuse_mismatch(source: Source[Any], wanted: TypeLike, where: str, place: Location) -> None:
    """Raise ConfigError if what flows cannot be of the type that is wanted."""
    given, taken = source._payload_types(), packet_type.family(wanted)
    if given is not None and taken is not None and not given & taken:
        raise ConfigError(
            f"{source} carries {type_text(source.type)}, but {where} takes {type_text(wanted)}.",
            location=place,
            hint="Connect another one, or convert it with a calculator in between.",
            rule="type-mismatch",
        )


def port_text(kind: PortKind, key: PortKey, node: NodeHandle | None, name: str = "") -> str:
    """A port in words, such as `output stream MASK of node "threshold" (ThresholdCalculator)`."""
    tag, index = key
    label = f"{tag}:{index}" if index else tag
    if node is not None:
        return f"{kind.kind} {label} of {node}" if label else f"{kind.kind} of {node}"
    what = "side packet" if kind is SideOutput else "graph input"
    return f"{what} {name or label or 'without a name'}"
