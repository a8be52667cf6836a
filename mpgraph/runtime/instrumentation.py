"""Instrumentation: hooks for what measures, records or checks a run of a graph.

A run that is not instrumented pays nothing for this: there is no hook in its paths. Instrumenting puts
functions in between instead, around the calls of calculators and around graph inputs, and adds
subscribers to streams and listeners to queues.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from mpgraph.config.model import GraphModel
from mpgraph.framework.packet import Packet
from mpgraph.runtime.calculator_node import CalculatorNode
from mpgraph.runtime.graph_input_stream import GraphInputStream, InputSender
from mpgraph.runtime.invocation import Call, Stage
from mpgraph.runtime.streams import InputStreamManager, OutputStreamManager, QueueFullListener


class Instrumentation:
    """Base class with all hooks. Override those that are needed: only these are installed.

    `GraphRun.instrument` installs one, usually from `run_starts` of an object given to
    `CalculatorGraph.watch_runs`. Several may be in use at a time: later ones are around earlier ones.
    """

    def on_call(self, node: CalculatorNode, stage: Stage, call: Call) -> Call:
        """Return what to call instead of a method of a node's calculator: usually a function around `call`.

        Called again when instrumentations change, so what is counted over several calls must be kept
        elsewhere. The function runs where the calculator does: on the owner's thread, or on an executor's.
        """
        return call

    def on_input(self, stream: GraphInputStream, sender: InputSender) -> InputSender:
        """Return what receives the application's calls for a graph input stream instead of `sender`."""
        return sender

    def on_packets_in(self, stream: int, packets: Sequence[Packet]) -> None:
        """Packets entered the graph from the application or a source, by a stream's position in the model.

        Called by the owner, before any consumer gets them.
        """

    def on_queue_full(self, node: int, port: int, full: bool) -> None:
        """An input queue of a node, by its id, became full or ceased to be. Called by the owner."""

    def on_drop(self, node: int, stream: str, t: int, reason: str) -> None:
        """A node, by its id, gave up the packet of `stream` at `t`. Called on the thread that does."""


def overrides(instrumentation: Instrumentation, hook: str) -> bool:
    """Whether a class has an implementation of its own of a hook."""
    return getattr(type(instrumentation), hook) is not getattr(Instrumentation, hook)


class PacketTap:
    """The first subscriber of a stream by which packets enter the graph."""

    def __init__(self, instrumentation: Instrumentation, position: int) -> None:
        self._on_packets_in = instrumentation.on_packets_in
        self._position = position

    def receive(self, packets: Sequence[Packet], bound: int) -> None:
        """Report packets; bounds are not."""
        if packets:
            self._on_packets_in(self._position, packets)

    def receive_header(self, header: Packet) -> None:
        """Headers are not reported."""


def _queue_tap(instrumentation: Instrumentation) -> QueueFullListener:
    def report(full: bool, queue: InputStreamManager) -> None:
        if isinstance(queue.node, CalculatorNode):
            instrumentation.on_queue_full(queue.node.spec.id, queue.port, full)

    return report


class InstalledInstrumentation:
    """The instrumentations of one run, and the parts of the run that they are installed in.

    `add` and `remove` are called before the run starts, or by the owner.
    """

    def __init__(
        self,
        model: GraphModel,
        nodes: Sequence[CalculatorNode],
        streams: Mapping[str, OutputStreamManager],
        inputs: Mapping[str, GraphInputStream],
    ) -> None:
        self._nodes = nodes
        self._queues = [queue for node in nodes for queue in node.queues]
        self._inputs = inputs
        self._entries = [
            (position, streams[name])
            for position, (name, edge) in enumerate(model.streams.items())
            if edge.producer is None or model.nodes[edge.producer].is_source
        ]
        self._installed: list[Instrumentation] = []
        self._packet_taps: dict[Instrumentation, list[PacketTap]] = {}
        self._queue_taps: dict[Instrumentation, QueueFullListener] = {}

    def add(self, instrumentation: Instrumentation) -> None:
        """Install an instrumentation."""
        self._installed.append(instrumentation)
        self._wrap_for(instrumentation)
        if overrides(instrumentation, "on_packets_in"):
            taps = [PacketTap(instrumentation, position) for position, _ in self._entries]
            self._packet_taps[instrumentation] = taps
            # A new list each time, as the owner may be iterating over the present one. In front, so that a
            # packet is on record before what it causes.
            for (_, stream), tap in zip(self._entries, taps, strict=True):
                stream.subscribers = [tap, *stream.subscribers]
        if overrides(instrumentation, "on_queue_full"):
            queue_tap = self._queue_taps[instrumentation] = _queue_tap(instrumentation)
            for queue in self._queues:
                queue.upstream = [*queue.upstream, queue_tap]

    def remove(self, instrumentation: Instrumentation) -> None:
        """Leave the run as if the instrumentation had never been installed. No effect if it is not."""
        if instrumentation not in self._installed:
            return
        self._installed.remove(instrumentation)
        self._wrap_for(instrumentation)
        taps: list[object] = [*self._packet_taps.pop(instrumentation, ())]
        for _, stream in self._entries if taps else ():
            stream.subscribers = [each for each in stream.subscribers if each not in taps]
        queue_tap = self._queue_taps.pop(instrumentation, None)
        for queue in self._queues if queue_tap else ():
            queue.upstream = [each for each in queue.upstream if each is not queue_tap]

    def _wrap_for(self, changed: Instrumentation) -> None:
        """Put the functions of all that is installed where those of `changed` came or went."""
        if overrides(changed, "on_call"):
            hooks = self._hooks("on_call")
            for node in self._nodes:
                node.invoker.wrap(partial(_through, hooks, node) if hooks else None)
        if overrides(changed, "on_input"):
            hooks = self._hooks("on_input")
            for source in self._inputs.values():
                source.sender = _through(hooks, source, source)
        if overrides(changed, "on_drop"):
            hooks = self._hooks("on_drop")
            for node in self._nodes:
                node.report_drops(partial(_report_drop, hooks, node.spec.id) if hooks else None)

    def _hooks(self, hook: str) -> list[Callable[..., Any]]:
        return [getattr(each, hook) for each in self._installed if overrides(each, hook)]


def _through(hooks: Sequence[Callable[..., Any]], *arguments: Any) -> Any:
    """Pass the last argument through all hooks, which get the others as they are."""
    *subject, result = arguments
    for hook in hooks:
        result = hook(*subject, result)
    return result


def _report_drop(hooks: Sequence[Callable[..., None]], node: int, stream: str, t: int, reason: str) -> None:
    for hook in hooks:
        hook(node, stream, t, reason)
