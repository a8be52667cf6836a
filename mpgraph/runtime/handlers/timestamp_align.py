"""TimestampAlignInputStreamHandler: streams with different clocks, aligned to that of a base stream."""

from __future__ import annotations

from mpgraph.config.validation.handler_options import timestamp_base
from mpgraph.framework import packet as packets
from mpgraph.framework import timestamp as ts
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.override import override
from mpgraph.runtime.handlers.base import InputStreamHandler, Readiness, register_input_stream_handler


@register_input_stream_handler("TimestampAlignInputStreamHandler")
class TimestampAlignInputStreamHandler(InputStreamHandler):
    """The offset of a stream is the base's time minus its own, when its first packet arrives.

    Until every stream has had a packet, base packets are delivered alone.
    """

    @override
    def set_up(self) -> None:
        self._base = self.queues[timestamp_base(self.tags, self.options)]
        self._offsets = [0] * len(self.queues)
        self._aligned = len(self.queues) == 1

    @override
    def readiness(self) -> Readiness:
        if not self._aligned:
            return self._align()
        self.t = bound = ts.DONE
        # As SyncSet, in the base's time. Special timestamps such as DONE are the same on every clock.
        for queue, offset in zip(self.queues, self._offsets, strict=True):
            head = queue.head
            t = ts.shifted(head, offset) if ts.is_range(head) else head
            if not queue.packets:
                bound = min(bound, t)
            self.t = min(self.t, t)
        if self.t == ts.DONE:
            return self.CLOSE
        return self.READY if bound > self.t else self.NOT_READY

    def _align(self) -> Readiness:
        self.t = self._base.head
        if not self._base.packets:
            return self.CLOSE if self.t == ts.DONE else self.NOT_READY
        missing = 0
        for i, queue in enumerate(self.queues):
            if queue is self._base:
                continue
            if queue.packets:
                self._offsets[i] = self.t - queue.head
            else:
                missing += 1
        self._aligned = missing == 0
        return self.READY

    @override
    def fill(self, context: CalculatorContext, t: int) -> None:
        for queue, offset in zip(self.queues, self._offsets, strict=True):
            if not self._aligned and queue is not self._base:
                context.packets[queue.port] = packets.empty()
                continue
            self.put(context, queue, t - offset)
            found = context.packets[queue.port]
            if found._type is not None and offset:
                context.packets[queue.port] = packets.make(found._payload, found._type, t)
