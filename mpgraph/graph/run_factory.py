"""RunFactory: what the application gives to a graph, and how a run is made of it and cleaned up."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from mpgraph.config.model import GraphModel
from mpgraph.framework.packet import Packet
from mpgraph.io.garbage import collection_paused
from mpgraph.runtime.executor import GraphExecutors
from mpgraph.runtime.output_stream_poller import OutputStreamPoller
from mpgraph.runtime.run import DEFAULT_MAX_QUEUE_SIZE, ConstantNodes, GraphRun, Observation, RunWatcher


class RunFactory:
    """Observers, services, executors and the like of one graph, which last from run to run."""

    def __init__(self, model: GraphModel) -> None:
        self.observations: list[Observation] = []
        self.pollers: list[OutputStreamPoller] = []
        self.services: dict[str, Any] = {}
        self.watchers: list[RunWatcher] = []
        self.executors = GraphExecutors(model)
        self.error_callback: Callable[[BaseException], object] = lambda error: None
        self.max_queue_size = model.max_queue_size or DEFAULT_MAX_QUEUE_SIZE
        self._model = model
        self._constant_nodes = ConstantNodes(model)
        self._service_watchers: list[RunWatcher] = []

    def make(
        self, side_packets: Mapping[str, Packet], headers: Mapping[str, Packet], undo: contextlib.ExitStack
    ) -> GraphRun:
        """Return a run that is ready to start, after its watchers were called.

        undo: gets what ends all that was started. If a watcher raises, that informs those before it.

        Raises:
            MpgraphError: something that the run needs is missing; see GraphRun.
        """
        with collection_paused():  # As in ValidatedGraphConfig: all nodes and queues stay.
            run = GraphRun(
                self._model,
                self.executors.for_run(),
                max_queue_size=self.max_queue_size,
                side_packets=side_packets,
                headers=headers,
                services=self.services,
                observations=self.observations,
                pollers=self.pollers,
                cached=self._constant_nodes.unchanged(side_packets),
                on_error=self.error_callback,
            )
        self._service_watchers = [
            each
            for each in run.services.values()
            if isinstance(each, RunWatcher) and each not in self.watchers
        ]
        for watcher in [*self._service_watchers, *self.watchers]:
            watcher.run_starts(run)
            undo.callback(watcher.run_ends, run)
        undo.callback(self.executors.stop)
        self.executors.start()
        undo.callback(run.finish)
        run.start()
        return run

    def end_later(self, run: GraphRun, clean_up: contextlib.ExitStack, patience: float | None) -> None:
        """Have `clean_up` end the run: all steps, whatever some of them raise, pushed last to first.

        patience: as in GraphRun.finish.
        """
        clean_up.callback(self._constant_nodes.keep, run)
        # After the nodes have closed: they may use the services, whose defaults were created for the run.
        clean_up.callback(self._service_watchers.clear)
        for watcher in reversed(self._service_watchers):
            clean_up.callback(watcher.run_ends, run)
        clean_up.callback(run.finish, patience)
        clean_up.callback(self.executors.stop, wait=not run.scheduler.is_abandoned)
        for watcher in reversed(self.watchers):  # While the threads still exist: traces take their names.
            clean_up.callback(watcher.run_ends, run)

    def forget_run_of_parent(self) -> None:
        """In a forked child: have thread pools without threads, and pollers without packets to come."""
        self.executors.forget_threads()
        for poller in self.pollers:
            poller.disconnect()
