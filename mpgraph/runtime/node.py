"""Node: one calculator of a running graph, its streams and its life from open to close.

`run_user_code` calls the calculator and touches nothing else, so it may run on any thread;
everything else here runs under the scheduler's ownership.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mpgraph import packet as packets
from mpgraph import timestamp as ts
from mpgraph.calculator import STOP, Calculator
from mpgraph.config.model import ValidatedNode
from mpgraph.context import CalculatorContext
from mpgraph.errors import InternalError, InvalidArgumentError, MpgraphError, code_of, with_code
from mpgraph.output import OutputShard, SideOutputSlot
from mpgraph.packet import Packet
from mpgraph.runtime.handlers import CLOSE, NOT_READY, InputStreamHandler, handler_class
from mpgraph.runtime.streams import InputQueue, OutputStream
from mpgraph.timestamp import DONE, UNSTARTED

if TYPE_CHECKING:
    from mpgraph.runtime.run import GraphRun
    from mpgraph.runtime.task_queue import TaskQueue


class Node:
    """A node during one run. `active` counts invocations that are scheduled or running."""

    def __init__(self, spec: ValidatedNode, run: GraphRun, blocking: bool) -> None:
        self.spec = spec
        self.run_of_graph = run
        self.scheduler = run.scheduler
        self.task_queue: TaskQueue | None = run.scheduler.queues[spec.executor] if blocking else None
        self.max_in_flight = 1 if spec.is_source else max(spec.max_in_flight, 1)
        self.calculator: Calculator | None = None
        self.process: Callable[[CalculatorContext], Any] = _not_open
        self.opened = False
        self.opening = False
        self.closed = False
        self.active = 0
        self.close_scheduled = False
        self.is_changed = False
        self.source_active = False
        self.pending_bound: int = ts.UNSET
        self.queues = self.make_queues()
        self.outputs: list[OutputStream] = [run.streams[name] for name in spec.outputs.names]
        self.side_slots = [
            SideOutputSlot(name, spec.side_output_types[i]) for i, name in enumerate(spec.side_outputs.names)
        ]
        self.sent_side_packets: set[str] = set()
        self.missing_headers = sum(not back for back in spec.back_edges)
        self.missing_side_packets = len(spec.side_inputs)
        self.side_packets: list[Packet] = [packets.empty() for _ in spec.side_inputs.names]
        self.context = self._make_context()
        self.contexts = [self.context]
        self.free = [self.context]
        self.in_order: deque[CalculatorContext] = deque()
        self.finished: set[int] = set()
        self.batch: list[tuple[int, list[Packet], list[bool]]] = []
        self.handler: InputStreamHandler = handler_class(spec.handler.name)(
            self.queues, spec.inputs, spec.handler.options, spec.contract.process_timestamp_bounds
        )
        if self.handler.batch_size > 1 and self.max_in_flight > 1:
            raise InvalidArgumentError(
                f'Node "{spec.name}": Batching cannot be combined with parallel execution; use batch_size '
                "or max_in_flight.",
                location=spec.location,
            )
        self.watches_arrivals = type(self.handler).packets_arrived is not InputStreamHandler.packets_arrived
        count = len(run.model.nodes)
        # Open first, then downstream nodes before upstream ones; the remainder is the node's id.
        self.open_key = spec.id
        self.process_key = count * (count - spec.id) + spec.id

    def make_queues(self) -> list[InputQueue]:
        """An input queue for each input stream."""
        spec = self.spec
        return [InputQueue(name, self, i, spec.input_types[i]) for i, name in enumerate(spec.inputs.names)]

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
                OutputShard(name, spec.output_types[i], offset) for i, name in enumerate(spec.outputs.names)
            ],
            side_packets=self.side_packets,
            side_outputs=self.side_slots,
            services=self.run_of_graph.services,
        )

    # What arrives

    def header_arrived(self, port: int) -> None:
        """A producer opened; when all have, this node may open."""
        if not self.spec.back_edges[port]:
            self.missing_headers -= 1
            self.open_if_ready()
        elif self.opened:  # A back edge's header comes after Open: it is there from the next call on.
            self._copy_headers()

    def side_packet_arrived(self, port: int, packet: Packet) -> None:
        """An input side packet is known; when all are, this node may open."""
        self.side_packets[port] = packet
        self.missing_side_packets -= 1
        self.open_if_ready()

    def open_if_ready(self) -> None:
        """Schedule `open` once everything it needs is there."""
        if self.missing_headers or self.missing_side_packets or self.opening or self.scheduler.errors:
            return
        self.opening = True
        self.context.t = UNSTARTED
        self._copy_headers()
        self._enqueue(self.context, self.open_key, (0, self.spec.id))

    def _copy_headers(self) -> None:
        for context in self.contexts:
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
        self.scheduler.record_error(self._located("", error))

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
                    self._announce(self.batch[0][0] if self.batch else self.handler.t)
                    return
                if answer == CLOSE:
                    if self.active or self.close_scheduled:
                        return
                    self.close_scheduled = True
                    if self.batch:
                        self._enqueue_process(self.context, self.batch[0][0])
                        self.close_scheduled = False
                        return
                    self._enqueue_process(self.context, DONE)
                    return
                self._fill(self.handler.t)
        except Exception as error:
            self.scheduler.record_error(self._located("", error))

    def _fill(self, t: int) -> None:
        parallel = self.max_in_flight > 1
        context = self._free_context() if parallel else self.context
        self.handler.fill(context, t)
        if self.handler.batch_size > 1:
            self.batch.append((t, list(context.packets), list(context.done)))
            if len(self.batch) < self.handler.batch_size:
                return
            t = self.batch[0][0]
        if parallel:
            self.in_order.append(context)
        self._enqueue_process(context, t)

    def _free_context(self) -> CalculatorContext:
        """A context for one more parallel invocation; those that wait for their turn keep theirs."""
        if self.free:
            return self.free.pop()
        made = self._make_context()
        made.headers[:] = self.context.headers
        for shard, first in zip(made.outputs, self.context.outputs, strict=True):
            shard.offset, shard.header_locked = first.offset, True
        self.contexts.append(made)
        return made

    def _enqueue_process(self, context: CalculatorContext, t: int) -> None:
        context.t = t
        self.active += 1
        self._enqueue(context, self.process_key, (1, -self.spec.id))

    def _enqueue(self, context: CalculatorContext, key: int, priority: tuple[int, ...]) -> None:
        if self.task_queue is None:
            self.scheduler.enqueue(key)
        else:
            self.task_queue.push(priority, self, context)

    def _announce(self, bound: int) -> None:
        """Tell downstream what the inputs' bound settles, if the outputs promise an offset."""
        if self.in_order:
            self.pending_bound = bound
            return
        if ts.is_range(bound):
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
        if self.run_of_graph.throttles[self.spec.id].is_throttled:
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
        context.result = None
        try:
            if not self.opened:
                self.calculator = self.spec.calculator()
                self.process = self.calculator.process
                context.result = self.calculator.open(context)
            elif context.t == DONE:
                context.result = self.calculator.close(context) if self.calculator else None
            elif self.spec.is_source:
                self._run_source(context)
            elif self.batch:
                self._run_batch(context)
            else:
                result = self.process(context)
                if result is not None:
                    self._take_result(context, result)
        except BaseException as error:
            context.error = error

    def _run_source(self, context: CalculatorContext) -> None:
        if self.scheduler.stopping:
            context.result = STOP
            return
        result = self.process(context)
        if result is not None:
            self._take_result(context, result)

    def _run_batch(self, context: CalculatorContext) -> None:
        for t, inputs, done in self.batch:
            context.t = t
            context.packets[:] = inputs
            context.done[:] = done
            result = self.process(context)
            if result is not None:
                self._take_result(context, result)

    def _take_result(self, context: CalculatorContext, result: Any) -> None:
        """Make sense of what `process` returned: STOP, or the value of the only output."""
        if result is STOP:
            context.result = STOP
        elif len(context.outputs) == 1:
            context.outputs[0].emit(result, context.t)
        else:
            raise InvalidArgumentError(
                f"process() returned a {type(result).__name__}, but the node has {len(context.outputs)} "
                "output streams; return a value only from a calculator with one output, else use cc.emit()."
            )

    # After the calculator

    def _finish(self, context: CalculatorContext) -> None:
        if context.error is not None:
            self._fail(context, context.error)
        elif not self.opened:
            self._finish_open(context)
        elif context.t == DONE:
            self._finish_close(context)
        else:
            self._finish_process(context)

    def _finish_open(self, context: CalculatorContext) -> None:
        self.opened = True
        self._send_side_packets()
        settle = self.scheduler.settle
        for i, stream in enumerate(self.outputs):
            header = context.outputs[i].header
            context.outputs[i].header_locked = True
            stream.propagate(context.outputs[i], UNSTARTED)
            stream.send_header(header)
            settle()
        if not self.spec.is_source:
            self.schedule()

    def _finish_process(self, context: CalculatorContext) -> None:
        self.active -= 1
        t = context.t
        if self.batch:
            t = self.batch[0][0]
            self.batch = []
        if self.side_slots:
            self._send_side_packets()
        if context.result is STOP and not self.spec.is_source:
            self.scheduler.stopping = True
        if self.max_in_flight > 1:
            self._release_in_order(context)
        else:
            changed = self.scheduler.changed
            shards = context.outputs
            if self.spec.is_source:
                t = UNSTARTED  # A source's time 0 says nothing about its outputs.
            for i, stream in enumerate(self.outputs):
                stream.propagate(shards[i], t)
                if changed:
                    self.scheduler.settle()
        if not self.spec.is_source:
            self.schedule()
        elif context.result is STOP:
            self._close_source()
        else:
            self.schedule_source()

    def _release_in_order(self, context: CalculatorContext) -> None:
        """Send the outputs of parallel invocations in the order of their input times."""
        self.finished.add(id(context))
        while self.in_order and id(self.in_order[0]) in self.finished:
            first = self.in_order.popleft()
            self.finished.remove(id(first))
            for stream, shard in zip(self.outputs, first.outputs, strict=True):
                shard.stream_bound = stream.bound
                stream.propagate(shard, first.t)
                self.scheduler.settle()
            self.free.append(first)
        if not self.in_order and self.pending_bound != ts.UNSET:
            bound, self.pending_bound = self.pending_bound, ts.UNSET
            self._announce(bound)

    def _close_source(self) -> None:
        self.context.t = DONE
        self.active = 1
        self._enqueue(self.context, self.process_key, (0, self.spec.id))

    def _finish_close(self, context: CalculatorContext) -> None:
        self.active -= 1
        self.closed = True
        self._send_side_packets()
        for stream, shard in zip(self.outputs, context.outputs, strict=True):
            shard.bound = DONE
            shard.closed = True
            stream.propagate(shard, UNSTARTED)
            self.scheduler.settle()
        for queue in self.queues:
            queue.discard()

    def _send_side_packets(self) -> None:
        for slot in self.side_slots:
            if not slot.packet.is_empty() and slot.name not in self.sent_side_packets:
                self.sent_side_packets.add(slot.name)
                self.run_of_graph.side_packet_made(slot.name, slot.packet)

    def _fail(self, context: CalculatorContext, error: BaseException) -> None:
        if not self.opened:
            stage = "Open"
        else:
            stage = "Close" if context.t == DONE else "Process"
        if self.opened:
            self.active -= 1
        for shard in context.outputs:
            shard.packets = []
            shard.bound = ts.UNSET
        if stage == "Close":
            self.closed = True
            for stream in self.outputs:
                stream.close()
            self.scheduler.settle()
        prefix = f'Calculator::{stage}() for node "{self.spec.name}" failed: '
        self.scheduler.record_error(self._located(prefix, error))

    def _located(self, prefix: str, error: BaseException) -> BaseException:
        """The same failure with the node's name and place in front, and the original as its cause."""
        if not isinstance(error, Exception):
            return error
        text = error.message if isinstance(error, MpgraphError) else f"{type(error).__name__}: {error}"
        label = prefix or f'Node "{self.spec.name}": '
        made = with_code(code_of(error), label + text)
        made.location = self.spec.location
        made.__cause__ = error
        return made

    def close_after_run(self) -> None:
        """Close a node that the run left open; its outputs and errors go nowhere."""
        if self.opened and not self.closed:
            self.closed = True
            self.context.t = DONE
            try:
                if self.calculator is not None:
                    self.calculator.close(self.context)
            except Exception as error:
                del error  # The run has ended; MediaPipe ignores it too.


def _not_open(context: CalculatorContext) -> Any:
    raise InternalError(f'Node "{context.node_name}" was not opened.')
