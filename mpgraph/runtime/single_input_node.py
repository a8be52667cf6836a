"""The fast path through the commonest type of node: inline, one input stream, default handler.

Such a node is ready exactly when a packet is there, so most of what CalculatorNode and the handlers do can be
skipped. Chains of small nodes run about four times faster with it.

Why the result is the same. With one stream, the default handler is ready at the time of the first packet in
the queue, whatever the bound. If the queue is empty and the node is idle, a packet that arrives is that first
packet: appending it, asking the handler and popping it would leave an empty queue, a bound one past the
packet, and the packet in the context, which is what the fast path writes. What could make a difference (a
bound or several packets, a time outside MIN..MAX, an error, a type to refuse) takes CalculatorNode's path.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappush

from mpgraph.config.model import ValidatedNode
from mpgraph.framework.override import override
from mpgraph.framework.packet import Packet
from mpgraph.framework.timestamp import MAX, MIN, UNSET
from mpgraph.runtime.calculator_node import NO_PACKET, OPENED, CalculatorNode, NodeEnvironment
from mpgraph.runtime.invocation import take_result
from mpgraph.runtime.streams import InputStreamManager


class SingleInputQueue(InputStreamManager):
    """Hands a packet straight to its idle node."""

    __slots__ = ("owner_node", "ready")

    owner_node: SingleInputNode
    ready: list[int]

    def receive(self, packets: Sequence[Packet], bound: int) -> None:
        """As InputStreamManager.receive, with the fast path for one packet at an ordinary time.

        The packet never enters the queue, so none of what looks at the queue's length is affected: an idle
        node has an empty queue, and a limit is at least 1.
        """
        node = self.owner_node
        if node.idle and bound == UNSET and len(packets) == 1:
            packet = packets[0]
            t = packet._t
            types = self.types
            if self.bound <= t < MAX and t >= MIN and (types is None or packet._type in types):
                self.bound = t + 1
                self.added += 1
                self.popped += 1
                # What `schedule` would do, written out: a call would cost as much as all of this.
                node.idle = False
                node.in_flight = 1
                context = node.context
                context.packets[0] = packet
                context.t = t
                heappush(self.ready, node.process_key)
                return
        node.idle = False
        super().receive(packets, bound)


class SingleInputNode(CalculatorNode):
    """`idle` means: opened, the queue empty, nothing in flight and no bound left to announce.

    It is a plain attribute beside `status`, since it is read for each packet. Only this module changes it:
    the queue ends it with the packet it takes, `run` and `schedule` set it again.
    """

    def __init__(self, spec: ValidatedNode, environment: NodeEnvironment, offloaded: bool) -> None:
        self.idle = False
        super().__init__(spec, environment, offloaded)
        # Bound here, since each attribute of an attribute costs in `run`.
        self._queue = self.queues[0]
        self._errors = self.scheduler.errors

    @staticmethod
    def fits(spec: ValidatedNode, offloaded: bool) -> bool:
        """Whether a node can take the fast path."""
        return not (
            offloaded
            or len(spec.inputs) != 1
            or spec.max_in_flight > 1
            or len(spec.side_outputs)
            or spec.contract.process_timestamp_bounds
            or spec.handler.name != "DefaultInputStreamHandler"
            or spec.handler.options is not None
        )

    @override
    def _make_queues(self) -> list[InputStreamManager]:
        queue = SingleInputQueue(self.spec.inputs.names[0], self, 0, self.spec.input_types[0])
        queue.owner_node = self
        queue.ready = self.scheduler.ready
        return [queue]

    def run(self) -> None:
        """As CalculatorNode.run, with the fast path for `process` calls that return."""
        if self.status is not OPENED:
            super().run()
            return
        context = self.context
        t = context.t
        try:
            result = self.invoker.process(context)
            if result is not None:
                take_result(context, result)
                if context.stopped:
                    self.scheduler.stop_sources()
        except BaseException as error:
            self._fail(context, error)
            return
        context.packets[0] = NO_PACKET
        for stream, shard in self._pairs:
            stream.propagate(shard, t)
            if self._changed:
                self.scheduler.update_readiness()
        # Only now, as in CalculatorNode: until then a packet that came through a loop went into the queue.
        self.in_flight = 0
        queue = self._queue
        # Idle again if nothing happened meanwhile: no packet, and no bound to announce or end of the stream.
        if queue.packets or queue.bound > t + 1 or self._errors or t >= MAX:
            self.schedule()
        else:
            self.idle = True

    def schedule(self) -> None:
        """As CalculatorNode.schedule; afterwards the node may be idle."""
        super().schedule()
        self.idle = self.status is OPENED and not (
            self.in_flight or self._queue.packets or self.scheduler.errors
        )

    @override
    def leave_fast_path(self) -> None:
        self.idle = False
