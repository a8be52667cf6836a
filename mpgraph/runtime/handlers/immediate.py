"""ImmediateInputStreamHandler: each stream's packets as they arrive, without waiting for the others."""

from __future__ import annotations

from mpgraph.framework import timestamp as ts
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.override import override
from mpgraph.runtime.handlers.base import InputStreamHandler, Readiness, register_input_stream_handler
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
            if known > ts.UNSET:
                at, bound = min(at, known), min(bound, known)
                continue
            before = sync_set.last_processed
            answer = sync_set.readiness()
            bound = min(bound, sync_set.t)
            if answer is self.READY:
                self._ready_at[i] = sync_set.t
                at = min(at, sync_set.t)
            elif answer is self.CLOSE and self.process_timestamp_bounds:
                # The calculator gets the end once, as a bound at Max.
                self._ready_at[i] = ts.MAX if before < ts.MAX else ts.DONE
                at, bound = min(at, self._ready_at[i]), min(bound, self._ready_at[i])
            elif answer is self.CLOSE:
                became_done = True
                self._ready_at[i] = ts.DONE
        self.t = bound
        if bound == ts.DONE:
            return self.CLOSE
        if at < ts.DONE:
            self.t = at
            return self.READY
        return self.READY if became_done else self.NOT_READY

    @override
    def fill(self, context: CalculatorContext, t: int) -> None:
        # The streams that are ready at exactly `t` deliver; the others show how far they are settled.
        for i, sync_set in enumerate(self._sets):
            if self._ready_at[i] == t:
                sync_set.fill(context, t)
                self._ready_at[i] = ts.UNSET
            else:
                sync_set.fill_bounds(context)
