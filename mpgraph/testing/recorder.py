"""record: write everything that enters a running graph into a file, in order."""

from __future__ import annotations

import os
import sys
import threading
import time
from types import TracebackType
from typing import Any

from mpgraph.errors import CancelledError, InvalidArgumentError
from mpgraph.framework.override import override
from mpgraph.framework.packet import Packet
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.runtime.graph_input_stream import GraphInputStream, InputSender
from mpgraph.runtime.instrumentation import Instrumentation
from mpgraph.runtime.run import GraphRun
from mpgraph.testing.recording import BOUND, CLOSE, END, OUTPUT, PACKET, START, Event, Header, RecordingWriter


def record(
    graph: CalculatorGraph,
    path: str | os.PathLike[str],
    *,
    outputs: bool = False,
    overwrite: bool = False,
) -> GraphRecorder:
    """Record the runs of a graph that start within the block, for a bug report.

        with record(graph, "bug.mpgrec"), graph:
            graph.start_run()
            ...

    The file holds the graph with its subgraphs, side packets, headers, and every packet, bound and close
    of its input streams, with their times; not the models and other files that its calculators read. It
    is complete up to the last event even if the graph fails or the process dies.

    outputs: whether to write the graph's output packets too, which `replay` then compares.
    overwrite: whether to replace an existing file.

    Raises:
        AlreadyExistsError: the file exists.
        FailedPreconditionError: the graph is running.
        InvalidArgumentError: (of the call that sends it) a payload is of a class that recordings cannot
            hold; `register_codec` adds support for it.
    """
    return GraphRecorder(graph, path, outputs, overwrite)


class GraphRecorder(Instrumentation):
    """Created by `record`: a context manager that ends the recording."""

    def __init__(
        self, graph: CalculatorGraph, path: str | os.PathLike[str], outputs: bool, overwrite: bool
    ) -> None:
        self._graph = graph
        self._started = 0.0
        self._run: GraphRun | None = None
        self.sent = 0
        """How many packets were recorded."""
        self.order = threading.RLock()
        graph.watch_runs(self)
        try:
            self._file = RecordingWriter(path, _header(graph), overwrite=overwrite)
        except BaseException:
            graph.unwatch_runs(self)
            raise
        if outputs:
            for name in graph.model.observable_outputs:
                graph.observe_output_stream(name, self._note_output)

    def run_starts(self, run: GraphRun) -> None:
        """Record the start of a run, and install the hooks for its inputs."""
        self._started = time.monotonic()
        self._run = run
        start = {"side": dict(run.side_packets), "headers": dict(run.headers)}
        self.note(START, "", start)
        run.instrument(self)

    @override
    def on_input(self, stream: GraphInputStream, sender: InputSender) -> InputSender:
        return RecordedInput(stream, sender, self)

    def run_ends(self, run: GraphRun) -> None:
        """Record how the run ended."""
        self._run = None
        scheduler = run.scheduler
        stopped = scheduler.stopping or any(isinstance(error, CancelledError) for error in scheduler.errors)
        self.note(END, "", {"errors": [str(error) for error in scheduler.errors], "stopped": stopped})

    def _note_output(self, stream: str, packet: Packet) -> None:
        self.note(OUTPUT, stream, packet)

    def note(self, kind: bytes, stream: str, value: Any = None) -> None:
        """Write an event.

        Raises:
            InvalidArgumentError: it has a payload that recordings cannot hold.
        """
        after = int((time.monotonic() - self._started) * 1e6)
        idle = self._run is not None and self._run.scheduler.quiet()
        try:
            self._file.add(Event(kind, stream, after, idle, value))
        except InvalidArgumentError as error:
            what = f'A packet of the stream "{stream}"' if stream else "The start of the run"
            raise InvalidArgumentError(f"{what} cannot be recorded: {error.message}") from error

    def close(self) -> None:
        """End the recording; the graph runs on."""
        self._graph.unwatch_runs(self)
        self._file.close()

    def __enter__(self) -> GraphRecorder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class RecordedInput:
    """Writes what is sent into a graph input stream, and then sends it.

    Both happen under one lock of the recorder, so the file has the order in which the graph got everything.
    """

    def __init__(self, stream: GraphInputStream, sender: InputSender, recorder: GraphRecorder) -> None:
        self._stream = stream
        self._sender = sender
        self._recorder = recorder

    def send(self, packet: Packet) -> bool:
        """Write and send a packet."""
        with self._recorder.order:
            self._recorder.note(PACKET, self._stream.name, packet)
            self._recorder.sent += 1
            return self._sender.send(packet)

    def send_bound(self, bound: int) -> None:
        """Write and send a bound."""
        with self._recorder.order:
            self._recorder.note(BOUND, self._stream.name, bound)
            self._sender.send_bound(bound)

    def close(self) -> None:
        """Write the end of the stream and end it, once."""
        with self._recorder.order:
            if not self._stream.closed:
                self._recorder.note(CLOSE, self._stream.name)
            self._sender.close()


def _header(graph: CalculatorGraph) -> Header:
    modules = {
        node.config.calculator: node.calculator.__module__
        for node in graph.model.nodes
        if not node.calculator.__module__.startswith("mpgraph.")
    }
    return Header(graph.binary_config, modules, sys.modules["mpgraph"].__version__)
