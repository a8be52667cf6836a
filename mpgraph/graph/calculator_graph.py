"""CalculatorGraph: load a graph, feed it, watch it, end it. The face is MediaPipe's Python package's."""

from __future__ import annotations

import atexit
import enum
import os
import weakref
from collections import deque
from collections.abc import Mapping
from typing import Any

from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.errors import (
    FailedPreconditionError,
    InternalError,
    InvalidArgumentError,
    Location,
    MpgraphError,
    NotFoundError,
    OutOfRangeError,
    UnavailableError,
    combined,
    did_you_mean,
)
from mpgraph.framework import packet as packets
from mpgraph.framework import timestamp as ts
from mpgraph.framework.packet import Packet
from mpgraph.framework.timestamp import Timestamp, as_int
from mpgraph.framework.user_code import caller_location
from mpgraph.graph.graph_setup import GraphSetup
from mpgraph.runtime.executor import ThreadPoolExecutor
from mpgraph.runtime.graph_input_stream import GraphInputStream
from mpgraph.runtime.run import GraphRun


class GraphInputStreamAddMode(enum.IntEnum):
    """What `add_packet_to_input_stream` does while the stream is throttled: wait, or raise at once."""

    WAIT_TILL_NOT_FULL = 0
    ADD_IF_NOT_FULL = 1


class CalculatorGraph(GraphSetup):
    """A graph of calculators that can be run, one run after another.

    Exactly one of the arguments says which graph: a path to a .pbtxt or .binarypb file, a config
    (text, or a CalculatorGraphConfig message), or a ValidatedGraphConfig.

    As a context manager it is closed on leaving, and cancelled if an exception leaves with it.

    Raises:
        InvalidArgumentError (a ValueError): not exactly one argument, or the graph is wrong.
        FileNotFoundError: the file does not exist.
    """

    def __init__(
        self,
        *,
        binary_graph_path: str | os.PathLike[str] | None = None,
        graph_config: Any = None,
        validated_graph_config: ValidatedGraphConfig | None = None,
        graph_path: str | os.PathLike[str] | None = None,
    ) -> None:
        given = (binary_graph_path, graph_config, validated_graph_config, graph_path)
        if sum(source is not None for source in given) != 1:
            raise InvalidArgumentError(
                "Must provide exactly one of 'binary_graph_path', 'graph_config', 'validated_graph_config' "
                "or 'graph_path'.",
                hint='For example CalculatorGraph(graph_path="graph.pbtxt").',
                rule="no-graph",
            )
        if validated_graph_config is None:
            validated_graph_config = ValidatedGraphConfig()
            validated_graph_config.initialize(
                binary_graph_path=binary_graph_path, graph_config=graph_config, graph_path=graph_path
            )
        super().__init__(validated_graph_config)
        self._seen_observed = 0
        self._side_packets: dict[str, Packet] = {}
        self._constant: dict[int, tuple[list[Packet], dict[str, Packet]]] = {}
        self.graph_input_stream_add_mode = GraphInputStreamAddMode.WAIT_TILL_NOT_FULL

    # A run

    def start_run(
        self,
        input_side_packets: Mapping[str, Packet] | None = None,
        stream_headers: Mapping[str, Packet] | None = None,
    ) -> None:
        """Start a run. Calculators open in the background; their errors show in the wait calls.

        Raises:
            InvalidArgumentError: a side packet is missing or of a wrong type.
            FailedPreconditionError: a run has started and was not waited for.
        """
        services = self._check_may_start()
        given = dict(input_side_packets or {})
        run = GraphRun(
            self._model,
            self._executors,
            max_queue_size=self._max_queue_size,
            side_packets=given,
            headers=stream_headers or {},
            services=services,
            observations=self._observations,
            pollers=self._pollers,
            cached=self._unchanged_constants(given),
        )
        run.scheduler.on_error = self._error_callback
        self._seen_observed = 0
        self._side_packets = {}
        self.started_at = caller_location()
        if services:
            self._service_watchers = self._watching(services)
        for watcher in (*self._service_watchers, *self._watchers):
            watcher.run_starts(run)
        self._run = run
        _running.add(self)
        run.start()

    def _unchanged_constants(self, given: Mapping[str, Packet]) -> dict[int, dict[str, Packet]]:
        """Nodes without streams whose input side packets hold the same objects as in the run before."""
        known = dict(given)
        unchanged = {}
        for node_id, (inputs, made) in sorted(self._constant.items()):
            names = self._model.nodes[node_id].side_inputs.names
            if all(
                name in known and known[name].payload is old.payload
                for name, old in zip(names, inputs, strict=True)
            ):
                unchanged[node_id] = made
                known.update(made)
        return unchanged

    def run(self, input_side_packets: Mapping[str, Packet] | None = None) -> None:
        """Run a graph that has no input streams, from start to end.

        Raises:
            InternalError: the graph has input streams.
            MpgraphError: the run failed.
        """
        if len(self._model.graph_inputs):
            raise InternalError(
                "RET_CHECK failure: CalculatorGraph::Run() may not be used with a graph that has input "
                "streams.",
                hint="Use start_run(), add_packet_to_input_stream() and close().",
                rule="wants-packets",
            )
        self.start_run(input_side_packets)
        self.wait_until_done()

    def _running_graph(self, call: str) -> GraphRun:
        if self._run is None:
            raise FailedPreconditionError(
                f"CalculatorGraph::{call}() is called before StartRun().",
                hint="Call start_run() first; after wait_until_done() or close() the run is over.",
                rule="not-started",
            )
        return self._run

    def _input(self, run: GraphRun, name: str) -> GraphInputStream:
        found = run.inputs.get(name)
        if found is None:
            raise NotFoundError(
                f'"{name}" is not a graph input stream.',
                hint=f"{did_you_mean(name, run.inputs)} The graph has: {', '.join(run.inputs) or 'none'}.",
                rule="unknown-stream",
            )
        return found

    def add_packet_to_input_stream(
        self, stream: str, packet: Packet, timestamp: int | Timestamp | None = None
    ) -> None:
        """Send a packet into a graph input stream, at its own timestamp or at `timestamp`.

        Waits while the stream is throttled, or raises UnavailableError "Graph is throttled.",
        according to `graph_input_stream_add_mode`. An empty packet announces a timestamp bound.

        Raises:
            InvalidArgumentError: the timestamp cannot be in a stream, or the payload has a wrong type.
            MpgraphError: the run has failed ("Graph has errors").
        """
        run = self._running_graph("AddPacketToInputStream")
        source = self._input(run, stream)
        if timestamp is not None:
            t = as_int(timestamp)
            if t != ts.UNSET:
                packet = packets.make(packet._payload, packet._type, t)
        if not ts.PRESTREAM <= packet._t <= ts.POSTSTREAM:
            raise InvalidArgumentError(
                f'The timestamp {ts.name(packet._t)} of a packet for stream "{stream}" is not allowed in a '
                "stream: timestamp not specified or set to illegal value.",
                hint="Give one with packet.at(timestamp).",
                rule="timestamp",
            )
        source.wait_for_room(wait=self.graph_input_stream_add_mode != GraphInputStreamAddMode.ADD_IF_NOT_FULL)
        self._raise_errors(run, "Graph has errors: ")
        if not source.send(packet):
            self._raise_errors(run, "Graph has errors: ")

    def set_input_stream_timestamp_bound(self, stream: str, timestamp: int | Timestamp) -> None:
        """Announce that nothing before `timestamp` will be sent into a graph input stream."""
        run = self._running_graph("SetInputStreamTimestampBound")
        self._input(run, stream).send_bound(as_int(timestamp))

    def close_input_stream(self, stream: str) -> None:
        """End a graph input stream; ending it twice is no error."""
        run = self._running_graph("CloseInputStream")
        self._input(run, stream).close()
        run.all_inputs_closed()

    def close_all_input_streams(self) -> None:
        """End all graph input streams."""
        run = self._running_graph("CloseAllInputStreams")
        for source in run.inputs.values():
            source.close()
        run.all_inputs_closed()

    def close_all_packet_sources(self) -> None:
        """End all graph input streams, and all source nodes at their next turn."""
        self.close_all_input_streams()
        run = self._running_graph("CloseAllPacketSources")
        run.scheduler.stopping = True

    def wait_until_idle(self) -> None:
        """Wait until everything sent in so far has been worked off.

        Raises:
            MpgraphError: the run has failed; the errors stay recorded.
        """
        run = self._running_graph("WaitUntilIdle")
        self._check_may_wait(run, "wait_until_idle")
        run.scheduler.wait_until_quiet()
        self._raise_errors(run, "CalculatorGraph::WaitUntilIdle() failed: ")

    def wait_until_done(self) -> None:
        """Wait until the run has ended, and clean up. The graph may then be run again.

        Raises:
            MpgraphError: the run failed, with the class of the errors' common status code.
        """
        run = self._running_graph("WaitUntilDone")
        self._check_may_wait(run, "wait_until_done")
        scheduler = run.scheduler
        scheduler.wait_until_quiet(terminated=True)
        self._clean_up(run)
        self._raise_errors(run, "CalculatorGraph::Run() failed: ")

    def _clean_up(self, run: GraphRun) -> None:
        self._run = None
        _running.discard(self)
        for watcher in self._watchers:
            watcher.run_ends(run)
        for executor in self._executors.values():
            if isinstance(executor, ThreadPoolExecutor):
                executor.stop()
        run.finish()
        watchers, self._service_watchers = self._service_watchers, []
        for watcher in watchers:  # After the nodes have closed, which may still use them.
            watcher.run_ends(run)
        self._side_packets = run.side_packets
        self._constant = run.constant_side_packets()

    def _check_may_wait(self, run: GraphRun, call: str) -> None:
        if run.scheduler.runs_here():
            raise FailedPreconditionError(
                f"{call}() was called from a calculator or observer of the same graph, which would wait for "
                "itself.",
                hint="Call it outside, in the program that feeds the graph.",
                rule="waits-for-itself",
            )

    def wait_for_observed_output(self) -> None:
        """Wait until an observer has been called since the last wait.

        Raises:
            OutOfRangeError: "Graph is done.": the run ends without a further packet.
        """
        run = self._run
        if run is None:
            return
        run.scheduler.wait_until(
            lambda: run.observed > self._seen_observed or (run.scheduler.terminated and run.scheduler.quiet())
        )
        if run.observed == self._seen_observed:
            raise OutOfRangeError("Graph is done.")
        self._seen_observed = run.observed

    def close(self) -> None:
        """End all packet sources and wait until the run is done. Without a run it does nothing.

        Raises:
            MpgraphError: the run failed.
        """
        if self._run is not None:
            self.close_all_packet_sources()
            self.wait_until_done()

    def cancel(self) -> None:
        """End the run as soon as what is running now has finished; wait_until_done then raises."""
        if self._run is not None:
            self._run.scheduler.post(self._run.scheduler.cancel, None)

    def pause(self) -> None:
        """Start no further calculator until `resume`."""
        self._running_graph("Pause").scheduler.paused = True

    def resume(self) -> None:
        """Go on after `pause`."""
        scheduler = self._running_graph("Resume").scheduler
        scheduler.paused = False
        scheduler.post(scheduler.resume, None)

    # Errors and results

    def has_error(self) -> bool:
        """Whether the run has failed so far."""
        return self._run is not None and bool(self._run.scheduler.errors)

    def get_combined_error_message(self) -> str:
        """All errors of the run so far, one a line; empty when there is none."""
        if not self.has_error() or self._run is None:
            return ""
        return "\n".join(str(error) for error in self._run.scheduler.errors)

    def get_output_side_packet(self, packet_name: str) -> Packet:
        """An output side packet of any node; it stays after the run.

        Raises:
            NotFoundError: the graph makes no such side packet.
            UnavailableError: it has not been set yet.
        """
        edge = self._model.side_packets.get(packet_name)
        if edge is None or edge.producer is None:
            raise NotFoundError(
                f'The output side packet "{packet_name}" does not exist.',
                hint=did_you_mean(packet_name, self._model.side_packets),
                rule="unknown-side-packet",
            )
        known = self._run.side_packets if self._run is not None else self._side_packets
        if packet_name not in known:
            raise UnavailableError(
                f'The output side packet "{packet_name}" is unavailable.',
                hint="Its node has not set it yet; wait_until_idle() or wait_until_done() first.",
            )
        return known[packet_name]

    def _raise_errors(self, run: GraphRun, comment: str) -> None:
        errors = run.scheduler.errors
        if errors:
            raise combined(comment, list(errors)) from errors[0]

    # The end

    def __enter__(self) -> CalculatorGraph:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        if kind is None:
            self.close()
        else:
            self._abandon()

    def __del__(self) -> None:
        if getattr(self, "_run", None) is not None:
            dropped.append((id(self), self.started_at))
            self._abandon()

    def _abandon(self) -> None:
        """End the run at once, whatever its state, and swallow its errors."""
        if self._run is None:
            return
        self.cancel()
        self.resume()
        try:
            self.wait_until_done()
        except MpgraphError as error:
            del error  # Cancelled, as asked for.


_running: weakref.WeakSet[CalculatorGraph] = weakref.WeakSet()


dropped: deque[tuple[int, Location | None]] = deque(maxlen=100)
"""The last graphs that were collected while they ran, by id, and where they were started; for test tools."""


def running_graphs() -> list[CalculatorGraph]:
    """The graphs that have been started and not ended; `started_at` says where."""
    return list(_running)


@atexit.register
def _abandon_all() -> None:
    """End graphs that still run when the interpreter exits, before their threads are frozen."""
    for graph in running_graphs():
        graph._abandon()
