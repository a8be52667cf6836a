"""CalculatorGraph: load a graph, feed it, observe it, end it, with the API of MediaPipe's Python package."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from mpgraph.config.model import GraphModel
from mpgraph.config.source import GraphSource
from mpgraph.config.validated_graph_config import ValidatedGraphConfig, only_graph
from mpgraph.config.validation.node_contracts import output_handler_errors
from mpgraph.errors import (
    FailedPreconditionError,
    InternalError,
    Location,
    MpgraphError,
    NotFoundError,
    OutOfRangeError,
    UnavailableError,
    did_you_mean,
)
from mpgraph.framework import packet as packets
from mpgraph.framework import timestamp as ts
from mpgraph.framework.clock import CLOCK_SERVICE, Clock
from mpgraph.framework.not_picklable import NotPicklable
from mpgraph.framework.packet import Packet
from mpgraph.framework.timestamp import Timestamp, as_int
from mpgraph.framework.user_code import caller_location
from mpgraph.graph.life_cycle import LifeCycle
from mpgraph.graph.measurements import GraphMeasurements
from mpgraph.graph.run_factory import RunFactory
from mpgraph.graph.running_graphs import dropped_graphs, running_graphs
from mpgraph.io import native
from mpgraph.runtime.executor import Executor
from mpgraph.runtime.explanation import explain, too_late
from mpgraph.runtime.graph_input_stream import GraphInputStreamAddMode, wrong_arguments
from mpgraph.runtime.handlers import handler_class
from mpgraph.runtime.output_stream_poller import OutputStreamPoller
from mpgraph.runtime.run import GraphRun, RunWatcher
from mpgraph.runtime.scheduler import STUCK_S

if TYPE_CHECKING:
    from mpgraph.profiling.profiler import Profiler
    from mpgraph.profiling.statistics import GraphStatistics
    from mpgraph.profiling.trace import Trace


class CalculatorGraph(NotPicklable):
    """A graph of calculators that can be run, one run after another.

    Exactly one argument specifies the graph: a path to a .pbtxt or .binarypb file, a config
    (text, or a CalculatorGraphConfig message), or a ValidatedGraphConfig.

    As a context manager it is closed on leaving, and cancelled if an exception leaves with it.

    Raises:
        InvalidArgumentError (a ValueError): not exactly one argument, an unknown one, or a wrong graph.
        FileNotFoundError: the file does not exist.
    """

    pickle_instead = "Create a graph in each process: pass its `text_config`, or the path of its file."

    def __init__(
        self,
        *,
        binary_graph_path: str | os.PathLike[str] | None = None,
        graph_config: Any = None,
        validated_graph_config: ValidatedGraphConfig | None = None,
        graph_path: str | os.PathLike[str] | None = None,
        **unknown: NoReturn,
    ) -> None:
        self._validated = only_graph(
            binary_graph_path=binary_graph_path,
            graph_config=graph_config,
            validated_graph_config=validated_graph_config,
            graph_path=graph_path,
            **unknown,
        )
        self.model: GraphModel = self._validated.model
        """The validated graph: its nodes and streams with everything resolved."""
        self.subgraphs: Mapping[str, object] | Sequence[object] = self._validated.subgraphs
        """The graphs that its nodes may use as calculators, as given to the ValidatedGraphConfig."""
        # Not by validation, which is below the runtime, where handlers are registered.
        for node in self.model.nodes:
            handler_class(node.handler.name, node.location)
            for error in output_handler_errors(node.config, node.location, node.name):
                raise error
        self._life = LifeCycle()
        self._was_forked = False
        self._runs = RunFactory(self.model)
        self._measurements = GraphMeasurements(self.model, self._runs.watchers)
        self._seen_observed = 0
        self._output_side_packets: Mapping[str, Packet] = {}
        self.started_at: Location | None = None
        """The statement outside of mpgraph that started the last run."""
        self.graph_input_stream_add_mode = GraphInputStreamAddMode.WAIT_TILL_NOT_FULL

    # The graph

    @property
    def max_queue_size(self) -> int:
        """How many packets a queue holds before it throttles its sources; -1 for no limit."""
        return self._runs.max_queue_size

    @max_queue_size.setter
    def max_queue_size(self, size: int) -> None:
        self._runs.max_queue_size = size

    @property
    def current_run(self) -> GraphRun | None:
        """The run that has been started and not waited for; None between runs."""
        return self._life.run

    def graph_source(self) -> GraphSource:
        """Return the graph as its author wrote it, subgraphs and all."""
        return self._validated.graph_source()

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

    # Before a run

    def observe_output_stream(
        self,
        stream_name: str,
        callback_fn: Callable[[str, Packet], object],
        observe_timestamp_bounds: bool = False,
    ) -> None:
        """Call `callback_fn(stream_name, packet)` for each packet of a stream, any stream of the graph.

        Calls for one stream never overlap. With `observe_timestamp_bounds`, it is called with empty
        packets for settled times without a packet. What the function raises ends the run.

        Raises:
            NotFoundError: there is no such stream.
            FailedPreconditionError: a run has started.
        """
        self._check_stream(stream_name)
        self._runs.observations.append((stream_name, callback_fn, observe_timestamp_bounds))

    def add_output_stream_poller(
        self, stream_name: str, observe_timestamp_bounds: bool = False
    ) -> OutputStreamPoller:
        """Return a poller that takes the packets of a stream one by one.

        Raises:
            NotFoundError: there is no such stream.
            FailedPreconditionError: a run has started.
        """
        self._check_stream(stream_name)
        poller = OutputStreamPoller(stream_name, observe_timestamp_bounds)
        self._runs.pollers.append(poller)
        return poller

    def _check_stream(self, name: str) -> None:
        self._life.check_idle("An output stream can only be observed before start_run()")
        if name not in self.model.streams:
            raise NotFoundError(
                f'Unable to attach observer to output stream "{name}" because it doesn\'t exist.',
                hint=did_you_mean(name, self.model.streams),
                rule="unknown-stream",
            )

    def set_executor(self, name: str, executor: Executor) -> None:
        """Use the application's executor for nodes that name it; "" is the default executor.

        Raises:
            FailedPreconditionError: a run has started.
            InvalidArgumentError: the config declares no executor of this name, or it has no `schedule`.
            AlreadyExistsError: the config gives the executor's type, so the graph creates it.
        """
        self._life.check_idle("An executor can only be set before start_run()")
        self._runs.executors.set(name, executor)

    def set_service(self, key: str, service: Any) -> None:
        """Give calculators an object that they find with `cc.service(key)`.

        Its methods `run_starts(run)` and `run_ends(run)`, if it has them, are called for each run.
        """
        self._life.check_idle("A service can only be set before start_run()")
        self._runs.services[key] = service

    def set_clock(self, clock: Clock) -> None:
        """Use a clock for calculators that need the time, as `cc.clock`; the default is the system's."""
        self.set_service(CLOCK_SERVICE, clock)

    def watch_runs(self, watcher: RunWatcher) -> None:
        """Call `watcher.run_starts(run)` and `watcher.run_ends(run)` for each run from now on."""
        self._life.check_idle("Runs can only be watched before start_run()")
        self._runs.watchers.append(watcher)

    def unwatch_runs(self, watcher: RunWatcher) -> None:
        """End `watch_runs` for a watcher."""
        if watcher in self._runs.watchers:
            self._runs.watchers.remove(watcher)

    def set_error_callback(self, callback: Callable[[BaseException], object]) -> None:
        """Call `callback(error)` for each error as it is recorded."""
        self._life.check_idle("The error callback can only be set before start_run()")
        self._runs.error_callback = callback

    def trace(self, capacity: int = 200_000, every_call: bool = False) -> Trace:
        """Return a trace: it records what the graph does while it is open as a context manager.

            with graph.trace() as trace:
                ...
            trace.save("run.perfetto-trace")

        It can be opened during a run or between runs. It does not wait for packets that were added: call
        `wait_until_idle()` before the block ends, or let the graph run and end inside it.

        capacity: how many calls and packets it keeps, the newest of them.
        every_call: record all calls; otherwise a graph that does little but pass packets on is recorded
            for some packets only, to stay within 5 % of its speed.
        """
        return self._measurements.trace(self._life.run, capacity, every_call)

    @property
    def profiler(self) -> Profiler:
        """The profiler that the graph's `profiler_config` sets up: times of calculators, and log files."""
        return self._measurements.profiler(self._life.run)

    def statistics(self) -> GraphStatistics:
        """Return the state of the graph now, or at the end of its last run: see GraphStatistics.

        Times of nodes are measured from the first call of this on, which costs less than 5 % of the speed.
        """
        return self._measurements.statistics(self._life.run)

    # A run

    def start_run(
        self,
        input_side_packets: Mapping[str, Packet] | None = None,
        stream_headers: Mapping[str, Packet] | None = None,
    ) -> None:
        """Start a run. Calculators open in the background; the wait calls raise their errors.

        Raises:
            InvalidArgumentError: a side packet is missing or of a wrong type.
            FailedPreconditionError: a run has started and was not waited for.
        """
        with self._life.starting() as undo:
            self._was_forked = False
            self.started_at = caller_location()
            # A thread that sees the run may send events at once: its executors take tasks already, and the
            # first event in its inbox is the one that opens the nodes.
            run = self._runs.make(input_side_packets or {}, stream_headers or {}, undo)
            self._seen_observed = 0
            self._output_side_packets = run.side_packets
            undo.callback(running_graphs.discard, self)
            running_graphs.add(self)
            self._life.started(run)
        run.scheduler.wake()

    def run(self, input_side_packets: Mapping[str, Packet] | None = None) -> None:
        """Run a graph that has no input streams, from start to end.

        Raises:
            InternalError: the graph has input streams.
            MpgraphError: the run failed.
        """
        if len(self.model.graph_inputs):
            raise InternalError(
                "RET_CHECK failure: CalculatorGraph::Run() may not be used with a graph that has input "
                "streams.",
                hint="Use start_run(), add_packet_to_input_stream() and close().",
                rule="wants-packets",
            )
        self.start_run(input_side_packets)
        self.wait_until_done()

    def _running_graph(self, call: str) -> GraphRun:
        run = self._life.run
        if run is None:
            raise FailedPreconditionError(
                f"CalculatorGraph::{call}() is called before StartRun().",
                hint="Call start_run() first; after wait_until_done() or close() the run is over."
                if not self._was_forked
                else "It runs in the process that this one was forked from: call start_run() here, too.",
                rule="not-started",
            )
        return run

    def add_packet_to_input_stream(
        self, stream: str, packet: Packet, timestamp: int | Timestamp | None = None
    ) -> None:
        """Send a packet into a graph input stream, at its own timestamp or at `timestamp`.

        Waits while the stream is throttled, or raises UnavailableError "Graph is throttled.",
        according to `graph_input_stream_add_mode`. An empty packet announces a timestamp bound.

        Raises:
            InvalidArgumentError: the timestamp cannot be in a stream, or the payload has a wrong type.
            MpgraphError: the run has failed ("Graph has errors").
            TypeError: `packet` is not a Packet.
        """
        run = self._life.run or self._running_graph("AddPacketToInputStream")
        if not isinstance(packet, Packet):
            raise wrong_arguments(stream, packet)
        source = run.inputs.get(stream) or run.input(stream)
        if timestamp is not None:
            t = as_int(timestamp)
            if t != ts.UNSET:
                packet = packets.make(packet._payload, packet._type, t)
        if not ts.PRESTREAM <= packet._t <= ts.POSTSTREAM:
            raise source.time_error(packet)
        source.wait_for_room(self.graph_input_stream_add_mode)
        if run.scheduler.errors or not source.sender.send(packet):
            run.raise_errors("Graph has errors: ")

    def set_input_stream_timestamp_bound(self, stream: str, timestamp: int | Timestamp) -> None:
        """Announce that nothing before `timestamp` will be sent into a graph input stream."""
        self._running_graph("SetInputStreamTimestampBound").input(stream).sender.send_bound(as_int(timestamp))

    def close_input_stream(self, stream: str) -> None:
        """End a graph input stream; ending it twice is no error."""
        run = self._running_graph("CloseInputStream")
        run.close_inputs([run.input(stream)])

    def close_all_input_streams(self) -> None:
        """End all graph input streams."""
        run = self._running_graph("CloseAllInputStreams")
        run.close_inputs(run.inputs.values())

    def close_all_packet_sources(self) -> None:
        """End all graph input streams, and all source nodes at their next turn."""
        run = self._running_graph("CloseAllPacketSources")
        run.close_inputs(run.inputs.values())
        run.scheduler.stop_sources()

    def wait_until_idle(self, timeout: float | None = None) -> None:
        """Wait until everything sent in so far has been processed, for at most `timeout` seconds.

        Raises:
            MpgraphError: the run has failed; the errors stay recorded.
            DeadlineExceededError (a TimeoutError): the time is up; the run goes on.
        """
        run = self._running_graph("WaitUntilIdle")
        run.scheduler.check_may_wait("wait_until_idle")
        if not run.scheduler.wait_until_quiet(timeout=timeout):
            raise too_late(run, "wait_until_idle", timeout)
        run.raise_errors("CalculatorGraph::WaitUntilIdle() failed: ")

    def wait_until_done(self, timeout: float | None = None) -> None:
        """Wait until the run has ended, for at most `timeout` seconds, and clean up; then it may run again.

        Raises:
            MpgraphError: the run failed, with the class of the errors' common status code.
            DeadlineExceededError (a TimeoutError): the time is up; calls on this thread were not interrupted.
        """
        self._wait_until_done(self._running_graph("WaitUntilDone"), timeout)

    def _wait_until_done(self, run: GraphRun, timeout: float | None = None) -> None:
        self._life.check_not_ending()
        run.scheduler.check_may_wait("wait_until_done")
        if not run.wait_until_ended(timeout):
            raise too_late(run, "wait_until_done", timeout)
        self._end(run)
        run.raise_errors("CalculatorGraph::Run() failed: ")

    def _end(self, run: GraphRun, patience: float | None = None) -> None:
        """Clean up after a run that has ended, once, on whichever thread comes first; see GraphRun.finish."""
        # Last to first, and all of them whatever the others raise.
        with contextlib.ExitStack() as clean_up:
            clean_up.callback(self._life.release)
            if not self._life.claim_end(run, patience):
                return
            clean_up.callback(running_graphs.discard, self)
            self._runs.end_later(run, clean_up, patience)

    def wait_for_observed_output(self, timeout: float | None = None) -> None:
        """Wait until an observer has been called since the last wait, for at most `timeout` seconds.

        Raises:
            OutOfRangeError: "Graph is done.": the run ends without a further packet.
            DeadlineExceededError (a TimeoutError): the time is up; the run goes on.
        """
        if (run := self._life.run) is None:
            return

        def done() -> bool:
            return run.observed > self._seen_observed or run.scheduler.has_ended()

        if not run.scheduler.wait_until(done, until=done, timeout=timeout):
            raise too_late(run, "wait_for_observed_output", timeout)
        if run.observed == self._seen_observed:
            raise OutOfRangeError("Graph is done.")
        self._seen_observed = run.observed

    def explain(self) -> str:
        """Return what the graph waits for: which node, on which stream, and who should have sent what.

        The answer to "why does nothing come out?", from any thread; one item a line.
        """
        return explain(run) if (run := self._life.run) else "The graph has no run: call start_run()."

    def close(self) -> None:
        """End all packet sources and wait until the run is done. Without a run it does nothing.

        Raises:
            MpgraphError: the run failed.
        """
        if (run := self._life.run) is not None:
            run.close_inputs(run.inputs.values())
            run.scheduler.stop_sources()
            self._wait_until_done(run)

    def cancel(self) -> None:
        """End the run as soon as what is running now has finished; wait_until_done then raises."""
        if (run := self._life.run) is not None:
            run.scheduler.post(run.scheduler.cancel, None)

    def pause(self) -> None:
        """Start no further calculator until `resume`."""
        self._running_graph("Pause").scheduler.pause()

    def resume(self) -> None:
        """Continue after `pause`."""
        self._running_graph("Resume").scheduler.resume()

    def has_error(self) -> bool:
        """Whether the run has failed so far."""
        return (run := self._life.run) is not None and bool(run.scheduler.errors)

    def get_combined_error_message(self) -> str:
        """Return all errors of the run so far, one a line; empty when there is none."""
        return "\n".join(map(str, run.scheduler.errors)) if (run := self._life.run) is not None else ""

    def get_output_side_packet(self, packet_name: str) -> Packet:
        """Return an output side packet of any node, also after the run.

        Raises:
            NotFoundError: no node of the graph has such an output side packet.
            UnavailableError: it has not been set yet.
        """
        edge = self.model.side_packets.get(packet_name)
        if edge is None or edge.producer is None:
            raise NotFoundError(
                f'Unable to get the output side packet "{packet_name}" because it doesn\'t exist.',
                hint=did_you_mean(packet_name, self.model.side_packets),
                rule="unknown-side-packet",
            )
        if (found := self._output_side_packets.get(packet_name)) is None:
            raise UnavailableError(
                f'The output side packet "{packet_name}" is unavailable.',
                hint="Its node has not set it yet; wait_until_idle() or wait_until_done() first.",
            )
        return found

    def __enter__(self) -> CalculatorGraph:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def __del__(self) -> None:
        if (life := getattr(self, "_life", None)) and life.run:  # None if the constructor has raised.
            dropped_graphs.append((id(self), self.started_at))
            self.abandon()

    def forget_run_of_parent(self) -> None:
        """In a forked child: be a graph without a run, whose locks may be held by threads of the parent."""
        native.never_free(self._life)
        self._life = LifeCycle()
        self._was_forked = True
        self._runs.forget_run_of_parent()

    def abandon(self) -> None:
        """Cancel the run, paused or not, and wait for its end; errors are ignored. No effect without a run.

        A calculator that has not returned after about a second goes on, on its thread, and none waits for it.
        """
        if (run := self._life.run) is None:
            return
        with contextlib.suppress(MpgraphError):  # No thread can be started for it: then it just sleeps.
            run.scheduler.post(run.scheduler.cancel, None)
            run.scheduler.resume()
        with contextlib.suppress(MpgraphError):  # "Cancel() was called", and what failed before that.
            self._life.check_not_ending()
            run.scheduler.check_may_wait("abandon")
            run.scheduler.wait_for_cancelled()
            self._end(run, patience=STUCK_S)
