"""BarrierInputStreamHandler: one packet from every stream, whatever their timestamps."""

from __future__ import annotations

from mpgraph.framework import timestamp as ts
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.override import override
from mpgraph.runtime.handlers.base import InputStreamHandler, Readiness, register_input_stream_handler


@register_input_stream_handler("BarrierInputStreamHandler")
class BarrierInputStreamHandler(InputStreamHandler):
    """Ready when every stream has a packet, at their least time; closes when any stream has ended."""

    @override
    def readiness(self) -> Readiness:
        self.t = min(queue.head for queue in self.queues)
        if any(queue.is_done for queue in self.queues):
            self.t = ts.DONE
            return self.CLOSE
        return self.READY if all(queue.packets for queue in self.queues) else self.NOT_READY

    @override
    def fill(self, context: CalculatorContext, t: int) -> None:
        for queue in self.queues:
            context.packets[queue.port] = queue.pop()
            context.done[queue.port] = queue.is_done
