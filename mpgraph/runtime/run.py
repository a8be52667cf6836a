"""GraphRun: everything that exists between start_run and the end of one run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mpgraph.config.model import GraphModel, ValidatedNode
from mpgraph.errors import InvalidArgumentError, UnavailableError, UnknownError, did_you_mean
from mpgraph.framework import packet as packets
from mpgraph.framework.packet import Packet
from mpgraph.framework.packet_type import names
from mpgraph.runtime import watchdog
from mpgraph.runtime.calculator_node import CalculatorNode
from mpgraph.runtime.executor import ApplicationThreadExecutor, Executor, ThreadPoolExecutor
from mpgraph.runtime.graph_input_stream import GraphInputStream
from mpgraph.runtime.observers import Observer, OutputStreamPoller, StreamWatcher
from mpgraph.runtime.scheduler import Scheduler
from mpgraph.runtime.single_input_node import SingleInputNode
from mpgraph.runtime.streams import InputStreamManager, OutputStreamManager
from mpgraph.runtime.throttle import Throttled, feeding, upstream_sources

Observation = tuple[str, Callable[[str, Packet], object], bool]

DEFAULT_MAX_QUEUE_SIZE = 100


class GraphRun:
    """One run: nodes, streams and scheduler, built new from the validated graph each time."""

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
    ) -> None:
        """Build the run.

        cached: output side packets of constant nodes whose inputs are as in the run before.
        """
        self.model = model
        self.services = services
        self.side_packets = check_side_packets(model, side_packets)
        self.omitted_side_packets = set(model.required_side_packets) - set(self.side_packets)
        self.scheduler = Scheduler(executors, model.report_deadlock)
        self.observed = 0
        self.streams = {name: OutputStreamManager(name) for name in model.streams}
        self._cached = cached
        self._executors = executors
        self._headers = headers
        self._upstream = upstream_sources(model)
        self.nodes = [self._make_node(spec, executors) for spec in model.nodes]
        self.scheduler.set_nodes(self.nodes)
        self.throttles: dict[str | int, Throttled] = {
            node.spec.id: Throttled(node.spec.name, node.schedule_source) for node in self.scheduler.sources
        }
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
        self.throttles.update({name: source.throttle for name, source in self.inputs.items()})
        self.scheduler.inputs_open = bool(self.inputs)
        self.scheduler.is_throttled = self._any_input_throttled
        self.scheduler.unthrottle = self._unthrottle
        self._connect(limit)
        self._watchers: list[StreamWatcher] = []
        self._watchdog: watchdog.Watchdog | None = None
        for name, callback, bounds in observations:
            self._watch(Observer(name, self.scheduler, callback, bounds, self._note_observed))
        for poller in pollers:
            self._watch(poller.connect(self.scheduler, self._throttles_of(poller.stream)))

    def _make_node(self, spec: ValidatedNode, executors: dict[str, Executor]) -> CalculatorNode:
        blocking = self._is_blocking(spec, executors)
        kind = SingleInputNode if SingleInputNode.fits(spec, blocking) else CalculatorNode
        return kind(spec, self, blocking)

    def _is_blocking(self, spec: ValidatedNode, executors: dict[str, Executor]) -> bool:
        if spec.executor or spec.is_source or spec.max_in_flight > 1:
            return True  # Only a task queue knows the order of sources and contexts in parallel.
        # With an application thread executor all of it runs on the waiting thread anyway.
        blocking = spec.contract.blocking
        if blocking is None:
            blocking = spec.calculator.blocking
        return blocking and not isinstance(executors[""], ApplicationThreadExecutor)

    # Wiring

    def _connect(self, limit: int) -> None:
        for node in self.nodes:
            for queue in node.queues:
                self._feed(queue)
                queue.upstream = self._throttles_of(queue.name)
                queue.limit = limit

    def _throttles_of(self, stream: str) -> list[Throttled]:
        feeds = feeding(self.model.streams[stream].producer, stream, self._upstream)
        return [self.throttles[source] for source in feeds]

    def _watch(self, watcher: StreamWatcher) -> None:
        self._watchers.append(watcher)
        self._feed(watcher.queue)

    def _feed(self, queue: InputStreamManager) -> None:
        self.streams[queue.name].subscribers.append(queue)
        edge = self.model.streams[queue.name]
        if edge.producer is not None:
            queue.maker = self.model.nodes[edge.producer], edge.position

    def _note_observed(self) -> None:
        self.observed += 1
        self.scheduler.notify()

    # Life

    def start(self) -> None:
        """Begin: give out side packets and headers, so that nodes can open."""
        for executor in self._executors.values():
            if isinstance(executor, ThreadPoolExecutor):
                executor.start()
        self.scheduler.started = True
        self._watchdog = watchdog.watch(self.scheduler)
        self.scheduler.post(self._start, None)

    def _start(self, _: object) -> None:
        for node_id in self._cached:  # These must not open when their side packets arrive.
            self.nodes[node_id].opened = self.nodes[node_id].closed = self.nodes[node_id].opening = True
        for name, packet in self.side_packets.items():
            self._give_side_packet(name, packet)
        for made in self._cached.values():
            for name, packet in made.items():
                self.side_packet_made(name, packet)
        for node in self.nodes:
            node.open_if_ready()
        for name, source in self.inputs.items():
            source.stream.send_header(self._headers.get(name, packets.empty()))

    def side_packet_made(self, name: str, packet: Packet) -> None:
        """A node set an output side packet: keep it and give it to those who wait for it."""
        self.side_packets[name] = packet
        self._give_side_packet(name, packet)

    def _give_side_packet(self, name: str, packet: Packet) -> None:
        edge = self.model.side_packets.get(name)
        for node_id, port in edge.consumers if edge else ():
            self.nodes[node_id].side_packet_arrived(port, packet)

    def all_inputs_closed(self) -> None:
        """Tell the scheduler when no graph input is open any more."""
        if all(source.closed for source in self.inputs.values()):
            self.scheduler.post(self._note_inputs_closed, None)

    def _note_inputs_closed(self, _: object) -> None:
        self.scheduler.inputs_open = False

    def finish(self) -> None:
        """Clean up after the last task: close what was left open and let go of watchers."""
        if self._watchdog is not None:
            self._watchdog.stop()
        for node in self.nodes:
            node.close_after_run()
        for watcher in self._watchers:
            watcher.closed = True
        self.scheduler.notify()

    def constant_side_packets(self) -> dict[int, tuple[list[Packet], dict[str, Packet]]]:
        """For each node without streams that opened: its input side packets and what it made."""
        return {
            node.spec.id: (
                list(node.side_packets),
                {slot.name: self.side_packets[slot.name] for slot in node.side_slots},
            )
            for node in self.nodes
            if not (node.queues or node.outputs)
            and node.opened
            and all(slot.name in self.side_packets for slot in node.side_slots)
        }

    # Throttling

    def _any_input_throttled(self) -> bool:
        return any(source.throttle.is_throttled for source in self.inputs.values())

    def _unthrottle(self) -> list[UnavailableError]:
        """Break a deadlock of full queues: let each hold one packet more, or report it."""
        full = {id(queue): queue for throttle in self.throttles.values() for queue in throttle.full}
        errors = []
        for queue in full.values():
            if not isinstance(queue.node, CalculatorNode):
                continue  # A poller's queue is the application's to empty.
            if self.scheduler.report_deadlock:
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


def check_side_packets(model: GraphModel, given: Mapping[str, Packet]) -> dict[str, Packet]:
    """Check the side packets of start_run against what the graph needs.

    Raises:
        InvalidArgumentError: one is missing, or of a wrong type.
        UnknownError: the graph makes one of them itself.
    """
    for name, packet in given.items():
        edge = model.side_packets.get(name)
        if edge is None:
            continue
        if edge.producer is not None:
            producer = model.nodes[edge.producer]
            raise UnknownError(
                f'Side packet "{name}" is both provided and generated by a PacketGenerator.',
                location=producer.location,
                hint=f'Do not give it to start_run(): node "{producer.name}" makes it.',
                rule="two-producers",
            )
        for node_id, port in edge.consumers:
            node = model.nodes[node_id]
            types = node.side_input_types[port]
            if packet.is_empty():
                raise InvalidArgumentError(
                    f'Side packet "{name}" failed validation: it is empty, but node "{node.name}" needs it.',
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
        if name not in given and not _is_optional(model, name):
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
    """Every side packet that must be given, with its type."""
    needed = [name for name in model.required_side_packets if not _is_optional(model, name)]
    return ", ".join(f'"{name}" ({names(model.side_packets[name].types)})' for name in needed)


def _is_optional(model: GraphModel, side_packet: str) -> bool:
    """Whether all nodes that take a side packet can do without it."""
    consumers = model.side_packets[side_packet].consumers
    return all(model.nodes[node_id].contract.side_inputs[port].is_optional for node_id, port in consumers)
