"""Observers, and the feeds of pollers: how an application receives the packets of any stream of a graph.

Both are consumers with an input queue of their own, which the scheduler's owner fills and empties at once: an
observer's function runs on that thread, a poller's packets move on to a buffer that the application's thread
takes them from.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from mpgraph.errors import MpgraphError
from mpgraph.framework import packet as packets
from mpgraph.framework import timestamp as ts
from mpgraph.framework.packet import Packet
from mpgraph.framework.timestamp import MAX, MIN, UNSET
from mpgraph.runtime.scheduler import Scheduler
from mpgraph.runtime.streams import InputStreamManager, QueueFullListener


class StreamWatcher:
    """Base class of both: the consumer behind a queue of its own."""

    observes_arrivals = False

    def __init__(self, stream: str, scheduler: Scheduler, observe_timestamp_bounds: bool) -> None:
        self.scheduler = scheduler
        self.observe_timestamp_bounds = observe_timestamp_bounds
        self.queue: InputStreamManager = InputStreamManager(stream, self, 0, types=None)
        self._last: int = ts.UNSTARTED

    def input_changed(self) -> None:
        """Deliver what is in the queue, and the settled time if bounds are observed too."""
        queue = self.queue
        # The queue is empty again afterwards, so every packet changes it: none is left behind.
        while queue.packets:
            packet = queue.pop()
            self._last = packet._t
            self.take(packet)
        if self.observe_timestamp_bounds and queue.bound < ts.DONE:
            at_end = queue.bound == ts.POSTSTREAM
            settled = ts.POSTSTREAM if at_end else ts.previous_allowed(queue.bound)
            if settled > self._last:
                self._last = settled
                self.take(packets.empty(settled))

    def take(self, packet: Packet) -> None:
        """Deliver one packet."""
        raise NotImplementedError

    def packets_arrived(self) -> None:
        """Not called: `input_changed` has emptied the queue."""

    def header_arrived(self, port: int) -> None:
        """Headers are not delivered to applications."""

    def fail_input(self, error: MpgraphError) -> None:
        """Record an error found while packets were taken."""
        self.scheduler.record_error(error)

    def close(self) -> None:
        """Take nothing more: the run has ended."""
        self.queue.close()


class ObserverQueue(InputStreamManager):
    """Hands a packet straight to the observer, which leaves nothing in the queue."""

    __slots__ = ("observer",)

    observer: Observer

    def receive(self, packets: Sequence[Packet], bound: int) -> None:
        """As InputStreamManager.receive, with a fast path for one packet at an ordinary time."""
        if bound == UNSET and len(packets) == 1 and not self.closed:
            packet = packets[0]
            t = packet._t
            if self.bound <= t < MAX and t >= MIN:
                self.bound = t + 1
                self.added += 1
                self.observer._last = t
                self.observer.take(packet)
                return
        super().receive(packets, bound)


class Observer(StreamWatcher):
    """Calls a function for each packet of a stream, in order, on the thread that owns the graph.

    An owner runs one thing at a time, so calls never overlap, not even those of several observers.
    """

    def __init__(
        self,
        stream: str,
        scheduler: Scheduler,
        callback: Callable[[str, Packet], object],
        observe_timestamp_bounds: bool,
        on_packet: Callable[[], None],
    ) -> None:
        super().__init__(stream, scheduler, observe_timestamp_bounds)
        self.queue = queue = ObserverQueue(stream, self, 0, types=None)
        queue.observer = self
        self._errors = scheduler.errors
        self.callback = callback
        self._on_packet = on_packet

    def take(self, packet: Packet) -> None:
        """Call the function; what it raises ends the run."""
        if self._errors:  # After an error, the application gets nothing more.
            return
        try:
            self.callback(self.queue.name, packet)
        except Exception as error:
            error.__notes__ = [
                *getattr(error, "__notes__", ()),
                f'in the observer of stream "{self.queue.name}"',
            ]
            self.scheduler.record_error(error)
        self._on_packet()


class PollerFeed(StreamWatcher):
    """The consumer that fills the buffer of a poller in one run."""

    # The owner appends to `buffer` and the application's thread pops from it, which a deque allows without
    # a lock. Only the owner changes `full`.

    def __init__(
        self,
        stream: str,
        scheduler: Scheduler,
        observe_timestamp_bounds: bool,
        upstream: Sequence[QueueFullListener],
    ) -> None:
        super().__init__(stream, scheduler, observe_timestamp_bounds)
        self.buffer: deque[Packet] = deque()
        self.limit = -1
        self.full = False
        self._upstream = upstream

    def may_take(self) -> bool:
        """Whether a packet waits to be taken, or none comes any more."""
        return (
            bool(self.buffer) or self.queue.closed or self.queue.bound == ts.DONE or self.scheduler.terminated
        )

    def take(self, packet: Packet) -> None:
        """Keep a packet until the application takes it."""
        self.buffer.append(packet)
        self.check_full(None)
        self.scheduler.notify()

    def input_changed(self) -> None:
        """As StreamWatcher.input_changed; the end of the stream is news, too."""
        super().input_changed()
        if self.queue.bound == ts.DONE:
            self.scheduler.notify()

    def check_full(self, _: object) -> None:
        """Throttle or release what feeds the stream when the buffer becomes full or ceases to be."""
        full = len(self.buffer) >= self.limit > 0
        if full != self.full:
            self.full = full
            for source in self._upstream:
                source(full, self.queue)
