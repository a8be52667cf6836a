"""DefaultInputStreamHandler: all inputs synchronized, in timestamp order, no packet dropped."""

from __future__ import annotations

from mpgraph.errors import InvalidArgumentError
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.override import override
from mpgraph.runtime.handlers.base import InputStreamHandler, Readiness, register_input_stream_handler
from mpgraph.runtime.handlers.sync import SyncSet


@register_input_stream_handler("DefaultInputStreamHandler")
class DefaultInputStreamHandler(InputStreamHandler):
    """Ready when the earliest time is settled on every stream. `batch_size` comes from the options."""

    @override
    def set_up(self) -> None:
        self.sync_set = SyncSet(self.queues, self.process_timestamp_bounds)
        if self.options is not None:
            self.batch_size = self.extension("DefaultInputStreamHandlerOptions").batch_size
            if self.batch_size < 1:
                raise InvalidArgumentError("Batch size has to be greater than or equal to 1.")

    @override
    def readiness(self) -> Readiness:
        answer = self.sync_set.readiness()
        self.t = self.sync_set.t
        return answer

    @override
    def fill(self, context: CalculatorContext, t: int) -> None:
        self.sync_set.fill(context, t)
