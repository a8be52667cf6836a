"""EarlyCloseInputStreamHandler: the default handler, except that the first stream to end closes the node."""

from __future__ import annotations

from mpgraph.framework import timestamp as ts
from mpgraph.framework.override import override
from mpgraph.runtime.handlers.base import Readiness, register_input_stream_handler
from mpgraph.runtime.handlers.default import DefaultInputStreamHandler


@register_input_stream_handler("EarlyCloseInputStreamHandler")
class EarlyCloseInputStreamHandler(DefaultInputStreamHandler):
    """Closes as soon as any stream has ended and delivered all its packets."""

    @override
    def readiness(self) -> Readiness:
        if any(queue.is_done for queue in self.queues):
            self.t = ts.DONE
            return self.CLOSE
        return super().readiness()
