"""GraphSetup: what is said about a graph before it runs: who watches it, on which threads, with what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from mpgraph.config.model import ValidatedNode
from mpgraph.config.source import GraphSource
from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.errors import (
    AlreadyExistsError,
    FailedPreconditionError,
    InternalError,
    InvalidArgumentError,
    Location,
    MpgraphError,
    NotFoundError,
    did_you_mean,
)
from mpgraph.framework.clock import CLOCK_SERVICE, Clock
from mpgraph.framework.packet import Packet
from mpgraph.runtime.executor import Executor, make_executors
from mpgraph.runtime.handlers import handler_class
from mpgraph.runtime.observers import OutputStreamPoller
from mpgraph.runtime.run import DEFAULT_MAX_QUEUE_SIZE, GraphRun, Observation

if TYPE_CHECKING:
    from mpgraph.profiling.instruments import Instrumentation
    from mpgraph.profiling.profiler import Profiler
    from mpgraph.profiling.statistics import GraphStatistics, LiveStatistics
    from mpgraph.profiling.trace import Trace


@runtime_checkable
class RunWatcher(Protocol):
    """Who wants to know of each run of a graph."""

    def run_starts(self, run: GraphRun) -> None:
        """A run is built and will start now."""

    def run_ends(self, run: GraphRun) -> None:
        """A run has ended, well or not."""


class GraphSetup:
    """The part of CalculatorGraph that lasts from one run to the next."""

    def __init__(self, validated: ValidatedGraphConfig) -> None:
        self._run: GraphRun | None = None
        self._validated = validated
        self._model = validated.model
        for node in self._model.nodes:
            handler_class(node.handler.name, node.location)
        self._observations: list[Observation] = []
        self._pollers: list[OutputStreamPoller] = []
        self._services: dict[str, Any] = {}
        self._executors = make_executors(self._model)
        self._error_callback: Callable[[BaseException], object] = _ignore
        self._watchers: list[RunWatcher] = []
        self._service_watchers: list[RunWatcher] = []
        self.started_at: Location | None = None
        """The statement of the user's that started the last run."""
        self._max_queue_size = self._model.max_queue_size or DEFAULT_MAX_QUEUE_SIZE
        self._instruments: Instrumentation | None = None
        self._profiler: Profiler | None = None
        self._statistics: LiveStatistics | None = None
        config = self._model.config.profiler_config
        if config.enable_profiler or config.trace_enabled:
            self._profiler = self.profiler

    def graph_source(self) -> GraphSource:
        """Return the graph as its author wrote it, subgraphs and all."""
        return self._validated.graph_source()

    @property
    def subgraphs(self) -> Mapping[str, object] | Sequence[object]:
        """The graphs that its nodes may name, as the ValidatedGraphConfig got them."""
        return self._validated.subgraphs

    def _repr_html_(self) -> str:
        return self._validated._repr_html_()

    @property
    def text_config(self) -> str:
        """The expanded and sorted config as text."""
        return self._validated.text_config

    @property
    def binary_config(self) -> bytes:
        """The expanded and sorted config as a serialized CalculatorGraphConfig."""
        return self._validated.binary_config

    @property
    def max_queue_size(self) -> int:
        """How many packets a queue holds before it throttles its sources; -1 for no limit."""
        return self._max_queue_size

    @max_queue_size.setter
    def max_queue_size(self, size: int) -> None:
        self._max_queue_size = size

    def observe_output_stream(
        self,
        stream_name: str,
        callback_fn: Callable[[str, Packet], object],
        observe_timestamp_bounds: bool = False,
    ) -> None:
        """Call `callback_fn(stream_name, packet)` for each packet of any stream of the graph.

        Calls for one stream never overlap. With `observe_timestamp_bounds`, settled times without
        a packet are shown as empty packets. What the function raises ends the run.

        Raises:
            NotFoundError: there is no such stream.
            FailedPreconditionError: a run has started.
        """
        self._check_stream(stream_name)
        self._observations.append((stream_name, callback_fn, observe_timestamp_bounds))

    def add_output_stream_poller(
        self, stream_name: str, observe_timestamp_bounds: bool = False
    ) -> OutputStreamPoller:
        """A poller that takes the packets of a stream one by one.

        Raises:
            NotFoundError: there is no such stream.
            FailedPreconditionError: a run has started.
        """
        self._check_stream(stream_name)
        poller = OutputStreamPoller(stream_name, observe_timestamp_bounds)
        self._pollers.append(poller)
        return poller

    def _check_stream(self, name: str) -> None:
        self._check_not_running("An output stream can only be observed")
        if name not in self._model.streams:
            raise NotFoundError(
                f'Unable to attach observer to output stream "{name}" because it doesn\'t exist.',
                hint=did_you_mean(name, self._model.streams),
                rule="unknown-stream",
            )

    def set_executor(self, name: str, executor: Executor) -> None:
        """Use an executor of the application's for nodes that name it; "" is the default one.

        Raises:
            FailedPreconditionError: a run has started.
            AlreadyExistsError: the graph's config makes this executor itself.
            InvalidArgumentError: the graph declares no executor of this name, or it has no `schedule`.
        """
        self._check_not_running("An executor can only be set")
        if not callable(getattr(executor, "schedule", None)):
            raise InvalidArgumentError(
                f'The executor "{name}", of class {type(executor).__name__}, has no method schedule(task).',
                hint="Derive the executor's class from mpgraph.Executor.",
            )
        spec = next((spec for spec in self._model.executors if spec.name == name), None)
        if spec is None and name:
            raise InvalidArgumentError(
                f'The executor "{name}" is not declared in an ExecutorConfig.'
                + did_you_mean(name, [spec.name for spec in self._model.executors])
            )
        if spec is not None and spec.type:
            raise AlreadyExistsError(
                f'The executor "{name}" has the type "{spec.type}" in the graph; leave the type out to '
                "supply it with set_executor()."
            )
        self._executors[name] = executor

    def set_service(self, key: str, service: Any) -> None:
        """Give calculators an object they find with `cc.service(key)`.

        One with the methods `run_starts(run)` and `run_ends(run)` is told of each run.
        """
        self._check_not_running("A service can only be set")
        self._services[key] = service

    def set_clock(self, clock: Clock) -> None:
        """Let calculators that need the time find it in `cc.clock`; without this it is the system's."""
        self.set_service(CLOCK_SERVICE, clock)
        if isinstance(clock, RunWatcher):  # A test's clock, which must know when a graph rests.
            self.watch_runs(clock)

    def watch_runs(self, watcher: RunWatcher) -> None:
        """Tell `watcher` of each run from now on."""
        self._check_not_running("Runs can only be watched")
        self._watchers.append(watcher)

    def unwatch_runs(self, watcher: RunWatcher) -> None:
        """Tell `watcher` of no further run."""
        if watcher in self._watchers:
            self._watchers.remove(watcher)

    def set_error_callback(self, callback: Callable[[BaseException], object]) -> None:
        """Call `callback(error)` for each error as it is recorded."""
        self._check_not_running("The error callback can only be set")
        self._error_callback = callback

    def trace(self, capacity: int = 200_000, every_call: bool = False) -> Trace:
        """A trace of what the graph does while the trace is open as a context manager, run or between runs.

            with graph.trace() as trace:
                ...
            trace.save("run.perfetto-trace")

        It does not wait for packets that were added: call `wait_until_idle()` before the block ends, or
        let the graph run and end inside it.

        capacity: how many calls and packets it keeps, the newest ones.
        every_call: leave out none; else a graph that does little but pass packets on is recorded for some
            of them, to stay within 5 % of its speed.
        """
        from mpgraph.profiling.trace import Trace

        return Trace(self._listened(), self._model, capacity, every_call)

    @property
    def profiler(self) -> Profiler:
        """What the graph's `profiler_config` asks for: times of its calculators, and log files."""
        if self._profiler is None:
            from mpgraph.profiling.profiler import Profiler

            self._profiler = Profiler(self._model, self._listened())
            self._watchers.append(self._profiler)
        return self._profiler

    def statistics(self) -> GraphStatistics:
        """How the graph is doing now, or did at the end of its last run: see GraphStatistics.

        Times of nodes are measured from the first call of this on, for less than 5 % of the speed.
        """
        if self._statistics is None:
            from mpgraph.profiling.statistics import LiveStatistics

            instruments = self._listened()
            self._statistics = LiveStatistics(self._model)
            self._watchers.append(self._statistics)
            if self._run is not None:
                self._statistics.run_starts(self._run)
            instruments.add(self._statistics)
        self._listened().drain()
        return self._statistics.picture(self._run is not None)

    def _listened(self) -> Instrumentation:
        if self._instruments is None:
            from mpgraph.profiling.instruments import Instrumentation

            self._instruments = Instrumentation()
            self._watchers.append(self._instruments)
            if self._run is not None:
                self._instruments.run_starts(self._run)
        return self._instruments

    def _watching(self, services: Mapping[str, Any]) -> list[RunWatcher]:
        """Those of a run's services that want to know of it, and would not be told anyway."""
        found = [service for service in services.values() if isinstance(service, RunWatcher)]
        return [service for service in found if service not in self._watchers]

    def _check_not_running(self, what: str) -> None:
        if self._run is not None:
            raise FailedPreconditionError(
                f"{what} before start_run(); this graph is running.",
                hint="Do it first, or end the run with wait_until_done() or close().",
                rule="already-running",
            )

    def _check_may_start(self) -> dict[str, Any]:
        """Check that no run goes on, and that the application has supplied what only it can.

        Returns the services of the run, those included that are made for it.
        """
        if self._run is not None:
            raise FailedPreconditionError(
                "start_run() was called twice; this graph is running.",
                hint="End the run first, with wait_until_done() or close().",
                rule="already-running",
            )
        for spec in self._model.executors:
            if spec.name not in self._executors:
                raise InvalidArgumentError(
                    f'ExecutorConfig for "{spec.name}" does not have a "type" field: the executor must be '
                    "given with a SetExecutor() call, set_executor() here."
                )
        services = dict(self._services)
        for node in self._model.nodes:
            for key, optional in node.contract.services.items():
                if key in services:
                    continue
                if (make := node.contract.default_services.get(key)) is not None:
                    services[key] = _made_service(make, node)
                elif not optional:
                    raise InternalError(
                        f'Service "{key}", required by node "{node.name}", was not provided and cannot be '
                        "created.",
                        location=node.location,
                        hint="Give it with set_service().",
                        rule="missing-service",
                    )
        return services


def _made_service(make: Callable[[], Any], node: ValidatedNode) -> Any:
    """A service nobody gave, made for the first node that needs it.

    Raises:
        MpgraphError: it cannot be made; at the place of the node.
    """
    try:
        return make()
    except MpgraphError as error:
        raise error.with_context(f'Node "{node.name}": ', location=node.location) from error


def _ignore(error: BaseException) -> None:
    """What happens to recorded errors when there is no error callback."""
