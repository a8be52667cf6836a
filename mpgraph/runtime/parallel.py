"""InOrderOutputs: parallel invocations of one node whose outputs leave in the order of their inputs.

For nodes with `max_in_flight` above 1; MediaPipe: in_order_output_stream_handler.cc.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from mpgraph.framework import timestamp as ts
from mpgraph.framework.context import CalculatorContext
from mpgraph.runtime.streams import OutputStreamManager


class InOrderOutputs:
    """The contexts of one node: free ones, and those in flight, oldest first."""

    def __init__(self, first: CalculatorContext, make: Callable[[], CalculatorContext]) -> None:
        self.contexts = [first]
        self._make = make
        self._free = [first]
        self._in_flight: deque[CalculatorContext] = deque()
        self._finished: set[int] = set()
        self.pending_bound: int = ts.UNSET
        """The input bound to announce when nothing is in flight any more."""

    @property
    def busy(self) -> bool:
        """Whether any invocation has not sent its outputs yet."""
        return bool(self._in_flight)

    def free_context(self) -> CalculatorContext:
        """A context for one more invocation; those that wait for their turn keep theirs."""
        if self._free:
            return self._free[-1]
        first, made = self.contexts[0], self._make()
        made.headers[:] = first.headers
        for shard, model in zip(made.outputs, first.outputs, strict=True):
            shard.offset, shard.header_locked = model.offset, True
        self.contexts.append(made)
        self._free.append(made)
        return made

    def start(self, context: CalculatorContext) -> None:
        """Note that a free context is in flight now."""
        self._free.remove(context)
        self._in_flight.append(context)

    def finish(
        self, context: CalculatorContext, streams: Sequence[OutputStreamManager], settle: Callable[[], None]
    ) -> None:
        """Send the outputs of every finished invocation that no older one holds back."""
        self._finished.add(id(context))
        while self._in_flight and id(self._in_flight[0]) in self._finished:
            oldest = self._in_flight[0]
            for stream, shard in zip(streams, oldest.outputs, strict=True):
                shard.stream_bound = stream.bound
                stream.propagate(shard, oldest.t)
                settle()
            self._in_flight.popleft()  # Only now: bounds wait for what is in flight.
            self._finished.remove(id(oldest))
            self._free.append(oldest)

    def take_pending_bound(self) -> int:
        """The bound to announce now, UNSET for none."""
        if self.busy:
            return ts.UNSET
        bound, self.pending_bound = self.pending_bound, ts.UNSET
        return bound
