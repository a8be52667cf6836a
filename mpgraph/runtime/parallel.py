"""InOrderOutputs: parallel invocations of a node, whose outputs are sent in the order of their inputs.

For nodes with `max_in_flight` above 1; MediaPipe: in_order_output_stream_handler.cc.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from mpgraph.framework import timestamp as ts
from mpgraph.framework.context import CalculatorContext
from mpgraph.runtime.streams import OutputStreamManager


class InOrderOutputs:
    """The contexts of one node: those that are free, and those in flight, oldest first.

    A context is in flight until its outputs are sent, not only until its invocation has finished. So up to
    `max_in_flight` invocations run while the contexts of any number wait for an older invocation.
    """

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
        """Whether the outputs of any invocation are not sent yet."""
        return bool(self._in_flight)

    def free_context(self) -> CalculatorContext:
        """Return a context for one more invocation, a new one if all are in flight."""
        if self._free:
            return self._free[-1]
        first, new = self.contexts[0], self._make()
        new.headers[:] = first.headers
        for shard, model in zip(new.outputs, first.outputs, strict=True):
            shard.offset, shard.header_locked = model.offset, True  # As open() has left them.
        self.contexts.append(new)
        self._free.append(new)
        return new

    def start(self, context: CalculatorContext) -> None:
        """Move a free context to those in flight."""
        self._free.remove(context)
        self._in_flight.append(context)

    def finish(
        self,
        context: CalculatorContext,
        streams: Sequence[OutputStreamManager],
        update_readiness: Callable[[], None],
    ) -> None:
        """Send the outputs of every finished invocation without an older one still running."""
        self._finished.add(id(context))
        while self._in_flight and id(self._in_flight[0]) in self._finished:
            oldest = self._in_flight[0]
            for stream, shard in zip(streams, oldest.outputs, strict=True):
                shard.stream_bound = stream.bound
                stream.propagate(shard, oldest.t)
                update_readiness()
            self._in_flight.popleft()  # Only now: `busy` keeps bounds from overtaking these packets.
            self._finished.remove(id(oldest))
            self._free.append(oldest)

    def take_pending_bound(self) -> int:
        """Return the bound to announce now, UNSET if there is none, and forget it."""
        if self.busy:
            return ts.UNSET
        bound, self.pending_bound = self.pending_bound, ts.UNSET
        return bound
