"""Observers and pollers: how an application sees the packets of any stream of a graph."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from mpgraph.config.model import Types
from mpgraph.errors import MpgraphError
from mpgraph.framework import packet as packets
from mpgraph.framework import timestamp as ts
from mpgraph.framework.packet import Packet
from mpgraph.runtime.scheduler import Scheduler
from mpgraph.runtime.streams import InputStreamManager
from mpgraph.runtime.throttle import Throttled


class StreamWatcher:
    """Base of both: the consumer behind a queue of its own."""

    watches_arrivals = False

    def __init__(self, stream: str, scheduler: Scheduler, observe_timestamp_bounds: bool) -> None:
        self.closed = False
        self.scheduler = scheduler
        self.observe_timestamp_bounds = observe_timestamp_bounds
        types: Types = None
        self.queue = InputStreamManager(stream, self, 0, types)
        self._last: int = ts.UNSTARTED

    def input_changed(self) -> None:
        """Hand on what is in the queue, or the settled time when that is watched too."""
        queue = self.queue
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
        """Nothing more to do than `input_changed` did."""

    def header_arrived(self, port: int) -> None:
        """Headers are not shown to applications."""

    def fail_input(self, error: MpgraphError) -> None:
        """Record an error found while taking packets."""
        self.scheduler.record_error(error)


class Observer(StreamWatcher):
    """Calls a function for each packet of a stream, in order, on the thread that made it."""

    def __init__(
        self,
        stream: str,
        scheduler: Scheduler,
        callback: Callable[[str, Packet], object],
        observe_timestamp_bounds: bool,
        on_packet: Callable[[], None],
    ) -> None:
        super().__init__(stream, scheduler, observe_timestamp_bounds)
        self._callback = callback
        self._on_packet = on_packet

    def take(self, packet: Packet) -> None:
        """Call the function; what it raises ends the run."""
        if self.scheduler.errors:
            return
        try:
            self._callback(self.queue.name, packet)
        except Exception as error:
            error.__notes__ = [
                *getattr(error, "__notes__", ()),
                f'in the observer of stream "{self.queue.name}"',
            ]
            self.scheduler.record_error(error)
        self._on_packet()


class OutputStreamPoller:
    """Packets of one stream, taken one by one by the application. Iterable until the stream ends."""

    def __init__(self, stream: str, observe_timestamp_bounds: bool = False) -> None:
        self.stream = stream
        self._observe_timestamp_bounds = observe_timestamp_bounds
        self._max_queue_size = -1
        self._feed: _PollerFeed | None = None

    def connect(self, scheduler: Scheduler, upstream: Sequence[Throttled]) -> StreamWatcher:
        """Start a run: make the consumer that fills this poller."""
        self._feed = _PollerFeed(self.stream, scheduler, self._observe_timestamp_bounds, upstream)
        self._feed.limit = self._max_queue_size
        return self._feed

    def next(self) -> Packet | None:
        """Wait for the next packet; None when the stream has ended or the run has failed."""
        feed = self._feed
        if feed is None:
            return None
        feed.scheduler.wait_until(lambda: bool(feed.buffer) or feed.ended)
        try:
            packet = feed.buffer.popleft()
        except IndexError:
            return None
        if feed.limit > 0:  # `full` may just be changing on the owner's thread: let the owner look again.
            feed.scheduler.post(feed.check_full, None)
        return packet

    def __iter__(self) -> OutputStreamPoller:
        return self

    def __next__(self) -> Packet:
        packet = self.next()
        if packet is None:
            raise StopIteration
        return packet

    def queue_size(self) -> int:
        """How many packets wait to be taken."""
        return len(self._feed.buffer) if self._feed is not None else 0

    def set_max_queue_size(self, size: int) -> None:
        """Hold back the graph's sources when `size` packets wait here; -1 for no limit."""
        self._max_queue_size = size
        if self._feed is not None:
            self._feed.limit = size
            self._feed.scheduler.post(self._feed.check_full, None)


class _PollerFeed(StreamWatcher):
    def __init__(
        self, stream: str, scheduler: Scheduler, observe_timestamp_bounds: bool, upstream: Sequence[Throttled]
    ) -> None:
        super().__init__(stream, scheduler, observe_timestamp_bounds)
        self.buffer: deque[Packet] = deque()
        self.limit = -1
        self.full = False
        self._upstream = upstream

    @property
    def ended(self) -> bool:
        return self.closed or self.queue.bound == ts.DONE or self.scheduler.terminated

    def take(self, packet: Packet) -> None:
        self.buffer.append(packet)
        self.check_full(None)
        self.scheduler.notify()

    def input_changed(self) -> None:
        super().input_changed()
        if self.queue.bound == ts.DONE:
            self.scheduler.notify()

    def check_full(self, _: object) -> None:
        full = len(self.buffer) >= self.limit > 0
        if full != self.full:
            self.full = full
            for source in self._upstream:
                source.queue_full_changed(full, self.queue)
