"""GraphRun: everything that exists between start_run and the end of one run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol, TypeAlias, runtime_checkable

from mpgraph.config.model import GraphModel, ValidatedNode
from mpgraph.errors import (
    InternalError,
    InvalidArgumentError,
    MpgraphError,
    NotFoundError,
    UnavailableError,
    UnknownError,
    a_type,
    combined,
    did_you_mean,
)
from mpgraph.framework import packet as packets
from mpgraph.framework.calculator import has_coroutines
from mpgraph.framework.packet import Packet
from mpgraph.framework.packet_type import names
from mpgraph.runtime import watchdog
from mpgraph.runtime.calculator_node import CalculatorNode, NodeEnvironment
from mpgraph.runtime.closing import OpenNodes
from mpgraph.runtime.executor import ApplicationThreadExecutor, Executor
from mpgraph.runtime.graph_input_stream import GraphInputStream
from mpgraph.runtime.instrumentation import InstalledInstrumentation, Instrumentation
from mpgraph.runtime.observers import Observer, StreamWatcher
from mpgraph.runtime.output_stream_poller import OutputStreamPoller
from mpgraph.runtime.scheduler import Scheduler
from mpgraph.runtime.single_input_node import SingleInputNode
from mpgraph.runtime.streams import InputStreamManager, OutputStreamManager, QueueFullListener
from mpgraph.runtime.throttle import Throttled, feeding, upstream_sources

Observation: TypeAlias = "tuple[str, Callable[[str, Packet], object], bool]"
"""An observer of a stream: the stream, the function to call, and whether it receives timestamp bounds."""

DEFAULT_MAX_QUEUE_SIZE = 100


@runtime_checkable
class RunWatcher(Protocol):
    """An object that follows the runs of a graph: see `CalculatorGraph.watch_runs` and `set_service`."""

    def run_starts(self, run: GraphRun) -> None:
        """A run is built and will start now. `run.instrument` may be called here."""

    def run_ends(self, run: GraphRun) -> None:
        """A run has ended, with or without errors."""


class GraphRun:
    """One run: nodes, streams and scheduler, built new from the validated graph each time.

    Its life: the constructor connects everything on the thread that calls `start_run`; nothing runs yet, so
    nothing needs an owner. `start` posts one event, in which side packets and headers reach the nodes; from
    then on only the scheduler's owner touches nodes and streams. When the scheduler has terminated and is
    quiet, no thread owns the run any more and none will; `finish` cleans up on the thread that waited. If a
    calculator does not return, the thread that abandons the run takes the ownership for good instead.
    """

    def __init__(
        self,
        model: GraphModel,
        executors: dict[str, Executor],
        *,
        max_queue_size: int,
        side_packets: Mapping[str, Packet],
        headers: Mapping[str, Packet],
        services: Mapping[str, Any],
        observations: Sequence[Observation],
        pollers: Sequence[OutputStreamPoller],
        cached: Mapping[int, Mapping[str, Packet]],
        on_error: Callable[[BaseException], object],
    ) -> None:
        """Build the run.

        max_queue_size: how many packets a queue holds before it throttles what feeds it; -1 for no limit.
        services: those that the application gave; a node's default service is created where none was.
        cached: output side packets of constant nodes whose inputs are as in the run before, by node id.
        on_error: called with each error as it is recorded.

        Raises:
            InternalError: a node requires a service that was not given and has no default.
            InvalidArgumentError: a side packet is missing or of a wrong type, or a handler's options are
                wrong.
        """
        self.model = model
        self.services = _with_defaults(services, model)
        self.headers = headers
        self.side_packets = check_side_packets(model, side_packets)
        self.observed = 0
        """How many times observers have been called."""
        self.streams = {name: OutputStreamManager(name) for name in model.streams}
        self.scheduler = Scheduler(
            executors,
            has_inputs=len(model.graph_inputs) > 0,
            is_throttled=lambda: any(source.throttle.is_throttled for source in self.inputs.values()),
            unthrottle=self._unthrottle,
            on_error=on_error,
        )
        if any(map(has_coroutines, {spec.calculator for spec in model.nodes})):
            from mpgraph.runtime.coroutine_queue import CoroutineQueue  # asyncio takes 30 ms to import.

            self.scheduler.coroutines = CoroutineQueue(self.scheduler)
        environment = NodeEnvironment(
            self.scheduler,
            self.streams,
            self.services,
            node_count=len(model.nodes),
            omitted_side_packets=set(model.required_side_packets) - set(self.side_packets),
            on_side_packet=self._side_packet_set,
        )
        self.nodes = [_make_node(spec, environment, executors) for spec in model.nodes]
        self.scheduler.set_nodes(self.nodes)
        # One limit for all queues, as in MediaPipe: at least the largest buffer_size_hint of any node.
        limit = max([max_queue_size, *(spec.buffer_size_hint for spec in model.nodes)])
        limit = limit if max_queue_size != -1 else -1
        self.inputs = {
            name: GraphInputStream(
                self.streams[name],
                model.streams[name].types,
                self.scheduler,
                limit,
                [model.nodes[node_id] for node_id, _ in model.streams[name].consumers],
            )
            for name in model.graph_inputs.names
        }
        self.throttles: dict[str | int, Throttled] = {
            **{node.spec.id: node.throttle for node in self.nodes if node.spec.is_source},
            **{name: source.throttle for name, source in self.inputs.items()},
        }
        """What full queues throttle: sources by node id, graph inputs by name."""
        self._cached = cached
        self._upstream = upstream_sources(model)
        for node in self.nodes:
            for queue in node.queues:
                self._feed(queue)
                queue.upstream = self._throttles_of(queue.name)
                queue.set_limit(limit)
        self._watchers: list[StreamWatcher] = []
        self._watchdog: watchdog.Watchdog | None = None
        self._watchdog_lock = threading.Lock()
        self._is_finished = False
        self.open_nodes = OpenNodes(self.nodes, self.scheduler)
        for name, callback, bounds in observations:
            self._watch(Observer(name, self.scheduler, callback, bounds, self._note_observed))
        for poller in pollers:
            self._watch(poller.connect(self.scheduler, self._throttles_of(poller.stream)))
        self._instrumentation = InstalledInstrumentation(model, self.nodes, self.streams, self.inputs)

    def instrument(self, instrumentation: Instrumentation) -> None:
        """Install hooks. Called before the run starts, or by the scheduler's owner (through `post`)."""
        self._instrumentation.add(instrumentation)

    def uninstrument(self, instrumentation: Instrumentation) -> None:
        """Remove the hooks that `instrument` has installed; the same threads may call it."""
        self._instrumentation.remove(instrumentation)

    # Wiring

    def _throttles_of(self, stream: str) -> list[QueueFullListener]:
        feeds = feeding(self.model.streams[stream].producer, stream, self._upstream)
        return [self.throttles[source].queue_full_changed for source in feeds]

    def _watch(self, watcher: StreamWatcher) -> None:
        self._watchers.append(watcher)
        self._feed(watcher.queue)

    def _feed(self, queue: InputStreamManager) -> None:
        self.streams[queue.name].subscribers.append(queue)
        edge = self.model.streams[queue.name]
        if edge.producer is not None:
            queue.producer = self.model.nodes[edge.producer], edge.position

    @property
    def observers(self) -> list[Observer]:
        """The observers of streams, in the order in which they were added."""
        return [each for each in self._watchers if isinstance(each, Observer)]

    def _note_observed(self) -> None:
        self.observed += 1
        self.scheduler.notify()

    # Life

    def start(self) -> None:
        """Have the first event deliver side packets and headers, so that nodes open.

        The scheduler's `wake` then begins the run, as soon as the application's threads may see it.
        """
        self.scheduler.start(self._start)
        limits = watchdog.limits()
        if limits is not None and limits.after_s:  # Most runs are short, and a thread costs as much as one.
            self.scheduler.late.set(limits.after_s, partial(self._start_watchdog, limits))
        elif limits is not None:
            self._start_watchdog(limits)

    def _start_watchdog(self, limits: watchdog.Limits) -> None:
        with self._watchdog_lock:
            if self._watchdog is None and not self._is_finished:
                self._watchdog = watchdog.Watchdog(self, limits)

    def _start(self, _: object) -> None:
        for node_id in self._cached:  # Before their side packets arrive, which would open them.
            self.nodes[node_id].set_closed()
        for name, packet in self.side_packets.items():
            self._give_side_packet(name, packet)
        # Each node counts what it still waits for, so the order of all that follows makes no difference: the
        # last arrival opens it. `open_if_ready` is for those that wait for nothing.
        for outputs in self._cached.values():
            for name, packet in outputs.items():
                self._side_packet_set(name, packet)
        for node in self.nodes:
            node.open_if_ready()
        for name, source in self.inputs.items():
            source.stream.send_header(self.headers.get(name, packets.empty()))

    def _side_packet_set(self, name: str, packet: Packet) -> None:
        """Keep the output side packet that a node set, and give it to the nodes that wait for it."""
        self.side_packets[name] = packet
        self._give_side_packet(name, packet)

    def _give_side_packet(self, name: str, packet: Packet) -> None:
        edge = self.model.side_packets.get(name)
        for node_id, port in edge.consumers if edge else ():
            self.nodes[node_id].side_packet_arrived(port, packet)

    def input(self, name: str) -> GraphInputStream:
        """Return a graph input stream by name.

        Raises:
            NotFoundError: there is none.
            TypeError: `name` is no text.
        """
        if not isinstance(name, str):
            raise TypeError(f"The name of a stream is a str, not {a_type(name)}.")
        found = self.inputs.get(name)
        if found is None:
            raise NotFoundError(
                f'"{name}" is not a graph input stream.',
                hint=f"{did_you_mean(name, self.inputs)} The graph has: {', '.join(self.inputs) or 'none'}.",
                rule="unknown-stream",
            )
        return found

    def close_inputs(self, inputs: Iterable[GraphInputStream]) -> None:
        """End graph inputs, and inform the scheduler if none is open any more."""
        for source in inputs:
            source.sender.close()
        if all(source.closed for source in self.inputs.values()):
            self.scheduler.post(self.scheduler.inputs_closed, None)

    def raise_errors(self, comment: str) -> None:
        """Raise the errors of the run so far, if there are any, as one error that begins with `comment`."""
        if errors := self.scheduler.errors:
            raise combined(comment, list(errors)) from errors[0]

    def finish(self, patience: float | None = None) -> None:
        """Clean up after the last task: close the nodes that are still open, and disconnect observers.

        In a run that was abandoned, a node whose calculator is running stays as it is.

        patience: how long a calculator's `close` may take, in seconds, before the run is abandoned; None for
            as long as it wants.
        """
        with self._watchdog_lock:
            self._is_finished = True
        if self._watchdog is not None:
            self._watchdog.stop()
        if self.scheduler.can_close_nodes:
            if patience is None:
                self.open_nodes.close()
            else:
                self.scheduler.is_abandoned |= not self.open_nodes.close_while_moving(patience)
        if self.scheduler.coroutines is not None:
            self.scheduler.coroutines.stop(0.0 if self.scheduler.is_abandoned else patience)
        for watcher in self._watchers:
            watcher.close()
        self.scheduler.notify()

    def wait_until_ended(self, timeout: float | None) -> bool:
        """Wait for the last task, and close the nodes ahead of `finish` if there is a timeout.

        Returns False when `timeout` seconds are over; a `close` that takes so long goes on, on a thread of
        its own.
        """
        start = time.monotonic()
        ended = self.scheduler.wait_until_quiet(terminated=True, timeout=timeout)
        if timeout is None or not ended or not self.scheduler.can_close_nodes:
            return ended
        return self.open_nodes.close_within(start + timeout - time.monotonic())

    # Throttling

    def _unthrottle(self) -> list[UnavailableError]:
        """Break a deadlock of full queues: let each hold one packet more, or report it.

        Called when nothing runs, but sources or inputs are throttled: some node waits for a packet on
        another input, which cannot come before a full queue lets it through.
        """
        full = {id(queue): queue for throttle in self.throttles.values() for queue in throttle.full}
        errors = []
        for queue in full.values():
            if not isinstance(queue.node, CalculatorNode):
                continue  # A poller's queue is the application's to empty.
            if self.model.report_deadlock:
                errors.append(
                    UnavailableError(
                        f"Detected a deadlock due to input throttling for input stream: "
                        f'"{queue.name}" of a node "{queue.node.spec.label}". All calculators are idle while '
                        "packet sources remain active and throttled. Consider adjusting max_queue_size.",
                        location=queue.node.spec.location_of("input_stream", queue.port),
                        rule="deadlock",
                    )
                )
            else:
                queue.set_limit(len(queue.packets) + 1)
        return errors


class ConstantNodes:
    """The nodes without streams, and what they computed in the last run.

    Such a node is a function of its side packets. As in MediaPipe, it is not called again in the next run if
    its inputs are the same objects: a graph that loads a model loads it once.
    """

    def __init__(self, model: GraphModel) -> None:
        self._model = model
        self._results: dict[int, tuple[list[Packet], dict[str, Packet]]] = {}

    def keep(self, run: GraphRun) -> None:
        """Keep the input and output side packets of the nodes that opened in a run."""
        known = run.side_packets
        self._results = {
            node.spec.id: (list(node.side_packets), {slot.name: known[slot.name] for slot in node.side_slots})
            for node in run.nodes
            if not (node.queues or node.outputs)
            and node.is_opened
            and all(slot.name in known for slot in node.side_slots)
        }

    def unchanged(self, given: Mapping[str, Packet]) -> dict[int, dict[str, Packet]]:
        """Return the output side packets of the nodes, by id, whose inputs would be as in the last run."""
        known = dict(given)
        unchanged = {}
        # In node order: what one node computed may be the input of a later one.
        for node_id, (inputs, outputs) in sorted(self._results.items()):
            names = self._model.nodes[node_id].side_inputs.names
            if all(
                name in known and known[name].payload is old.payload
                for name, old in zip(names, inputs, strict=True)
            ):
                unchanged[node_id] = outputs
                known.update(outputs)
        return unchanged


def _with_defaults(given: Mapping[str, Any], model: GraphModel) -> dict[str, Any]:
    """Return the services of a new run: those given, and a new default service for each of the others."""
    services = dict(given)
    for node in model.nodes:
        for key, optional in node.contract.services.items():
            if key in services:
                continue
            if (create := node.contract.default_services.get(key)) is not None:
                try:
                    services[key] = create()
                except MpgraphError as error:
                    raise error.with_context(f'Node "{node.name}": ', location=node.location) from error
            elif not optional:
                raise InternalError(
                    f'Service "{key}", required by node "{node.name}", was not provided and cannot be '
                    "created.",
                    location=node.location,
                    hint="Give it with set_service().",
                    rule="missing-service",
                )
    return services


def _make_node(
    spec: ValidatedNode, environment: NodeEnvironment, executors: Mapping[str, Executor]
) -> CalculatorNode:
    offloaded = _is_offloaded(spec, executors)
    cls = SingleInputNode if SingleInputNode.fits(spec, offloaded) else CalculatorNode
    return cls(spec, environment, offloaded)


def _is_offloaded(spec: ValidatedNode, executors: Mapping[str, Executor]) -> bool:
    if spec.executor or spec.is_source or spec.max_in_flight > 1 or has_coroutines(spec.calculator):
        return True  # Only a task queue knows the order of sources and parallel contexts.
    blocking = spec.contract.blocking
    if blocking is None:
        blocking = spec.calculator.blocking
    # With an application thread executor everything runs on the waiting thread anyway.
    return blocking and not isinstance(executors[""], ApplicationThreadExecutor)


def check_side_packets(model: GraphModel, given: Mapping[str, Packet]) -> dict[str, Packet]:
    """Check the side packets of start_run against what the graph needs, and return them.

    Raises:
        InvalidArgumentError: a side packet is missing, or of a wrong type.
        UnknownError: a node of the graph produces the side packet itself.
    """
    for name, packet in given.items():
        if not isinstance(packet, Packet):
            raise InvalidArgumentError(
                f'The side packet "{name}" is {a_type(packet)}, not a Packet.',
                hint="Create one with mp.packet_creator or mp.make_packet().",
                rule="payload",
            )
        edge = model.side_packets.get(name)
        if edge is None:
            continue
        if edge.producer is not None:
            producer = model.nodes[edge.producer]
            raise UnknownError(
                f'Side packet "{name}" is both provided and generated by a PacketGenerator.',
                location=producer.location,
                hint=f'Do not give it to start_run(): node "{producer.name}" produces it.',
                rule="two-producers",
            )
        for node_id, port in edge.consumers:
            node = model.nodes[node_id]
            types = node.side_input_types[port]
            if packet.is_empty():
                raise InvalidArgumentError(
                    f'Side packet "{name}" failed validation: Empty packets are not allowed. '
                    f'(node "{node.name}")',
                    location=node.location_of("input_side_packet", port),
                    hint="Give start_run() a packet with a payload.",
                    rule="payload",
                )
            if types is not None and packet.type not in types:
                raise InvalidArgumentError(
                    f'Side packet "{name}" failed validation: The Packet stores "{packet.type}", but '
                    f'"{names(types)}" was requested. (node "{node.name}")',
                    location=node.location_of("input_side_packet", port),
                    hint="Give start_run() a packet of the type that is requested.",
                    rule="payload-type",
                )
    for name in model.required_side_packets:
        if name not in given and not is_optional_side_packet(model, name):
            node_id, port = model.side_packets[name].consumers[0]
            consumer = model.nodes[node_id]
            raise InvalidArgumentError(
                f'Side packet "{name}" is required but was not provided. (node "{consumer.name}")',
                location=consumer.location_of("input_side_packet", port),
                hint=f"{did_you_mean(name, given)} Give start_run() what the graph needs: {_needed(model)}.",
                rule="missing-side-packet",
            )
    return dict(given)


def _needed(model: GraphModel) -> str:
    """The side packets that must be given, with their types, as text."""
    needed = [name for name in model.required_side_packets if not is_optional_side_packet(model, name)]
    return ", ".join(f'"{name}" ({names(model.side_packets[name].types)})' for name in needed)


def is_optional_side_packet(model: GraphModel, side_packet: str) -> bool:
    """Whether it is optional for all nodes that take a side packet."""
    consumers = model.side_packets[side_packet].consumers
    return all(model.nodes[node_id].contract.side_inputs[port].is_optional for node_id, port in consumers)
