"""The handlers that synchronize all inputs, in timestamp order, and drop no packet.

They differ only in when the node closes: when all streams have ended, or the first of them.
"""

from __future__ import annotations

from mpgraph.config.validation.handler_options import batch_size
from mpgraph.framework import timestamp as ts
from mpgraph.framework.override import override
from mpgraph.runtime.handlers.base import InputStreamHandler, Readiness, register_input_stream_handler
from mpgraph.runtime.handlers.sync import SyncSet


@register_input_stream_handler("DefaultInputStreamHandler")
class DefaultInputStreamHandler(SyncSet, InputStreamHandler):
    """A SyncSet of all streams. `batch_size` comes from the options."""

    __init__ = InputStreamHandler.__init__

    @override
    def set_up(self) -> None:
        self.last_processed = ts.UNSET
        self.blocker = None
        if self.options is not None:
            self.batch_size = batch_size(self.options)


@register_input_stream_handler("EarlyCloseInputStreamHandler")
class EarlyCloseInputStreamHandler(DefaultInputStreamHandler):
    """Closes as soon as any stream has ended and delivered all its packets."""

    @override
    def readiness(self) -> Readiness:
        if any(queue.is_done for queue in self.queues):
            self.t = ts.DONE
            return self.CLOSE
        return super().readiness()
