"""DefaultInputStreamHandler: all inputs together, in timestamp order, nothing lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mpgraph.errors import InvalidArgumentError
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.tags import TagMap
from mpgraph.runtime.handlers.base import InputStreamHandler, register_handler
from mpgraph.runtime.handlers.sync import SyncSet
from mpgraph.runtime.streams import InputStreamManager


@register_handler("DefaultInputStreamHandler")
class DefaultInputStreamHandler(InputStreamHandler):
    """One sync set of all streams; `batch_size` input sets are processed back to back."""

    def __init__(
        self, queues: Sequence[InputStreamManager], tags: TagMap, options: Any, process_timestamp_bounds: bool
    ) -> None:
        super().__init__(queues, tags, options, process_timestamp_bounds)
        self.sync_set = SyncSet(queues, process_timestamp_bounds)
        if options is not None:
            self.batch_size = self.extension("DefaultInputStreamHandlerOptions").batch_size
            if self.batch_size < 1:
                raise InvalidArgumentError("Batch size has to be greater than or equal to 1.")

    def readiness(self) -> int:
        """Ready when the earliest time is settled on every stream."""
        answer = self.sync_set.readiness()
        self.t = self.sync_set.t
        return answer

    def fill(self, context: CalculatorContext, t: int) -> None:
        """Deliver every stream's packet at `t`."""
        self.sync_set.fill(context, t)
