"""CalculatorContext: a calculator's access to its inputs, outputs and options during a call.

It offers two views of the same state: by port, `cc[self.image]` and `cc.emit(self.mask, value)`, and, for
calculators whose ports are not known in advance, by position in collection order, `cc.packets[i]` and
`cc.outputs[i]`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, overload

from mpgraph.errors import FailedPreconditionError, InvalidArgumentError, a_type, with_article
from mpgraph.framework import packet as packets
from mpgraph.framework import timestamp as ts
from mpgraph.framework.clock import CLOCK_SERVICE, SYSTEM_CLOCK, Clock
from mpgraph.framework.compact_payload import CompactPayload
from mpgraph.framework.not_picklable import NotPicklable
from mpgraph.framework.output_shard import OutputStreamShard, SideOutputSlot
from mpgraph.framework.packet import Packet
from mpgraph.framework.ports import Input, Output, Port, SideInput, SideOutput
from mpgraph.framework.tags import TagMap
from mpgraph.framework.timestamp import Timestamp, as_int

if TYPE_CHECKING:
    from mpgraph.framework.options import M, ProtoOptions

T = TypeVar("T")
D = TypeVar("D")


@dataclass(eq=False, repr=False, kw_only=True)
class CalculatorContext(NotPicklable):
    """The context of an invocation. A node has one, or one for each call that may run at once.

    options: the node's options, as `Options` of the calculator declares them; `options_as` is typed.
    node_name, calculator_type: of the node, for messages.
    ports: those that the calculator declares.

    For calculators whose ports are not known in advance, in collection order:

    packets: the input packets; the time of an empty packet is the settled time.
    outputs: what the output streams carry so far, with `emit` and `add_packet`.
    done: whether each input stream has ended.
    headers: of the input streams, empty packets for streams without one.
    side_packets, side_outputs: the input side packets, and the slots of the output side packets.
    input_tags, output_tags, side_input_tags, side_output_tags: from tag and index to these positions.
    t: the input timestamp as a plain int, in microseconds.
    services: the graph services by key; see `service`.

    The runtime keeps what it needs between calls in `stopped`, `error` and `on_drop`.
    """

    pickle_instead = "Pass values, such as `cc[port]` and `cc.input_timestamp`."

    node_name: str
    calculator_type: str
    options: Any
    ports: Sequence[Port[Any]]
    input_tags: TagMap
    output_tags: TagMap
    side_input_tags: TagMap
    side_output_tags: TagMap
    outputs: list[OutputStreamShard]
    side_packets: list[Packet]
    side_outputs: list[SideOutputSlot]
    services: Mapping[str, Any]
    t: int = field(default=ts.UNSET, init=False)
    """The input timestamp as a plain int."""
    packets: list[Packet] = field(init=False)
    """The current input packets in collection order; the time of an empty packet is the settled time."""
    done: list[bool] = field(init=False)
    """Whether each input stream has ended."""
    headers: list[Packet] = field(init=False)
    """The headers of the input streams, empty packets for streams without a header."""
    stopped: bool = field(default=False, init=False)
    """Whether `process` returned STOP; for the runtime only."""
    error: BaseException | None = field(default=None, init=False)
    """What the calculator raised; for the runtime only."""
    on_drop: Callable[[str, int, str], object] | None = field(default=None, init=False)
    """While the graph is traced: called with the stream, time and reason of each dropped packet."""

    def __post_init__(self) -> None:
        count = len(self.input_tags)
        self.packets = [packets.empty(ts.UNSTARTED) for _ in range(count)]
        self.done = [False] * count
        self.headers = [packets.empty() for _ in range(count)]
        # Resolved here once, since `cc[port]` and `cc.emit` run for every packet: for each connected port,
        # the list and first position to read from, or the targets to write to.
        self._sources: dict[Port[Any], tuple[list[Packet], int]] = {}
        self._targets: dict[Port[Any], Sequence[OutputStreamShard | SideOutputSlot]] = {}
        connected: dict[str, tuple[TagMap, list[Any]]] = {
            Input.kind: (self.input_tags, self.packets),
            Output.kind: (self.output_tags, self.outputs),
            SideInput.kind: (self.side_input_tags, self.side_packets),
            SideOutput.kind: (self.side_output_tags, self.side_outputs),
        }
        for port in self.ports:
            tags, ends = connected[port.kind]
            first = tags.id(port.tag, port.index)
            if first is None:
                continue
            if isinstance(port, (Input, SideInput)):
                self._sources[port] = (ends, first)
            else:
                self._targets[port] = ends[first : first + (tags.count(port.tag) if port.repeated else 1)]

    @property
    def timestamp(self) -> Timestamp:
        """The input timestamp: UNSTARTED in open, DONE in close, 0 in a source's process."""
        return Timestamp._wrap(self.t)

    @overload
    def options_as(self, declared: ProtoOptions[M]) -> M: ...
    @overload
    def options_as(self, declared: type[T]) -> T: ...

    def options_as(self, declared: ProtoOptions[Any] | type[Any]) -> Any:
        """The options with their type: `options = cc.options_as(self.Options)`.

        Raises:
            InvalidArgumentError: `declared` is not what the calculator declares as its Options.
        """
        cls = declared if isinstance(declared, type) else declared.message_class()
        if not isinstance(self.options, cls):
            raise InvalidArgumentError(
                f'The options of node "{self.node_name}" are {a_type(self.options)}, not '
                f"{with_article(cls.__name__)}.",
                hint="Write cc.options_as(self.Options).",
            )
        return self.options

    # Reading

    def __getitem__(self, port: Input[T] | SideInput[T]) -> T:
        """The payload at `port` now; of a repeated port, that of its first index (`values` returns all).

        Raises:
            InvalidArgumentError: there is no packet at this time; use `get` or `has` for that case.
        """
        found = self._sources.get(port)
        if found is not None:
            packet = found[0][found[1]]
            if packet._type is not None:
                payload = packet._payload
                if isinstance(payload, CompactPayload):
                    payload = payload.expanded()
                return payload  # type: ignore[no-any-return]
        self._check(port, (Input, SideInput), "cc[self.image]")
        raise InvalidArgumentError(
            f'The {port.kind} "{port.name}" of node "{self.node_name}" is '
            + ("empty at " + ts.name(self.t) if found else "not connected")
            + ".",
            hint=f"Use cc.get(self.{port.name}) where it may be missing.",
            rule="empty-port",
        )

    @overload
    def get(self, port: Input[T] | SideInput[T]) -> T | None: ...
    @overload
    def get(self, port: Input[T] | SideInput[T], default: T) -> T: ...
    @overload
    def get(self, port: Input[T] | SideInput[T], default: D) -> T | D: ...

    def get(self, port: Any, default: Any = None) -> Any:
        """The payload at `port` now, or `default` if it is empty or not connected."""
        found = self._sources.get(port)
        if found is None:
            self._check(port, (Input, SideInput), "cc.get(self.image)")
            return default
        packet = found[0][found[1]]
        return default if packet._type is None else packet.payload

    def values(self, port: Input[T] | SideInput[T]) -> list[T | None]:
        """The payload at each index of a repeated port now, None where it is empty."""
        return [packet.payload for packet in self.all(port)]

    def packet(self, port: Input[Any] | SideInput[Any], index: int = 0) -> Packet:
        """The packet at `port` now, with its timestamp; an empty packet if it is not connected."""
        found = self._sources.get(port)
        return found[0][found[1] + index] if found is not None else packets.empty()

    def all(self, port: Input[Any] | SideInput[Any]) -> list[Packet]:
        """The packets at all indexes of a repeated port now."""
        found = self._sources.get(port)
        if found is None:
            self._check(port, (Input, SideInput), "cc.all(self.images)")
            return []
        tags = self.input_tags if isinstance(port, Input) else self.side_input_tags
        return found[0][found[1] : found[1] + tags.count(port.tag)]

    def _check(self, port: Any, expected: tuple[type[Port[Any]], ...], example: str) -> None:
        """Refuse anything but a port of this calculator, before treating it as not connected.

        Raises:
            InvalidArgumentError: not a port, or a port of the other direction, or no class attribute.
        """
        if isinstance(port, expected) and port in self.ports:
            return
        if not isinstance(port, Port):
            text, hint = f"{port!r} is not a port of a calculator.", f"Name the attribute: {example}."
        elif not isinstance(port, expected):
            reads = Input in expected
            text = f'"{port.name}" is an {port.kind}, which cannot be {"read" if reads else "written"}.'
            hint = "Write to it with cc.emit()." if reads else "Read it with cc[...] or cc.get()."
        elif port.owner:
            text = f'"{port.name}" is an {port.kind} of {port.owner}, not of {self.calculator_type}.'
            hint = "Declare a port in this class too."
        else:
            text = f'The {port.kind} "{port.tag}" created at {port.defined_at} is not a class attribute.'
            hint = "Declare it in the body of the calculator's class."
        raise InvalidArgumentError(f'Node "{self.node_name}": {text}', hint=hint, rule="port")

    def _check_index(self, port: Port[Any], targets: Sequence[object], index: int) -> None:
        if not 0 <= index < len(targets):
            raise InvalidArgumentError(
                f'Node "{self.node_name}": the {port.kind} "{port.name}" has no index {index} here.',
                hint=f"The graph connects {len(targets)} of them; count from 0.",
                rule="port",
            )

    def has(self, port: Input[Any] | SideInput[Any]) -> bool:
        """Whether a packet with a payload is at `port` now."""
        return self.packet(port)._type is not None

    def connected(self, port: Port[Any]) -> bool:
        """Whether the graph connects `port`."""
        return port in self._sources or port in self._targets

    def is_done(self, port: Input[Any], index: int = 0) -> bool:
        """Whether the stream at `port` has ended."""
        position = self.input_tags.id(port.tag, port.index + index)
        return position is None or self.done[position]

    def header(self, port: Input[Any]) -> Packet:
        """The header of the stream at `port`, an empty packet without a header."""
        position = self.input_tags.id(port.tag, port.index)
        return packets.empty() if position is None else self.headers[position]

    # Writing

    def emit(
        self,
        port: Output[T] | SideOutput[T],
        value: T,
        timestamp: int | Timestamp | None = None,
        *,
        index: int = 0,
    ) -> None:
        """Send `value` to `port`, by default at the input's timestamp; ignored if it is not connected.

        index: of a repeated port.

        Raises:
            InvalidArgumentError: the value, the time or the index is not allowed.
        """
        targets = self._targets.get(port)
        if targets is not None:
            if index:
                self._check_index(port, targets, index)
            targets[index].emit(value, self.t if timestamp is None else as_int(timestamp))
        else:
            self._check(port, (Output, SideOutput), "cc.emit(self.mask, value)")

    def forward(self, port: Output[Any] | SideOutput[Any], packet: Packet, *, index: int = 0) -> None:
        """Send a packet with its own timestamp; ignored if `port` is not connected. Raises as `emit` does."""
        targets = self._targets.get(port)
        if targets is not None:
            if index:
                self._check_index(port, targets, index)
            targets[index].add_packet(packet)
        else:
            self._check(port, (Output, SideOutput), "cc.forward(self.out, packet)")

    def output(self, port: Output[Any], index: int = 0) -> OutputStreamShard | None:
        """The shard that `port` writes to, None if it is not connected."""
        targets = self._targets.get(port)
        found = targets[index] if targets is not None else None
        return found if isinstance(found, OutputStreamShard) else None

    def set_next_timestamp_bound(self, port: Output[Any], timestamp: int | Timestamp) -> None:
        """Promise that `port` sends nothing before `timestamp` any more."""
        shard = self.output(port)
        if shard is not None:
            shard.set_next_timestamp_bound(as_int(timestamp))

    def close_output(self, port: Output[Any]) -> None:
        """Close the stream at `port`: nothing can follow, which settles all its times for the readers."""
        shard = self.output(port)
        if shard is not None:
            shard.close()

    def set_header(self, port: Output[Any], value: Any) -> None:
        """Set the header of the stream at `port`; only in open."""
        shard = self.output(port)
        if shard is not None:
            shard.set_header(packets.make_packet(value))

    def set_offset(self, offset: int) -> None:
        """Promise that an input at t settles every output up to t + offset; only in open."""
        if self.t != ts.UNSTARTED:
            raise FailedPreconditionError(
                f'SetOffset of node "{self.node_name}" must be called from Calculator::Open().'
            )
        for shard in self.outputs:
            shard.offset = offset

    @property
    def clock(self) -> Clock:
        """The system's clock, or the clock set by `graph.set_clock`, as in tests."""
        found: Clock = self.services.get(CLOCK_SERVICE, SYSTEM_CLOCK)
        return found

    def service(self, key: str) -> Any:
        """The graph service with this key, None if it is not set."""
        return self.services.get(key)
