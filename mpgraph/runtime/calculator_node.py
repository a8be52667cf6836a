"""CalculatorNode: one calculator of a running graph, with its streams, from open to close.

`run_user_code` calls the calculator and changes nothing else, so it may run on any thread;
everything else here runs under the scheduler's ownership.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from heapq import heappush
from typing import Any

from mpgraph.config.model import ValidatedNode
from mpgraph.errors import CancelledError, InvalidArgumentError, MpgraphError
from mpgraph.framework import packet as packets
from mpgraph.framework import timestamp as ts
from mpgraph.framework.calculator import has_coroutines
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.output_shard import OutputStreamShard, SideOutputSlot
from mpgraph.framework.packet import Packet
from mpgraph.framework.timestamp import DONE, MAX, MIN, UNSTARTED
from mpgraph.runtime.handlers import CLOSE, NOT_READY, READY, InputStreamHandler, handler_class
from mpgraph.runtime.invocation import InputSet, Invoker, take_result, with_node
from mpgraph.runtime.node_status import CLOSING, OPENED, OPENING, NodeStatus
from mpgraph.runtime.parallel import InOrderOutputs
from mpgraph.runtime.scheduler import Scheduler
from mpgraph.runtime.scheduler_queue import TaskQueue
from mpgraph.runtime.streams import InputStreamManager, OutputStreamManager
from mpgraph.runtime.throttle import Throttled

NO_PACKET = packets.empty()
"""What is at every input between two calls."""


@dataclass(frozen=True)
class NodeEnvironment:
    """What the nodes of a run share.

    omitted_side_packets: optional ones that start_run was not given; nodes do not wait for them.
    on_side_packet: called with the name and value of each output side packet that a node sets.
    """

    scheduler: Scheduler
    streams: Mapping[str, OutputStreamManager]
    services: Mapping[str, Any]
    node_count: int
    omitted_side_packets: Set[str]
    on_side_packet: Callable[[str, Packet], None]


class CalculatorNode:
    """A node during one run.

    `status` is changed by this class only. `in_flight` counts the invocations of process and close that are
    queued or running, at most `max_in_flight`; close is queued only when there is no other.
    """

    def __init__(self, spec: ValidatedNode, environment: NodeEnvironment, offloaded: bool) -> None:
        scheduler = environment.scheduler
        self.spec = spec
        self.scheduler = scheduler
        self.status = NodeStatus.PREPARED
        self.in_flight = 0
        self.max_in_flight = 1 if spec.is_source else max(spec.max_in_flight, 1)
        self.invoker = Invoker(spec)
        self.queues = self._make_queues()
        self.outputs = [environment.streams[name] for name in spec.outputs.names]
        self.side_slots = [
            SideOutputSlot(name, spec.side_output_types[i]) for i, name in enumerate(spec.side_outputs.names)
        ]
        self.side_packets: list[Packet] = [packets.empty() for _ in spec.side_inputs.names]
        self.throttle = Throttled(spec.name, self.schedule_source)
        """The full queues that keep a source from being called."""
        self._environment = environment
        coroutines = scheduler.coroutines
        self._coroutines = coroutines if coroutines is not None and has_coroutines(spec.calculator) else None
        self._task_queue: TaskQueue | None = self._coroutines
        if self._coroutines is None and offloaded:
            self._task_queue = scheduler.queues[spec.executor]
        self._sent_side_packets: set[str] = set()
        # Headers and side packets are counted down as they arrive; the last one opens the node. A back edge's
        # producer opens after this node, so waiting for its header would be waiting forever.
        self._missing_headers = sum(not back for back in spec.back_edges)
        self._missing_side_packets = sum(
            name not in environment.omitted_side_packets for name in spec.side_inputs.names
        )
        self._changed = scheduler.changed
        self._is_changed = False  # Whether `_changed` holds this node.
        self.context = self._make_context()
        self._pairs = list(zip(self.outputs, self.context.outputs, strict=True))
        self._no_packets = [NO_PACKET] * len(self.queues)
        self._parallel = InOrderOutputs(self.context, self._make_context) if self.max_in_flight > 1 else None
        self.batch: list[InputSet] = []
        """The input sets of the next invocation, if the handler collects several."""
        self._announced: int = (
            ts.UNSET
        )  # The last bound: most packets of a node with many inputs settle nothing.
        self.handler = self._make_handler()
        self.observes_arrivals = type(self.handler).packets_arrived is not InputStreamHandler.packets_arrived
        # Keys of inline invocations, least first: opening, in the order of the nodes, which is that of the
        # data; then downstream nodes first, so that a packet leaves before the next one enters.
        # Sources are not among them: a task queue gives them the lowest priority (see `schedule_source`).
        self.open_key = spec.id
        self.process_key = 2 * environment.node_count - spec.id

    def _make_queues(self) -> list[InputStreamManager]:
        """Create the input queue of each input stream."""
        types = self.spec.input_types
        return [InputStreamManager(name, self, i, types[i]) for i, name in enumerate(self.spec.inputs.names)]

    def _make_handler(self) -> InputStreamHandler:
        spec = self.spec
        try:
            handler = handler_class(spec.handler.name)(
                self.queues, spec.inputs, spec.handler.options, spec.contract.process_timestamp_bounds
            )
        except Exception as error:
            raise with_node(spec, "", error) from error
        if handler.batch_size > 1 and self.max_in_flight > 1:
            raise InvalidArgumentError(
                f'Node "{spec.name}": Batching cannot be combined with parallel execution; use batch_size '
                "or max_in_flight.",
                location=spec.location,
            )
        return handler

    def _make_context(self) -> CalculatorContext:
        spec, offset = self.spec, self.spec.contract.timestamp_offset
        return CalculatorContext(
            node_name=spec.name,
            calculator_type=spec.config.calculator,
            options=spec.options,
            ports=spec.calculator.ports,
            input_tags=spec.inputs,
            output_tags=spec.outputs,
            side_input_tags=spec.side_inputs,
            side_output_tags=spec.side_outputs,
            outputs=[
                OutputStreamShard(name, spec.output_types[i], offset, str(spec.outputs.ports[i]))
                for i, name in enumerate(spec.outputs.names)
            ],
            side_packets=self.side_packets,
            side_outputs=self.side_slots,
            services=self._environment.services,
        )

    # States

    @property
    def is_opened(self) -> bool:
        """Whether `open` has succeeded, even if the node has closed since."""
        return self.status >= OPENED

    @property
    def is_closed(self) -> bool:
        """Whether the node will not be called again."""
        return self.status is NodeStatus.CLOSED

    def set_closed(self) -> None:
        """Call the node no more; before `open`, this skips a node whose results are known already."""
        self.status = NodeStatus.CLOSED
        for queue in self.queues:  # What still comes would wait forever, and throttle the graph.
            queue.close()

    def report_drops(self, report: Callable[[str, int, str], object] | None) -> None:
        """Call `report` with the stream, time and reason of each packet that is given up; None ends that."""
        self.context.on_drop = report
        self.handler.on_drop = report

    def leave_fast_path(self) -> None:
        """Queue nothing without asking `schedule`, which this class never does; see SingleInputNode."""

    # What arrives

    def header_arrived(self, port: int) -> None:
        """Note that a producer has opened; when all have, this node may open."""
        if self.is_opened:  # A back edge's header comes after Open: it is there from the next call on.
            self._copy_headers()
        elif not self.spec.back_edges[port]:
            self._missing_headers -= 1
            self.open_if_ready()

    def side_packet_arrived(self, port: int, packet: Packet) -> None:
        """Take an input side packet; when all are known, this node may open."""
        self.side_packets[port] = packet
        self._missing_side_packets -= 1
        self.open_if_ready()

    def open_if_ready(self) -> None:
        """Schedule `open` once everything it needs is there."""
        if (
            self._missing_headers
            or self._missing_side_packets
            or self.status is not NodeStatus.PREPARED
            or self.scheduler.errors
        ):
            return
        self.status = OPENING
        self.context.t = UNSTARTED
        self._copy_headers()
        self._enqueue(self.context, self.open_key, (0, self.spec.id))

    def _copy_headers(self) -> None:
        for context in self._parallel.contexts if self._parallel else (self.context,):
            context.headers[:] = [queue.header or packets.empty() for queue in self.queues]

    def input_changed(self) -> None:
        """Have the scheduler call `schedule` soon: an empty queue got a packet or a bound."""
        if not self._is_changed:
            self._is_changed = True
            self._changed.append(self)

    def packets_arrived(self) -> None:
        """Inform the handler of new packets, after the node itself has looked at them."""
        if self._is_changed:  # First: what is ready now must be taken before the handler may drop it.
            self.schedule()
        self.handler.packets_arrived()

    def fail_input(self, error: MpgraphError) -> None:
        """Record an error found while packets were taken."""
        self.scheduler.record_error(with_node(self.spec, "", error))

    # Readiness

    def schedule(self) -> None:
        """Fill contexts and queue them for as long as the handler is ready."""
        self._is_changed = False
        # Before open() has returned, packets wait in the queues: `_finish_open` comes back here. The end of a
        # call comes back here, too, so a node that is busy may ignore changes.
        if self.status is not OPENED or not self.queues:
            return
        try:
            while self.in_flight < self.max_in_flight and not self.scheduler.errors:
                readiness = self.handler.readiness()
                if readiness is READY:
                    self._fill(self.handler.t)
                elif readiness is NOT_READY:
                    # In a batch that is being collected, only the first time may be announced.
                    self._announce(self.batch[0][0] if self.batch else self.handler.t)
                    return
                elif readiness is CLOSE:
                    self._schedule_close()
                    return
                else:
                    name = type(self.handler).__name__
                    raise InvalidArgumentError(
                        f"{name}.readiness() returned {readiness!r}, which is no Readiness.",
                        hint=f"Return self.READY, self.NOT_READY or self.CLOSE in {name}.readiness().",
                        rule="handler-readiness",
                    )
        except Exception as error:
            self.scheduler.record_error(with_node(self.spec, "", error))

    def _schedule_close(self) -> None:
        if self.in_flight:  # `schedule` runs again when the last of them has finished.
            return
        if self.batch:  # What was collected is processed first; then the handler is asked again.
            self._enqueue_process(self.context, self.batch[0][0])
            return
        self.status = CLOSING
        self._clear_inputs(self.context)
        # Shows close() that the streams ended, which they have not when a failed run is cleaned up.
        self.context.done[:] = [True] * len(self.context.done)
        self._enqueue_process(self.context, DONE)

    def _fill(self, t: int) -> None:
        context = self._parallel.free_context() if self._parallel else self.context
        self.handler.fill(context, t)
        if self.handler.batch_size > 1:
            self.batch.append((t, list(context.packets), list(context.done)))
            if len(self.batch) < self.handler.batch_size:
                return
            t = self.batch[0][0]
        if self._parallel:
            self._parallel.start(context)
        self._enqueue_process(context, t)

    def _enqueue_process(self, context: CalculatorContext, t: int) -> None:
        context.t = t
        self.in_flight += 1
        self._enqueue(context, self.process_key, (1, -self.spec.id))

    def _enqueue(self, context: CalculatorContext, key: int, priority: tuple[int, ...]) -> None:
        if self._task_queue is None:
            heappush(self.scheduler.ready, key)
        else:
            self._task_queue.push(priority, self, context)

    def _announce(self, bound: int) -> None:
        """Move the bounds of outputs that promise an offset to where the inputs' bound allows."""
        # Invocations that still run may send packets below this bound, which must not overtake them.
        if self._parallel and self._parallel.busy:
            self._parallel.pending_bound = bound
        elif bound != self._announced and MIN <= bound <= MAX:
            self._announced = bound
            for stream, shard in self._pairs:
                if shard.offset == 0:
                    if bound > stream.bound:
                        stream.advance(bound, shard)
                elif shard.offset is not None:
                    stream.advance(ts.shifted(bound, shard.offset), shard)

    # Sources

    def activate(self) -> None:
        """Start to call a source whose layer's turn has come. It has opened."""
        self.status = NodeStatus.ACTIVE
        self.schedule_source()

    def schedule_source(self) -> None:
        """Queue the next call of a source, unless it is throttled or a call is queued."""
        if self.status is not NodeStatus.ACTIVE or self.in_flight or self.scheduler.errors:
            return
        if self.throttle.is_throttled:
            return
        self.context.t = 0
        self.in_flight = 1
        # Behind all else in its queue: what is in the graph goes first. Among sources, the one furthest
        # behind in time goes first, so that streams which meet in a node stay close together.
        order = min(stream.bound for stream in self.outputs)
        self._enqueue(self.context, self.process_key, (2, self.spec.source_layer, order, self.spec.id))

    # Running

    def run(self) -> None:
        """Run an inline node's next invocation from start to end."""
        context = self.context
        if self.status is not OPENED or self.batch:
            self.run_user_code(context)
            self._finish(context)
            return
        # What these two do for the commonest call, written out. An inline node is no source and not parallel.
        try:
            result = self.invoker.process(context)
            if result is not None:
                take_result(context, result)
        except BaseException as error:
            self._fail(context, error)
            return
        t = context.t
        context.packets[:] = self._no_packets
        if self.side_slots:
            self._send_side_packets()
        self._propagate(t)
        self.in_flight -= 1
        if context.stopped:
            self.scheduler.stop_sources()
        self.schedule()

    def finish_task(self, context: CalculatorContext) -> None:
        """Take over the result of an invocation that ran on an executor."""
        self.scheduler.outstanding -= 1
        self._finish(context)

    def run_user_code(self, context: CalculatorContext) -> None:
        """Call the calculator and keep the outcome in the context.

        Reads `status` without owning the graph: while an invocation is in flight, only its end changes the
        status.
        """
        context.error = None
        context.stopped = False
        try:
            if self.status is OPENING:
                self.invoker.open(context)
            elif self.status is CLOSING:
                self.invoker.close(context)
            elif self.spec.is_source and self.scheduler.stopping:
                context.stopped = True
            elif self.batch:
                self.invoker.process_batch(context, self.batch)
            else:
                self.invoker.process_one(context)
        except BaseException as error:
            context.error = error

    # After the calculator

    def _finish(self, context: CalculatorContext) -> None:
        if context.error is not None:
            self._fail(context, context.error)
        elif self.status is OPENING:
            self._finish_open(context)
        elif self.status is CLOSING:
            self._finish_close(context)
        else:
            self._finish_process(context)

    # Sending packets makes other nodes check whether they are ready, and through loops this node too. It
    # must not find itself ready, or announce that its inputs are settled, before all its outputs are sent:
    # hence `in_flight` and the status change only after the propagation.

    def _finish_open(self, context: CalculatorContext) -> None:
        self._send_side_packets()
        for stream, shard in self._pairs:
            shard.header_locked = True
            stream.propagate(shard, UNSTARTED)
            stream.send_header(shard.header)
            self.scheduler.update_readiness()
        self.status = OPENED
        self._copy_headers()  # Again, for back edges whose headers have come since the call was queued.
        if not self.spec.is_source:
            self.schedule()

    def _clear_inputs(self, context: CalculatorContext) -> None:
        context.packets[:] = self._no_packets

    def _finish_process(self, context: CalculatorContext) -> None:
        self._clear_inputs(context)  # An idle node keeps no packet alive.
        t = context.t
        if self.batch:
            t = self.batch[0][0]
            self.batch = []
        self._send_side_packets()
        if self._parallel:
            self._parallel.finish(context, self.outputs, self.scheduler.update_readiness)
            self.in_flight -= 1
            bound = self._parallel.take_pending_bound()
            if bound != ts.UNSET:
                self._announce(bound)
        else:
            # A source's time 0 has no meaning for its outputs.
            self._propagate(UNSTARTED if self.spec.is_source else t)
            self.in_flight -= 1
        if not self.spec.is_source:
            if context.stopped:
                self.scheduler.stop_sources()
            self.schedule()
        elif context.stopped:
            self.status = CLOSING
            self.in_flight = 1
            context.t = DONE
            # Ahead of all process calls, as opening is.
            self._enqueue(context, self.process_key, (0, self.spec.id))
        else:
            self.schedule_source()

    def _propagate(self, t: int) -> None:
        for stream, shard in self._pairs:
            stream.propagate(shard, t)
            if self._changed:
                self.scheduler.update_readiness()

    def _finish_close(self, context: CalculatorContext) -> None:
        self.in_flight -= 1
        self.set_closed()  # Here before the propagation: what a loop brings back is ignored.
        self._send_side_packets()
        for shard in context.outputs:
            shard.closed = True
        self._propagate(UNSTARTED)
        for queue in self.queues:
            queue.discard()

    def _send_side_packets(self) -> None:
        for slot in self.side_slots:
            if not slot.packet.is_empty() and slot.name not in self._sent_side_packets:
                self._sent_side_packets.add(slot.name)
                self._environment.on_side_packet(slot.name, slot.packet)

    def _fail(self, context: CalculatorContext, error: BaseException) -> None:
        """Record what the calculator raised; nothing that it emitted in that call is sent."""
        for shard in context.outputs:
            shard.packets = []
            shard.bound = ts.UNSET
        stage = "Open"
        if self.is_opened:
            self.in_flight -= 1
            stage = "Process"
            if self.status is CLOSING:
                stage = "Close"
                self.set_closed()
                for stream in self.outputs:
                    stream.close()
                    self.scheduler.update_readiness()
        if not (isinstance(error, CancelledError) and self.scheduler.errors):  # A consequence of those.
            self.scheduler.record_error(with_node(self.spec, stage, error))

    def close_after_run(self) -> None:
        """Close a node that the run left open; its outputs and errors go nowhere.

        In a run that was abandoned, a call may still be running: such a node stays as it is.
        """
        if self.is_opened and not self.is_closed and not (self.scheduler.is_abandoned and self.in_flight):
            self.set_closed()
            self._clear_inputs(self.context)
            self.context.t = DONE
            with contextlib.suppress(Exception):  # The run has ended: MediaPipe ignores them, too.
                if self._coroutines is None:
                    self.invoker.close(self.context)
                else:
                    self._coroutines.close_node(self, self.context)
