"""FixedSizeInputStreamHandler: short queues, from which old packets are dropped in favour of new ones."""

from __future__ import annotations

from mpgraph.framework import timestamp as ts
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.override import override
from mpgraph.runtime.handlers.base import Readiness, register_input_stream_handler
from mpgraph.runtime.handlers.default import DefaultInputStreamHandler
from mpgraph.runtime.streams import InputStreamManager


@register_input_stream_handler("FixedSizeInputStreamHandler")
class FixedSizeInputStreamHandler(DefaultInputStreamHandler):
    """When a queue reaches `trigger_queue_size`, only the `target_queue_size` newest times are kept.

    With `fixed_min_size` this happens only when every queue has reached the trigger.
    """

    @override
    def set_up(self) -> None:
        super().set_up()
        own = self.extension("FixedSizeInputStreamHandlerOptions")
        self._trigger = own.trigger_queue_size
        self._target = own.target_queue_size
        self._fixed_min_size = own.fixed_min_size
        self._kept: int = ts.UNSET
        self._pending = False

    @override
    def packets_arrived(self) -> None:
        # Between READY and `fill`, the packets of the announced time must stay: `fill` erases again itself.
        if not self._pending:
            self._erase(keep_one=False)

    @override
    def readiness(self) -> Readiness:
        if self._pending:
            return self.NOT_READY
        self._erase(keep_one=False)
        answer = super().readiness()
        while answer is self.READY and self.t < self._kept:  # A late packet, below the last cut.
            self._erase(keep_one=False)
            answer = super().readiness()
        self._pending = answer is self.READY
        return answer

    @override
    def fill(self, context: CalculatorContext, t: int) -> None:
        # Newer data than at READY may have come, so what is delivered may be later than `t`.
        self._erase(keep_one=True)
        super().fill(context, self._least_time())
        self._pending = False

    def _least_time(self) -> int:
        return min(queue.packets[0]._t if queue.packets else _before(queue.bound) for queue in self.queues)

    def _erase(self, keep_one: bool) -> None:
        if self._fixed_min_size:
            if all(len(queue.packets) >= self._trigger for queue in self.queues):
                cut = min(_newest(queue, self._target) for queue in self.queues)
                self._cut(min(cut, ts.MAX))
            return
        for queue in self.queues:
            keep = self._target if len(queue.packets) >= self._trigger else self._trigger - 1
            if len(queue.packets) > keep:
                self._kept = max(self._kept, ts.next_allowed(_newest(queue, keep + 1)))
        if keep_one:
            # One time at which every stream is settled must be left, or nothing could be delivered.
            bound = min(
                ts.next_allowed(queue.packets[-1]._t) if queue.packets else queue.bound
                for queue in self.queues
            )
            self._kept = min(self._kept, _before(bound))
        self._cut(self._kept)

    def _cut(self, t: int) -> None:
        for queue in self.queues:
            if self.on_drop is not None:
                for packet in queue.packets:
                    if packet._t >= t:
                        break
                    self.on_drop(queue.name, packet._t, f"{len(queue.packets)} wait, older ones make room")
            queue.erase_before(t)


def _newest(queue: InputStreamManager, count: int) -> int:
    """The least time among the `count` newest packets."""
    return queue.packets[max(len(queue.packets) - count, 0)]._t if queue.packets else ts.UNSET


def _before(bound: int) -> int:
    return bound - 1 if ts.is_range(bound) else bound
