"""SyncSetInputStreamHandler: several groups of streams, each synchronized only within itself."""

from __future__ import annotations

from mpgraph.config.validation.handler_options import sync_sets
from mpgraph.framework import timestamp as ts
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.override import override
from mpgraph.runtime.handlers.base import InputStreamHandler, Readiness, register_input_stream_handler
from mpgraph.runtime.handlers.sync import SyncSet


@register_input_stream_handler("SyncSetInputStreamHandler")
class SyncSetInputStreamHandler(InputStreamHandler):
    """The options name the groups; streams in none of them form one more group."""

    @override
    def set_up(self) -> None:
        used: set[int] = set()
        self._sets: list[SyncSet] = []
        for members in sync_sets(self.tags, self.options):
            used.update(members)
            queues = [self.queues[position] for position in members]
            self._sets.append(SyncSet(queues, self.process_timestamp_bounds))
        rest = [queue for i, queue in enumerate(self.queues) if i not in used]
        if rest:
            self._sets.append(SyncSet(rest, self.process_timestamp_bounds))
        self._open = list(self._sets)
        self._chosen: SyncSet | None = None

    @override
    def readiness(self) -> Readiness:
        # Ready at the least time that any group is ready at; groups that have ended do not count.
        if self._chosen is not None:  # READY was answered before, and is still to be filled.
            self.t = self._chosen.t
            return self.READY
        self.t = ts.DONE
        bound = ts.DONE
        for sync_set in list(self._open):
            before = sync_set.last_processed
            answer = sync_set.readiness()
            if answer is self.CLOSE:
                self._open.remove(sync_set)
                continue
            sync_set.last_processed = before  # Only the chosen group advances, in the end.
            bound = min(bound, sync_set.t)
            if answer is self.READY and (self._chosen is None or sync_set.t < self._chosen.t):
                self._chosen = sync_set
        if self._chosen is not None:
            self.t = self._chosen.last_processed = self._chosen.t
            return self.READY
        self.t = bound
        return self.NOT_READY if self._open else self.CLOSE

    @override
    def fill(self, context: CalculatorContext, t: int) -> None:
        for sync_set in self._sets:
            if sync_set is self._chosen:
                sync_set.fill(context, t)
            else:
                sync_set.fill_bounds(context)
        self._chosen = None
