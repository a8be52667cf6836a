"""Node: one calculator of a running graph, its streams and its life from open to close.

`run_user_code` calls the calculator and touches nothing else, so it may run on any thread;
everything else here runs under the scheduler's ownership.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mpgraph.config.model import ValidatedNode
from mpgraph.errors import InvalidArgumentError, MpgraphError
from mpgraph.framework import packet as packets
from mpgraph.framework import timestamp as ts
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.output_shard import OutputStreamShard, SideOutputSlot
from mpgraph.framework.packet import Packet
from mpgraph.framework.timestamp import DONE, UNSTARTED
from mpgraph.runtime.handlers import CLOSE, NOT_READY, InputStreamHandler, handler_class
from mpgraph.runtime.invocation import InputSet, Invoker, with_node
from mpgraph.runtime.parallel import InOrderOutputs
from mpgraph.runtime.streams import InputStreamManager, OutputStreamManager

if TYPE_CHECKING:
    from mpgraph.runtime.run import GraphRun
    from mpgraph.runtime.scheduler_queue import SchedulerQueue

NOTHING = packets.empty()
"""What is at every input between two calls."""


class CalculatorNode:
    """A node during one run. `active` counts invocations that are scheduled or running."""

    def __init__(self, spec: ValidatedNode, run: GraphRun, blocking: bool) -> None:
        self.spec = spec
        self.scheduler = run.scheduler
        self.invoker = Invoker(spec)
        self.opened = False
        self.opening = False
        self.closed = False
        self.active = 0
        self.close_scheduled = False
        self.is_changed = False
        self.source_active = False
        self.idle = False
        self.max_in_flight = 1 if spec.is_source else max(spec.max_in_flight, 1)
        self.queues = self.make_queues()
        self.outputs: list[OutputStreamManager] = [run.streams[name] for name in spec.outputs.names]
        self.side_slots = [
            SideOutputSlot(name, spec.side_output_types[i]) for i, name in enumerate(spec.side_outputs.names)
        ]
        self.side_packets: list[Packet] = [packets.empty() for _ in spec.side_inputs.names]
        self._run = run
        self._task_queue: SchedulerQueue | None = run.scheduler.queues[spec.executor] if blocking else None
        self._sent_side_packets: set[str] = set()
        self._missing_headers = sum(not back for back in spec.back_edges)
        self._missing_side_packets = sum(
            name not in run.omitted_side_packets for name in spec.side_inputs.names
        )
        self.context = self._make_context()
        self._parallel = InOrderOutputs(self.context, self._make_context) if self.max_in_flight > 1 else None
        self._batch: list[InputSet] = []
        self.handler = self._make_handler()
        self.watches_arrivals = type(self.handler).packets_arrived is not InputStreamHandler.packets_arrived
        # Keys of light work, least first: opening, then downstream nodes before upstream ones.
        count = len(run.model.nodes)
        self.open_key = spec.id
        self.process_key = 2 * count - spec.id

    def make_queues(self) -> list[InputStreamManager]:
        """An input queue for each input stream."""
        types = self.spec.input_types
        return [InputStreamManager(name, self, i, types[i]) for i, name in enumerate(self.spec.inputs.names)]

    def _make_handler(self) -> InputStreamHandler:
        spec = self.spec
        try:
            handler = handler_class(spec.handler.name)(
                self.queues, spec.inputs, spec.handler.options, spec.contract.process_timestamp_bounds
            )
        except MpgraphError as error:
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
            services=self._run.services,
        )

    # What arrives

    def header_arrived(self, port: int) -> None:
        """A producer opened; when all have, this node may open."""
        if self.opened:  # A back edge's header comes after Open: it is there from the next call on.
            self._copy_headers()
        elif not self.spec.back_edges[port]:
            self._missing_headers -= 1
            self.open_if_ready()

    def side_packet_arrived(self, port: int, packet: Packet) -> None:
        """An input side packet is known; when all are, this node may open."""
        self.side_packets[port] = packet
        self._missing_side_packets -= 1
        self.open_if_ready()

    def open_if_ready(self) -> None:
        """Schedule `open` once everything it needs is there."""
        if self._missing_headers or self._missing_side_packets or self.opening or self.scheduler.errors:
            return
        self.opening = True
        self.context.t = UNSTARTED
        self._copy_headers()
        self._enqueue(self.context, self.open_key, (0, self.spec.id))

    def _copy_headers(self) -> None:
        for context in self._parallel.contexts if self._parallel else (self.context,):
            context.headers[:] = [queue.header or packets.empty() for queue in self.queues]

    def input_changed(self) -> None:
        """An empty queue got a packet or a bound: look soon whether the node is ready."""
        if not self.is_changed:
            self.is_changed = True
            self.scheduler.changed.append(self)

    def packets_arrived(self) -> None:
        """Let the handler see new packets, after the node itself has."""
        if self.is_changed:
            self.schedule()
        self.handler.packets_arrived()

    def fail_input(self, error: MpgraphError) -> None:
        """Record an error found while taking packets."""
        self.scheduler.record_error(with_node(self.spec, "", error))

    # Readiness

    def schedule(self) -> None:
        """Fill contexts and queue them for as long as the handler says ready."""
        self.is_changed = False
        if not self.opened or self.closed or not self.queues:
            return
        try:
            while self.active < self.max_in_flight and not self.scheduler.errors:
                answer = self.handler.readiness()
                if answer == NOT_READY:
                    # In a batch that is being collected, only the first time may be announced.
                    self._announce(self._batch[0][0] if self._batch else self.handler.t)
                    return
                if answer == CLOSE:
                    self._schedule_close()
                    return
                self._fill(self.handler.t)
        except Exception as error:
            self.scheduler.record_error(with_node(self.spec, "", error))

    def _schedule_close(self) -> None:
        if self.active or self.close_scheduled:
            return
        if self._batch:  # What was collected is processed first; then this is asked again.
            self._enqueue_process(self.context, self._batch[0][0])
            return
        self.close_scheduled = True
        self._clear_inputs(self.context)
        # Tells close() that the streams ended, which they have not when a failed run is cleaned up.
        self.context.done[:] = [True] * len(self.context.done)
        self._enqueue_process(self.context, DONE)

    def _fill(self, t: int) -> None:
        context = self._parallel.free_context() if self._parallel else self.context
        self.handler.fill(context, t)
        if self.handler.batch_size > 1:
            self._batch.append((t, list(context.packets), list(context.done)))
            if len(self._batch) < self.handler.batch_size:
                return
            t = self._batch[0][0]
        if self._parallel:
            self._parallel.start(context)
        self._enqueue_process(context, t)

    def _enqueue_process(self, context: CalculatorContext, t: int) -> None:
        context.t = t
        self.active += 1
        self._enqueue(context, self.process_key, (1, -self.spec.id))

    def _enqueue(self, context: CalculatorContext, key: int, priority: tuple[int, ...]) -> None:
        if self._task_queue is None:
            self.scheduler.enqueue(key)
        else:
            self._task_queue.push(priority, self, context)

    def _announce(self, bound: int) -> None:
        """Tell downstream what the inputs' bound settles, if the outputs promise an offset."""
        if self._parallel and self._parallel.busy:
            self._parallel.pending_bound = bound
        elif ts.is_range(bound):
            for stream, shard in zip(self.outputs, self.context.outputs, strict=True):
                if shard.offset is not None:
                    stream.advance(ts.shifted(bound, shard.offset), shard)

    # Sources

    def activate(self) -> None:
        """Start calling a source whose layer's turn has come."""
        self.source_active = True
        self.schedule_source()

    def schedule_source(self) -> None:
        """Queue the next call of a source, unless it is held back or has one queued."""
        if not self.source_active or self.active or self.closed or self.scheduler.errors:
            return
        if self._run.throttles[self.spec.id].is_throttled:
            return
        self.context.t = 0
        self.active = 1
        order = min(stream.bound for stream in self.outputs)
        self._enqueue(self.context, self.process_key, (2, self.spec.source_layer, order, self.spec.id))

    # Running

    def run(self) -> None:
        """Run a light node's next invocation from start to end."""
        context = self.context
        self.run_user_code(context)
        self._finish(context)

    def finish_task(self, context: CalculatorContext) -> None:
        """Take over the result of an invocation that ran on an executor."""
        self.scheduler.outstanding -= 1
        self._finish(context)

    def run_user_code(self, context: CalculatorContext) -> None:
        """Call the calculator; the outcome is kept in the context."""
        context.error = None
        context.stopped = False
        try:
            if not self.opened:
                self.invoker.open(context)
            elif context.t == DONE:
                self.invoker.close(context)
            elif self.spec.is_source and self.scheduler.stopping:
                context.stopped = True
            elif self._batch:
                self.invoker.process_batch(context, self._batch)
            else:
                self.invoker.process_one(context)
        except BaseException as error:
            context.error = error

    # After the calculator

    def _finish(self, context: CalculatorContext) -> None:
        if context.error is not None:
            self.fail(context, context.error)
        elif not self.opened:
            self._finish_open(context)
        elif context.t == DONE:
            self._finish_close(context)
        else:
            self._finish_process(context)

    # Sending lets others look whether they are ready, and through loops this node too. It must not
    # find itself ready, or its inputs settled, before all its outputs have gone out.

    def _finish_open(self, context: CalculatorContext) -> None:
        self._send_side_packets()
        for stream, shard in zip(self.outputs, context.outputs, strict=True):
            shard.header_locked = True
            stream.propagate(shard, UNSTARTED)
            stream.send_header(shard.header)
            self.scheduler.settle()
        self.opened = True
        self._copy_headers()
        if not self.spec.is_source:
            self.schedule()

    def _clear_inputs(self, context: CalculatorContext) -> None:
        context.packets[:] = [NOTHING] * len(context.packets)

    def _finish_process(self, context: CalculatorContext) -> None:
        self._clear_inputs(context)
        t = context.t
        if self._batch:
            t = self._batch[0][0]
            self._batch = []
        self._send_side_packets()
        if self._parallel:
            self._parallel.finish(context, self.outputs, self.scheduler.settle)
            self.active -= 1
            bound = self._parallel.take_pending_bound()
            if bound != ts.UNSET:
                self._announce(bound)
        else:
            # A source's time 0 says nothing about its outputs.
            self._propagate(context, UNSTARTED if self.spec.is_source else t)
            self.active -= 1
        if not self.spec.is_source:
            self.scheduler.stopping |= context.stopped
            self.schedule()
        elif context.stopped:
            self.active = 1
            context.t = DONE
            self._enqueue(context, self.process_key, (0, self.spec.id))
        else:
            self.schedule_source()

    def _propagate(self, context: CalculatorContext, t: int) -> None:
        for stream, shard in zip(self.outputs, context.outputs, strict=True):
            stream.propagate(shard, t)
            self.scheduler.settle()

    def _finish_close(self, context: CalculatorContext) -> None:
        self.active -= 1
        self.closed = True
        self._send_side_packets()
        for shard in context.outputs:
            shard.closed = True
        self._propagate(context, UNSTARTED)
        for queue in self.queues:
            queue.discard()

    def _send_side_packets(self) -> None:
        for slot in self.side_slots:
            if not slot.packet.is_empty() and slot.name not in self._sent_side_packets:
                self._sent_side_packets.add(slot.name)
                self._run.side_packet_made(slot.name, slot.packet)

    def fail(self, context: CalculatorContext, error: BaseException) -> None:
        """Record what the calculator raised; nothing it emitted in that call goes out."""
        for shard in context.outputs:
            shard.packets = []
            shard.bound = ts.UNSET
        stage = "Open"
        if self.opened:
            self.active -= 1
            stage = "Process"
            if context.t == DONE:
                stage = "Close"
                self.closed = True
                for stream in self.outputs:
                    stream.close()
                    self.scheduler.settle()
        self.scheduler.record_error(with_node(self.spec, stage, error))

    def close_after_run(self) -> None:
        """Close a node that the run left open; its outputs and errors go nowhere."""
        if self.opened and not self.closed:
            self.closed = True
            self._clear_inputs(self.context)
            self.context.t = DONE
            try:
                self.invoker.close(self.context)
            except Exception as error:
                del error  # The run has ended; MediaPipe ignores it too.
