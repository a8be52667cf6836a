"""OutputStreamPoller: packets of a stream, taken one by one by the application."""

from __future__ import annotations

from collections.abc import Sequence

from mpgraph.errors import DeadlineExceededError
from mpgraph.framework.not_picklable import NotPicklable
from mpgraph.framework.packet import Packet
from mpgraph.runtime.observers import PollerFeed, StreamWatcher
from mpgraph.runtime.scheduler import Scheduler
from mpgraph.runtime.streams import QueueFullListener


class OutputStreamPoller(NotPicklable):
    """Packets of one stream, taken one by one by the application. Iterable until the stream ends.

    It lasts from run to run, with a new feed for each.
    """

    pickle_instead = "Pass the packets that it returns."

    def __init__(self, stream: str, observe_timestamp_bounds: bool = False) -> None:
        self.stream = stream
        self._observe_timestamp_bounds = observe_timestamp_bounds
        self._max_queue_size = -1
        self._feed: PollerFeed | None = None

    def connect(self, scheduler: Scheduler, upstream: Sequence[QueueFullListener]) -> StreamWatcher:
        """Start a run: create the consumer that fills this poller."""
        self._feed = PollerFeed(self.stream, scheduler, self._observe_timestamp_bounds, upstream)
        self._feed.limit = self._max_queue_size
        return self._feed

    def disconnect(self) -> None:
        """In a forked child: forget the run, which goes on in the parent only."""
        self._feed = None

    def next(self, timeout: float | None = None) -> Packet | None:
        """Wait for the next packet; None when the stream has ended or the run has failed.

        Raises:
            DeadlineExceededError (a TimeoutError): neither happened for `timeout` seconds.
        """
        feed = self._feed
        if feed is None:
            return None
        if not feed.scheduler.wait_until(feed.may_take, until=feed.may_take, timeout=timeout):
            raise DeadlineExceededError(
                f'No packet of stream "{self.stream}" came within {timeout:g} s.',
                hint="CalculatorGraph.explain() says what the graph waits for.",
                rule="timeout",
            )
        try:
            packet = feed.buffer.popleft()
        except IndexError:
            return None
        if feed.limit > 0:  # `full` may just be changing on the owner's thread: let the owner check.
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
        """Return how many packets wait to be taken."""
        return len(self._feed.buffer) if self._feed is not None else 0

    def set_max_queue_size(self, size: int) -> None:
        """Throttle the graph's sources when `size` packets wait here; -1 for no limit."""
        self._max_queue_size = size
        if self._feed is not None:
            self._feed.limit = size
            self._feed.scheduler.post(self._feed.check_full, None)
