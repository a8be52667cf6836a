"""GraphInputStream: an input stream of the graph itself, fed by the application."""

from __future__ import annotations

import enum
import time
from collections.abc import Sequence
from functools import partial
from typing import Protocol

from mpgraph.config.model import Types, ValidatedNode
from mpgraph.errors import InvalidArgumentError, UnavailableError, a_type
from mpgraph.formats.gpu_buffer import GPU_BUFFER
from mpgraph.framework import packet_type
from mpgraph.framework import timestamp as ts
from mpgraph.framework.packet import Packet
from mpgraph.framework.timestamp import MAX, MIN, UNSET, next_allowed
from mpgraph.runtime.scheduler import Scheduler
from mpgraph.runtime.scheduler_state import SchedulerState
from mpgraph.runtime.streams import OutputStreamManager
from mpgraph.runtime.throttle import Throttled

_GO_ON_S = 0.001
"""How long a call that has to wait for room goes on to work, once there is some."""


class GraphInputStreamAddMode(enum.IntEnum):
    """What `add_packet_to_input_stream` does while the stream is throttled: wait, or raise at once."""

    WAIT_TILL_NOT_FULL = 0
    ADD_IF_NOT_FULL = 1


class InputSender(Protocol):
    """What the application's calls for a graph input stream go to."""

    def send(self, packet: Packet) -> bool:
        """Send a packet; False if its type is wrong, which ends the run."""

    def send_bound(self, bound: int) -> None:
        """Announce that nothing before `bound` follows."""

    def close(self) -> None:
        """End the stream; no effect if it has ended."""


class GraphInputStream:
    """The virtual source behind a graph input stream.

    `added` is counted by the thread that adds (one at a time: a stream's timestamps increase), `delivered` by
    the scheduler's owner; neither needs a lock. Their difference is in the inbox and counts as queued.

    sender: where the application's calls go: this stream, or what an instrumentation put around it.
    """

    def __init__(
        self,
        stream: OutputStreamManager,
        types: Types,
        scheduler: Scheduler,
        limit: int,
        consumers: Sequence[ValidatedNode],
    ) -> None:
        self.name = stream.name
        self.stream = stream
        self.types = types
        self.limit = limit
        self.throttle = Throttled(stream.name, scheduler.notify)
        self.added = 0
        self.delivered = 0
        self.closed = False
        self.sender: InputSender = self
        self._scheduler = scheduler
        self._consumers = consumers

    @property
    def is_throttled(self) -> bool:
        """Whether a further packet has to wait."""
        return self.throttle.is_throttled or 0 < self.limit <= self.added - self.delivered

    def time_error(self, packet: Packet) -> InvalidArgumentError:
        """Return the error about a packet without a timestamp that is allowed in a stream."""
        return InvalidArgumentError(
            f'{ts.name(packet._t)} can\'t be the timestamp of a Packet in a stream: in "{self.name}", '
            "timestamp not specified or set to illegal value.",
            hint="Give one with packet.at(timestamp).",
            rule="timestamp",
        )

    def wait_for_room(self, mode: GraphInputStreamAddMode) -> None:
        """Wait until a further packet may be sent, or the run fails or ends.

        Raises:
            UnavailableError: the stream is throttled, and `mode` is ADD_IF_NOT_FULL.
        """
        # `is_throttled`, inlined: this is asked for every packet.
        if not (self.throttle.full or 0 < self.limit <= self.added - self.delivered):
            return
        scheduler = self._scheduler
        if scheduler.errors:
            return
        if mode != GraphInputStreamAddMode.ADD_IF_NOT_FULL:
            # A callback of the graph that adds packets must not wait for the graph, so it may exceed the
            # limit.
            if not scheduler.runs_me():
                ample = partial(self._has_ample_room, time.monotonic() + _GO_ON_S)
                scheduler.wait_until(self._may_send, until=ample)
            return
        # A packet in the inbox may be processed at once and fill no queue: decide when it has arrived.
        if not (self.throttle.is_throttled or scheduler.runs_me()):
            scheduler.wait_until(self._has_arrived, until=self._has_arrived)
        if self.is_throttled:
            raise UnavailableError(
                f'Graph is throttled. (Stream "{self.name}": a queue it feeds is full; see max_queue_size.)'
            )

    def _may_send(self) -> bool:
        # Asked after each step while this thread owns the graph: `is_throttled` and `terminated` are inlined,
        # as three calls of properties would cost 4 % of the speed of a long chain.
        scheduler = self._scheduler
        return (
            not (self.throttle.full or 0 < self.limit <= self.added - self.delivered)
            or bool(scheduler.errors)
            or scheduler.state is SchedulerState.TERMINATED
        )

    def _has_arrived(self) -> bool:
        return self.added <= self.delivered or self._scheduler.terminated

    def _has_ample_room(self, deadline: float) -> bool:
        """Whether a thread that works off what is queued, as it waits for room, should go back to adding.

        Not at the first chance: taking turns with the work for each packet would cost more than most nodes.
        """
        return self._may_send() and (
            2 * (self.added - self.delivered) <= self.limit
            or time.monotonic() >= deadline
            or bool(self._scheduler.errors)
        )

    def send(self, packet: Packet) -> bool:
        """Post a packet to the scheduler; False if its type is wrong, which ends the run."""
        if self.types is not None and packet._type not in self.types and packet._type is not None:
            consumers = ", ".join(f'node "{node.name}"' for node in self._consumers)
            first = self._consumers[0] if self._consumers else None
            error = InvalidArgumentError(
                f"Packet type mismatch on calculator outputting to stream "
                f'"{self.name}": The Packet stores "{packet._type.name}", but '
                f'"{packet_type.names(self.types)}" was requested. ({consumers})',
                location=first.location_of("input_stream", first.inputs.names.index(self.name))
                if first
                else None,
                hint="Add packets of the type that is requested"
                + (": mp.gpu.upload(frame) makes a GpuBuffer." if GPU_BUFFER in self.types else "."),
                rule="payload-type",
            )
            self._scheduler.record_error(error)
            self._scheduler.post(lambda _: None, None)  # An owner that is just leaving must look again.
            return False
        self.added += 1  # Before the event: the owner must not count it as delivered first.
        self._scheduler.post(self._deliver, packet)
        return True

    def send_bound(self, bound: int) -> None:
        """Announce that nothing before `bound` follows."""
        self._scheduler.post(self._deliver_bound, bound)

    def close(self) -> None:
        """End the stream; no effect if it has ended."""
        if not self.closed:
            self.closed = True
            self._scheduler.post(lambda _: self.stream.close(), None)

    def _deliver(self, packet: Packet) -> None:
        self.delivered += 1
        stream, t = self.stream, packet._t
        bound = t + 1 if MIN <= t < MAX else next_allowed(t)
        if packet._type is None:
            self._deliver_bound(bound)
            return
        # A packet or bound that is too early must not move the stream back; its consumers report the error.
        if bound > stream.bound:
            stream.bound = bound
        for subscriber in stream.subscribers:
            subscriber.receive((packet,), UNSET)

    def _deliver_bound(self, bound: int) -> None:
        self.stream.bound = max(self.stream.bound, bound)
        for subscriber in self.stream.subscribers:
            subscriber.receive((), bound)


def wrong_arguments(stream: object, packet: object) -> TypeError:
    """Return the error of an application that sends something that is no packet, or swaps the arguments."""
    if isinstance(stream, Packet):
        return TypeError("The stream comes first: add_packet_to_input_stream(name, packet, timestamp).")
    text = f"A Packet is needed, not {a_type(packet)}: mp.make_packet(value), or one of mp.packet_creator."
    return TypeError(text)
