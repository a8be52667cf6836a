"""record: write all that enters a graph into a file, in its order, while the graph runs as ever."""

from __future__ import annotations

import os
import sys
import threading
import time
from types import TracebackType
from typing import Any

from mpgraph.errors import CancelledError, InvalidArgumentError
from mpgraph.framework.packet import Packet
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.runtime.graph_input_stream import GraphInputStream
from mpgraph.runtime.run import GraphRun
from mpgraph.testing.recording import BOUND, CLOSE, END, OUTPUT, PACKET, START, Event, Header, RecordingWriter


def record(
    graph: CalculatorGraph,
    path: str | os.PathLike[str],
    *,
    outputs: bool = False,
    overwrite: bool = False,
) -> GraphRecorder:
    """Record the runs of a graph that start within the block: what a bug report needs.

        with record(graph, "bug.mpgrec"), graph:
            graph.start_run()
            ...

    The file holds the graph with its subgraphs, side packets, headers, and every packet, bound and close
    of its input streams, with their times; not the models and other files that its calculators read. It
    is good up to the last event even if the graph fails or the process dies.

    outputs: whether to write what comes out of the graph too, for `replay` to compare.
    overwrite: whether to replace a file that exists.

    Raises:
        AlreadyExistsError: the file exists.
        FailedPreconditionError: the graph runs already.
        InvalidArgumentError: (of the call that sends it) a payload is of a class that recordings cannot
            hold; `register_codec` teaches it.
    """
    return GraphRecorder(graph, path, outputs, overwrite)


class GraphRecorder:
    """Made by `record`: a context manager that ends the recording."""

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
            for name in graph._model.graph_outputs.names:
                graph.observe_output_stream(name, self._note_output)

    def run_starts(self, run: GraphRun) -> None:
        """Put an input that writes in place of each of the run's own."""
        self._started = time.monotonic()
        self._run = run
        start = {"side": dict(run.side_packets), "headers": dict(run._headers)}
        self.note(START, "", start)
        for name, source in run.inputs.items():
            run.inputs[name] = RecordedInput(source, self)

    def run_ends(self, run: GraphRun) -> None:
        """Note how the run ended."""
        self._run = None
        scheduler = run.scheduler
        stopped = scheduler.stopping or any(isinstance(error, CancelledError) for error in scheduler.errors)
        self.note(END, "", {"errors": [str(error) for error in scheduler.errors], "stopped": stopped})

    def _note_output(self, stream: str, packet: Packet) -> None:
        self.note(OUTPUT, stream, packet)

    def note(self, kind: bytes, stream: str, value: Any = None) -> None:
        """Write an event.

        Raises:
            InvalidArgumentError: it holds a payload that recordings cannot.
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


class RecordedInput(GraphInputStream):
    """An input stream that writes down what is sent before it sends it. It shares the state of another."""

    def __init__(self, source: GraphInputStream, recorder: GraphRecorder) -> None:
        self.__dict__ = source.__dict__
        self._recorder = recorder

    def send(self, packet: Packet) -> bool:
        """Write and send a packet."""
        with self._recorder.order:  # The file has the order in which the graph got them.
            self._recorder.note(PACKET, self.name, packet)
            self._recorder.sent += 1
            return super().send(packet)

    def send_bound(self, bound: int) -> None:
        """Write and send a bound."""
        with self._recorder.order:
            self._recorder.note(BOUND, self.name, bound)
            super().send_bound(bound)

    def close(self) -> None:
        """Write and do the closing, once."""
        with self._recorder.order:
            if not self.closed:
                self._recorder.note(CLOSE, self.name)
            super().close()


def _header(graph: CalculatorGraph) -> Header:
    modules = {
        node.config.calculator: node.calculator.__module__
        for node in graph._model.nodes
        if not node.calculator.__module__.startswith("mpgraph.")
    }
    return Header(graph.binary_config, modules, sys.modules["mpgraph"].__version__)
