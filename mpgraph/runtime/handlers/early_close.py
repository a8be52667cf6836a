"""EarlyCloseInputStreamHandler: as the default one, but the first stream that ends ends the node."""

from __future__ import annotations

from mpgraph.framework import timestamp as ts
from mpgraph.runtime.handlers.base import CLOSE, register_handler
from mpgraph.runtime.handlers.default import DefaultInputStreamHandler


@register_handler("EarlyCloseInputStreamHandler")
class EarlyCloseInputStreamHandler(DefaultInputStreamHandler):
    """Closes as soon as any stream has ended and delivered all its packets."""

    def readiness(self) -> int:
        """As the default handler, after looking for an ended stream."""
        if any(queue.is_done for queue in self.queues):
            self.t = ts.DONE
            return CLOSE
        return super().readiness()
