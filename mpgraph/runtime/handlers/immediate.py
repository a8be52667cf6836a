"""ImmediateInputStreamHandler: each stream's packets as they arrive, without waiting for the others."""

from __future__ import annotations

from mpgraph.framework import timestamp as ts
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.override import override
from mpgraph.runtime.handlers.base import (
    CLOSE,
    NOT_READY,
    READY,
    InputStreamHandler,
    Readiness,
    register_input_stream_handler,
)
from mpgraph.runtime.handlers.sync import SyncSet


@register_input_stream_handler("ImmediateInputStreamHandler")
class ImmediateInputStreamHandler(InputStreamHandler):
    """One sync set per stream. Input timestamps increase per stream only, not from call to call."""

    @override
    def set_up(self) -> None:
        self._sets = [SyncSet([queue], self.process_timestamp_bounds) for queue in self.queues]
        # What each set has answered and `fill` has not used yet: asking a set again would lose its answer.
        self._ready_at = [ts.UNSET] * len(self._sets)

    @override
    def readiness(self) -> Readiness:
        # Ready at the least time that any stream is ready at; the end of a stream runs the node once more.
        at = bound = ts.DONE
        became_done = False
        for i, sync_set in enumerate(self._sets):
            known = self._ready_at[i]
            if known == ts.UNSET:
                before = sync_set.last_processed
                answer = sync_set.readiness()
                if answer is NOT_READY:
                    if sync_set.t < bound:
                        bound = sync_set.t
                    continue
                known = sync_set.t
                if answer is CLOSE:
                    # With process_timestamp_bounds, the calculator gets the end once, as a bound at Max.
                    is_news = self.process_timestamp_bounds and before < ts.MAX
                    known = ts.MAX if is_news else ts.DONE
                    became_done = became_done or not self.process_timestamp_bounds
                self._ready_at[i] = known
            if known < at:
                at = known
            if known < bound:
                bound = known
        self.t = bound
        if bound == ts.DONE:
            return CLOSE
        if at < ts.DONE:
            self.t = at
            return READY
        return READY if became_done else NOT_READY

    @override
    def fill(self, context: CalculatorContext, t: int) -> None:
        # The streams that are ready at exactly `t` deliver; the others show how far they are settled.
        for i, sync_set in enumerate(self._sets):
            if self._ready_at[i] == t:
                sync_set.fill(context, t)
                self._ready_at[i] = ts.UNSET
            else:
                sync_set.fill_bounds(context)
