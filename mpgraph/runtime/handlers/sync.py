"""SyncSet: streams whose packets are delivered together, one timestamp after another."""

from __future__ import annotations

from collections.abc import Sequence

from mpgraph.framework import packet as packets
from mpgraph.framework import timestamp as ts
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.timestamp import ONE_OVER_POSTSTREAM
from mpgraph.runtime.handlers.base import CLOSE, NOT_READY, READY, Readiness, put
from mpgraph.runtime.streams import InputStreamManager


class SyncSet:
    """The readiness rule that most handlers share, for some of a node's streams.

    A time is settled on a stream when its queue holds a packet at it or later, or its bound is beyond it. The
    next time is the least one that any stream has a packet at, and it is ready once it is settled on all.
    """

    __slots__ = ("blocker", "last_processed", "process_timestamp_bounds", "queues", "t")

    def __init__(self, queues: Sequence[InputStreamManager], process_timestamp_bounds: bool) -> None:
        self.queues = queues
        self.process_timestamp_bounds = process_timestamp_bounds
        self.last_processed: int = ts.UNSET
        self.t: int = ts.DONE
        self.blocker: InputStreamManager | None = None
        """The queue that the last answer NOT_READY was due to; it was empty, with the bound `t`."""

    def readiness(self) -> Readiness:
        """Whether the next time is settled on every stream; see InputStreamHandler.readiness."""
        # Neither bounds nor first packets ever move back, so the least of them is as it was while this one
        # is, and a set of many streams is not looked through for each packet.
        blocker = self.blocker
        if blocker is not None:
            if not blocker.packets and blocker.bound == self.t:
                return NOT_READY
            self.blocker = None
        # Asked more often than anything else in a graph, so without calls of min().
        min_bound = min_packet = ts.DONE
        for queue in self.queues:
            if queue.packets:
                t = queue.packets[0]._t
                if t < min_packet:
                    min_packet = t
            elif queue.bound <= min_bound:  # The last of several, since most come in order.
                min_bound = queue.bound
                blocker = queue
        self.t = min_packet if min_packet < min_bound else min_bound
        if self.t >= ONE_OVER_POSTSTREAM:
            self.t = ts.DONE
            self.last_processed = ts.MAX
            return CLOSE
        if not self.process_timestamp_bounds:
            if min_bound > min_packet:
                self.last_processed = self.t
                return READY
            self.blocker = blocker
            return NOT_READY
        # A time may be ready by its bounds alone, without a packet that leaves a queue when it is processed:
        # `last_processed` keeps it from being ready again. (So asking twice gives two answers.)
        # previous_allowed never answers POSTSTREAM, so a packet there needs its own rule.
        at_end = min_packet == ts.POSTSTREAM and min_bound > min_packet
        settled = min_packet if at_end else min(min_packet, ts.previous_allowed(min_bound))
        if settled > max(self.last_processed, ts.UNSTARTED):
            self.t = self.last_processed = settled
            return READY
        return NOT_READY

    def fill(self, context: CalculatorContext, t: int) -> None:
        """Pop every stream of the set at `t`."""
        for queue in self.queues:
            put(context, queue, t)

    def fill_bounds(self, context: CalculatorContext) -> None:
        """Put empty packets at the settled times of the streams, and pop nothing."""
        for queue in self.queues:
            context.packets[queue.port] = packets.empty(ts.previous_allowed(queue.head))
            context.done[queue.port] = queue.is_done
