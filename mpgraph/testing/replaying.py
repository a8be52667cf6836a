"""replay: send a recording into a graph again, the recorded graph or another."""

from __future__ import annotations

import contextlib
import logging
import os
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.message import DecodeError

from mpgraph.errors import InvalidArgumentError, MpgraphError, NotFoundError, combined, did_you_mean
from mpgraph.framework.clock import SYSTEM_CLOCK, Clock
from mpgraph.framework.confinement import confined
from mpgraph.framework.packet import Packet
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.protos import calculator_pb2
from mpgraph.testing import under_test
from mpgraph.testing.matching import mismatch
from mpgraph.testing.recording import (
    BOUND,
    CLOSE,
    END,
    OUTPUT,
    PACKET,
    START,
    Event,
    Header,
    Recording,
    packets_of,
)
from mpgraph.testing.transcript import as_written

_log = logging.getLogger(__name__)


@dataclass
class Replayed:
    """The result of a replay.

    outputs: the packets of each output stream of the graph, from all runs in order.
    errors: the errors of the runs; recorded_errors: the errors when it was recorded, as text.
    differences: how the outputs differ from those recorded; empty if none were recorded. After an error, a
        cancel or the end of the process, a run may emit more packets now than were recorded.
    sent: how many packets were sent.
    damage: the defect of the file, only the part before which was replayed; None for an intact file.
    """

    outputs: dict[str, list[Packet]] = field(default_factory=dict)
    errors: list[BaseException] = field(default_factory=list)
    recorded_errors: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    sent: int = 0
    damage: str | None = None


def replay(
    path: str | os.PathLike[str],
    graph: Any = None,
    *,
    pace: float = 0.0,
    clock: Clock = SYSTEM_CLOCK,
    check: bool = True,
    tolerance: float = 1e-6,
    trust: bool = True,
) -> Replayed:
    """Send recorded packets into a graph again, in the same order.

    Where the graph was idle before a packet came, the replay waits until it is idle again.

    Args:
        path: the file.
        graph: a CalculatorGraph, or a path, text, message or builder, instead of the recorded graph.
        pace: 1 for the recorded speed, 2 for twice as fast, 0 for no waiting.
        clock: the clock for `pace`.
        check: whether to raise the errors of the runs, after the last run; otherwise they are in the result.
        tolerance: how far numbers may differ from the recorded outputs.
        trust: False for a recording from a stranger: the recorded graph may then read only what it finds by a
            relative name, write no files, and use no plug-ins.

    Raises:
        ResourceNotFoundError: there is no such file.
        InvalidArgumentError: the file is not a recording.
        NotFoundError: the graph lacks a recorded stream, or one of its calculators is not imported.
        PermissionDeniedError: it is not trusted, and wants to read or write a file.
        MpgraphError: a run failed.
    """
    confinement = contextlib.nullcontext() if trust or graph is not None else confined()
    with Recording(path, trust=trust) as recording, confinement:
        player = _Player(_graph(recording.header, graph), pace, clock)
        try:
            for event in recording.events():
                player.play(event)
            player.end_run()
        finally:
            player.abandon()
        result = player.result
        result.damage = recording.damage
        result.differences = player.compare(tolerance, is_complete=result.damage is None)
    if result.damage is not None:
        _log.warning(
            '"%s" is damaged: %s. Only the part before the damage was replayed.', path, result.damage
        )
    if check and result.errors:
        raise combined(f'The replay of "{path}" failed:', result.errors) from result.errors[0]
    return result


def _graph(header: Header, graph: Any) -> CalculatorGraph:
    if isinstance(graph, CalculatorGraph):
        return graph
    if graph is not None:
        return CalculatorGraph(validated_graph_config=under_test.load(graph, None))
    try:
        config = calculator_pb2.CalculatorGraphConfig.FromString(header.graph)
    except DecodeError as error:
        raise InvalidArgumentError(f"The graph in the recording is damaged: {error}.") from error
    try:
        return CalculatorGraph(graph_config=config)
    except MpgraphError as error:
        if not header.modules:
            raise
        modules = ", ".join(sorted(set(header.modules.values())))
        raise NotFoundError(
            f"{error.message}\nThe recorded graph has calculators of {modules}: import that first (on the "
            "command line: --module)."
        ) from error


class _Player:
    def __init__(self, graph: CalculatorGraph, pace: float, clock: Clock) -> None:
        if pace < 0:
            raise InvalidArgumentError(f"The pace is 0 or more, not {pace}.")
        self._graph = graph
        self._pace = pace
        self._clock = clock
        self._started = 0
        self._running = False
        self._failed = False
        self._interrupted = False
        self._recorded: dict[str, list[Packet]] = {}
        self.result = Replayed({name: [] for name in graph.model.observable_outputs})
        for name in self.result.outputs:
            graph.observe_output_stream(name, self._note)

    def _note(self, stream: str, packet: Packet) -> None:
        self.result.outputs[stream].append(packet)

    def play(self, event: Event) -> None:
        if event.kind == START:
            self.end_run()
            self._start(event)
        elif event.kind == END:
            self.result.recorded_errors += event.value["errors"]
            self._interrupted = self._interrupted or event.value["stopped"] or bool(event.value["errors"])
            self.end_run(stop=event.value["stopped"])
        elif event.kind == OUTPUT:
            self._recorded.setdefault(event.stream, []).append(event.value)
        elif self._running and not self._failed:
            self._wait(event)
            try:
                self._feed(event)
            except NotFoundError:
                raise
            except MpgraphError:  # `end_run` collects the run's errors.
                self._failed = True

    def _start(self, event: Event) -> None:
        self._started = self._clock.now_us()
        self._failed = False
        try:
            self._graph.start_run(packets_of(event, "side"), packets_of(event, "headers"))
            self._running = True
        except MpgraphError as error:
            self.result.errors.append(error)

    def _wait(self, event: Event) -> None:
        if event.was_idle:
            try:
                self._graph.wait_until_idle()
            except MpgraphError:
                self._failed = True
        if self._pace:
            self._clock.sleep_until(self._started + int(event.after_us / self._pace))

    def _feed(self, event: Event) -> None:
        known = self._graph.model.graph_inputs.names
        if event.stream not in known:
            raise NotFoundError(
                f'The recording feeds the stream "{event.stream}", which this graph does not have.'
                f"{did_you_mean(event.stream, known)}"
            )
        if event.kind == PACKET:
            self._graph.add_packet_to_input_stream(event.stream, event.value)
            self.result.sent += 1
        elif event.kind == BOUND:
            self._graph.set_input_stream_timestamp_bound(event.stream, event.value)
        elif event.kind == CLOSE:
            self._graph.close_input_stream(event.stream)

    def end_run(self, stop: bool = True) -> None:
        """End the run; stop: end its sources too, rather than wait until they end by themselves."""
        if not self._running:
            return
        self._running = False
        try:
            if stop:
                self._graph.close_all_packet_sources()
            else:
                self._graph.close_all_input_streams()
            self._graph.wait_until_done()
        except MpgraphError as error:
            self.result.errors.append(error)

    def abandon(self) -> None:
        if self._running:
            self._graph.abandon()

    def compare(self, tolerance: float, is_complete: bool) -> list[str]:
        """Return how the outputs differ from those recorded. is_complete: whether the recording is intact."""
        lines = []
        for stream, wanted in self._recorded.items():
            got = self.result.outputs.get(stream, [])
            if self._interrupted or not is_complete:
                got = got[: len(wanted)]
            for index in range(max(len(wanted), len(got))):
                line = _difference(wanted[index : index + 1], got[index : index + 1], tolerance)
                if line is not None:
                    lines.append(f'stream "{stream}", packet {index + 1}: {line}')
        return lines


def _difference(wanted: list[Packet], got: list[Packet], tolerance: float) -> str | None:
    if not got:
        return f"{as_written(wanted[0])} was recorded, but was not received"
    if not wanted:
        return f"{as_written(got[0])} was received, but was not recorded"
    why = mismatch(wanted[0].payload, got[0].payload, tolerance)
    if why is None and wanted[0]._t == got[0]._t:
        return None
    return f"{as_written(wanted[0])} was recorded, {as_written(got[0])} was received" + (
        f": {why}" if why else ""
    )
