"""BarrierInputStreamHandler: one packet from every stream, whatever their times."""

from __future__ import annotations

from mpgraph.framework import timestamp as ts
from mpgraph.framework.context import CalculatorContext
from mpgraph.runtime.handlers.base import CLOSE, NOT_READY, READY, InputStreamHandler, register_handler


@register_handler("BarrierInputStreamHandler")
class BarrierInputStreamHandler(InputStreamHandler):
    """Ready when every stream has a packet; the node closes when any stream has ended."""

    def readiness(self) -> int:
        """Ready at the least time of the first packets."""
        self.t = min(queue.head for queue in self.queues)
        if any(queue.is_done for queue in self.queues):
            self.t = ts.DONE
            return CLOSE
        return READY if all(queue.packets for queue in self.queues) else NOT_READY

    def fill(self, context: CalculatorContext, t: int) -> None:
        """Deliver the first packet of every stream."""
        for queue in self.queues:
            context.packets[queue.port] = queue.pop()
            context.done[queue.port] = queue.is_done
