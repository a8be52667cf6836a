"""Streams at run time: an output stream manager per producer port, an input stream manager per consumer port.

All of this runs under the scheduler's ownership (see scheduler.py), so nothing here locks. The
rules are those of MediaPipe's output_stream_manager.cc and input_stream_manager.cc.

Invariants. The bound of a stream is the least timestamp that a further packet may have; it never decreases,
and a packet at t moves it to t + 1. A consumer receives packets before the bound that follows them, so when
it learns a bound it holds every packet below that.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

from mpgraph.config.model import Types, ValidatedNode
from mpgraph.errors import InvalidArgumentError, Location, MpgraphError, UnknownError
from mpgraph.framework import packet_type
from mpgraph.framework import timestamp as ts
from mpgraph.framework.output_shard import OutputStreamShard
from mpgraph.framework.packet import Packet, empty
from mpgraph.framework.timestamp import MAX, MIN, UNSET, next_allowed, shifted

if TYPE_CHECKING:
    from mypy_extensions import i64  # An int that mypyc compiles to the processor's.


class Subscriber(Protocol):
    """A consumer of an output stream: the input queue of a node, an observer or a poller."""

    def receive(self, packets: Sequence[Packet], bound: int) -> None:
        """Take new packets, then the bound (UNSET if the last packet implies it)."""

    def receive_header(self, header: Packet) -> None:
        """Take the stream's header, once, after its producer opened."""


class Consumer(Protocol):
    """The reader of an input queue: a node, an observer or a poller."""

    observes_arrivals: bool
    """Whether `packets_arrived` is to be called."""

    def input_changed(self) -> None:
        """The queue was empty and got a packet or a bound."""

    def packets_arrived(self) -> None:
        """Packets were added, whether the queue was empty or not."""

    def header_arrived(self, port: int) -> None:
        """The stream's header is known."""

    def fail_input(self, error: MpgraphError) -> None:
        """A packet or bound was refused."""


QueueFullListener: TypeAlias = "Callable[[bool, InputStreamManager], None]"
"""Called with True when a queue becomes full, and with False when it ceases to be."""


class OutputStreamManager:
    """The producer's side of a stream: sends what one invocation added to all subscribers.

    Instrumentation replaces the list of `subscribers` rather than changing it: it may be iterated over.
    """

    __slots__ = ("bound", "closed", "header", "name", "subscribers")

    def __init__(self, name: str) -> None:
        self.name = name
        self.subscribers: list[Subscriber] = []
        self.bound: i64 = ts.PRESTREAM
        self.closed = False
        self.header: Packet | None = None

    def send_header(self, header: Packet) -> None:
        """Give every consumer the header, empty or not; they wait for it before they open."""
        self.header = header
        for subscriber in self.subscribers:
            subscriber.receive_header(header)

    def propagate(self, shard: OutputStreamShard, t: int) -> None:
        """Send what `shard` holds after an invocation at input time `t`, and empty it."""
        packets = shard.packets
        bound = shard.bound
        if (
            len(packets) == 1
            and bound == UNSET
            and packets[0]._t == t
            and MIN <= t < MAX
            and not shard.offset
        ):
            # Fast path for the commonest case: one packet at the input's time, which implies the bound.
            # (An offset of 0 promises the same bound; closing would have set `shard.bound`.) The list is
            # handed over, not copied: the shard begins a new one.
            shard.packets = []
            self.bound = shard.stream_bound = t + 1
            for subscriber in self.subscribers:
                subscriber.receive(packets, UNSET)
            return
        implied = UNSET
        if packets:
            shard.packets = []
            last = packets[-1]._t
            implied = last + 1 if MIN <= last < MAX else next_allowed(last)
            if implied > bound:
                bound = implied
        # An offset promises something about input times: `open`, `close` and sources (UNSTARTED) have none.
        if shard.offset is not None and t != ts.UNSTARTED and not shard.closed:
            promised = shifted(t + 1, shard.offset) if MIN <= t < MAX else offset_bound(t, shard.offset)
            if promised > bound and promised > self.bound:
                bound = promised
        if shard.bound != UNSET:
            shard.bound = UNSET
        if shard.closed:
            if self.closed:
                return
            self.closed = True
            bound = ts.DONE
        if bound == UNSET:
            return
        self.bound = shard.stream_bound = bound
        if bound == implied:  # Receivers derive it from the last packet.
            bound = UNSET
        for subscriber in self.subscribers:
            subscriber.receive(packets, bound)

    def advance(self, bound: int, shard: OutputStreamShard) -> None:
        """Move the bound without any packet, if it increases."""
        if bound > self.bound and not self.closed:
            self.bound = shard.stream_bound = bound
            for subscriber in self.subscribers:
                subscriber.receive((), bound)

    def close(self) -> None:
        """End the stream: consumers reach Done after the packets that they still hold."""
        if not self.closed:
            self.closed = True
            self.bound = ts.DONE
            for subscriber in self.subscribers:
                subscriber.receive((), ts.DONE)


def offset_bound(t: int, offset: int) -> int:
    """The bound that a timestamp offset promises after an input at `t`."""
    if t == ts.PRESTREAM:
        return MIN
    if t == MAX:
        return ts.POSTSTREAM if offset >= 0 else next_allowed(MAX + offset)
    if t >= ts.POSTSTREAM:
        return ts.ONE_OVER_POSTSTREAM
    return ts.shifted(next_allowed(t), offset)


class InputStreamManager:
    """The consumer's side of a stream: the queue of packets that wait for a node, and the stream's bound.

    `added` counts the packets that ever came. `limit` is how many packets fill the
    queue (0 or less: no limit). While it is full, the sources upstream are throttled, but packets
    that still arrive are accepted: nodes in between may hold some, and none may be lost.
    """

    __slots__ = (
        "added",
        "bound",
        "closed",
        "full",
        "has_header",
        "header",
        "limit",
        "name",
        "node",
        "packets",
        "port",
        "producer",
        "types",
        "upstream",
    )

    def __init__(self, name: str, node: Consumer, port: int, types: Types) -> None:
        self.name = name
        self.node = node
        self.port = port
        self.types = types
        self.packets: deque[Packet] = deque()
        self.bound: i64 = ts.PRESTREAM
        self.closed = False
        self.added = 0
        self.header: Packet | None = None
        self.has_header = False
        self.limit = -1
        self.full = False
        self.upstream: Sequence[QueueFullListener] = ()
        self.producer: tuple[ValidatedNode, int] | None = None
        """The node and output that feed this queue, for messages; None for a graph input."""

    # From the producer

    def receive(self, packets: Sequence[Packet], bound: int) -> None:
        """Append packets and move the bound, then have the node check whether it is ready."""
        if self.closed:
            return
        node = self.node
        was_empty = not self.packets
        # The node looks only when everything is in: a bound that it saw before the packets below it would
        # settle their times as empty.
        for packet in packets:
            if not self.append(packet):
                return
        if bound != UNSET and not self.set_bound(bound):
            return
        # Readiness depends on the head of each queue: behind a packet, nothing changes it. Handlers that
        # look further into their queues override `packets_arrived`.
        if was_empty:
            node.input_changed()
        if packets and node.observes_arrivals:
            node.packets_arrived()

    def append(self, packet: Packet) -> bool:
        """Check and add one packet; on failure record the error and return False."""
        t = packet._t
        if t < self.bound or (t == ts.POSTSTREAM and self.added):
            self.node.fail_input(self._mismatch(t))
            return False
        if self.types is not None and packet._type not in self.types and packet._type is not None:
            text = (
                f'Packet type mismatch on a calculator receiving from stream "{self.name}": The Packet '
                f'stores "{packet._type.name}", but "{packet_type.names(self.types)}" was requested.'
            )
            hint = "Send the type that is requested, or convert it with a calculator in between."
            self.node.fail_input(self._error(text, hint, "payload-type"))
            return False
        self.packets.append(packet)
        self.added += 1
        self.bound = t + 1 if MIN <= t < MAX else next_allowed(t)
        # Only changes are reported: a throttled source counts each full queue once.
        if len(self.packets) >= self.limit > 0 and not self.full:
            self._set_full(True)
        return True

    def _mismatch(self, t: int) -> InvalidArgumentError:
        if t == ts.POSTSTREAM:
            text = (
                f'In stream "{self.name}", a packet at Timestamp::PostStream() must be the only Packet in an '
                "InputStream."
            )
            return self._error(text, "Send it in close(), or at another time.", "timestamp")
        text = (
            f'Packet timestamp mismatch on a calculator receiving from stream "{self.name}". Current minimum '
            f"expected timestamp is {ts.name(self.bound)} but received {ts.name(t)}."
        )
        if self.bound == ts.DONE:
            return self._error(text, "The stream is closed: close it after its last packet.", "closed-stream")
        hint = "Packets of a stream must have increasing timestamps, above every bound that was announced."
        return self._error(text, hint, "time-backwards")

    def _error(self, text: str, hint: str, rule: str) -> InvalidArgumentError:
        """An error about a packet that came in, at the location of its producer."""
        origin = (
            f' It comes from node "{self.producer[0].name}".'
            if self.producer
            else " It was added to a graph input."
        )
        return InvalidArgumentError(text + origin, location=self._location(), hint=hint, rule=rule)

    def _location(self) -> Location | None:
        return self.producer[0].location_of("output_stream", self.producer[1]) if self.producer else None

    def set_bound(self, bound: int) -> bool:
        """Move the bound; on failure record the error and return False."""
        if bound < self.bound:
            self.node.fail_input(
                UnknownError(
                    f"SetNextTimestampBound must be called with a timestamp greater than or equal to the "
                    f'current bound: stream "{self.name}" is at {ts.name(self.bound)}, but was given '
                    f"{ts.name(bound)}.",
                    location=self._location(),
                    hint="A bound never decreases; a packet at t moves it to t + 1.",
                    rule="bound-backwards",
                )
            )
            return False
        self.bound = bound
        return True

    def receive_header(self, header: Packet) -> None:
        """Keep the header and inform the node, which may wait for it."""
        if not self.has_header:
            self.header = header
            self.has_header = True
            self.node.header_arrived(self.port)

    # For the handler

    @property
    def head(self) -> int:
        """The time of the first packet, or the bound when the queue is empty."""
        return self.packets[0]._t if self.packets else self.bound

    @property
    def is_done(self) -> bool:
        """Whether nothing is left and nothing more comes."""
        return self.bound == ts.DONE and not self.packets

    def pop(self) -> Packet:
        """Remove and return the first packet."""
        packet = self.packets.popleft()
        if self.full and len(self.packets) < self.limit:
            self._set_full(False)
        return packet

    def pop_at(self, t: int) -> Packet:
        """Remove everything up to `t`; return the packet at `t`, or an empty one at the settled time."""
        found: Packet | None = None
        while self.packets and self.packets[0]._t <= t:
            found = self.pop()
        if found is not None and found._t == t:
            return found  # Which has moved the bound already.
        if self.bound <= t:  # After PRESTREAM no further time is allowed: a bound already past it stays.
            self.bound = t + 1 if MIN <= t < MAX else next_allowed(t)
        return empty(self.settled)

    def erase_before(self, t: int) -> None:
        """Remove all packets before `t`."""
        while self.packets and self.packets[0]._t < t:
            self.pop()

    @property
    def settled(self) -> int:
        """The greatest time about which everything is known."""
        return ts.previous_allowed(self.head)

    # The end

    def close(self) -> None:
        """Ignore everything that comes from now on."""
        self.closed = True

    def discard(self) -> None:
        """Drop all packets, which releases what the queue throttles."""
        self.packets.clear()
        if self.full:
            self._set_full(False)

    # Throttling

    def set_limit(self, limit: int) -> None:
        """Set how many packets fill the queue; 0 or less for no limit."""
        self.limit = limit
        full = len(self.packets) >= limit > 0
        if full != self.full:
            self._set_full(full)

    def _set_full(self, full: bool) -> None:
        self.full = full
        for listener in self.upstream:
            listener(full, self)
