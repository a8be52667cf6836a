"""The short way through the commonest kind of node: light, one input stream, default handler.

Such a node is ready exactly when a packet is there, so most of what CalculatorNode and the handlers do can be
skipped. Nothing here changes what happens; every case that is not plain goes the long way. Chains
of small nodes run about four times faster with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappush
from typing import TYPE_CHECKING

from mpgraph.config.model import ValidatedNode
from mpgraph.framework.packet import Packet
from mpgraph.framework.timestamp import DONE, MAX, MIN, UNSET
from mpgraph.runtime.calculator_node import NOTHING, CalculatorNode
from mpgraph.runtime.invocation import take_result
from mpgraph.runtime.streams import InputStreamManager

if TYPE_CHECKING:
    from mpgraph.runtime.run import GraphRun


class SingleInputQueue(InputStreamManager):
    """Hands a packet straight to its idle node."""

    __slots__ = ("owner_node", "ready")

    owner_node: SingleInputNode
    ready: list[int]

    def receive(self, packets: Sequence[Packet], bound: int) -> None:
        """As InputStreamManager.receive; the short way for one packet at an ordinary time."""
        node = self.owner_node
        if node.idle and bound == UNSET and len(packets) == 1:
            packet = packets[0]
            t = packet._t
            types = self.types
            if self.bound <= t < MAX and t >= MIN and (types is None or packet._type in types):
                self.bound = t + 1
                self.added += 1
                self.popped += 1
                node.idle = False
                node.active = 1
                context = node.context
                context.packets[0] = packet
                context.t = t
                heappush(self.ready, node.process_key)
                return
        node.idle = False
        super().receive(packets, bound)


class SingleInputNode(CalculatorNode):
    """Its `idle` means: open, with nothing queued, scheduled or left to announce."""

    def __init__(self, spec: ValidatedNode, run: GraphRun, blocking: bool) -> None:
        super().__init__(spec, run, blocking)
        # What the short way needs at hand.
        self.pairs = list(zip(self.outputs, self.context.outputs, strict=True))
        self.queue = self.queues[0]
        self.changed = self.scheduler.changed
        self.errors = self.scheduler.errors

    @staticmethod
    def fits(spec: ValidatedNode, blocking: bool) -> bool:
        """Whether a node may go the short way."""
        return not (
            blocking
            or len(spec.inputs) != 1
            or spec.max_in_flight > 1
            or len(spec.side_outputs)
            or spec.contract.process_timestamp_bounds
            or spec.handler.name != "DefaultInputStreamHandler"
            or spec.handler.options is not None
        )

    def make_queues(self) -> list[InputStreamManager]:
        """One queue of the quick kind."""
        queue = SingleInputQueue(self.spec.inputs.names[0], self, 0, self.spec.input_types[0])
        queue.owner_node = self
        queue.ready = self.scheduler.ready
        return [queue]

    def run(self) -> None:
        """As CalculatorNode.run; the short way when `process` just returns."""
        context = self.context
        t = context.t
        if not self.opened or t == DONE:
            super().run()
            return
        try:
            result = self.invoker.process(context)
            if result is not None:
                take_result(context, result)
                self.scheduler.stopping |= context.stopped
        except BaseException as error:
            self.fail(context, error)
            return
        context.packets[0] = NOTHING
        for stream, shard in self.pairs:
            stream.propagate(shard, t)
            if self.changed:
                self.scheduler.settle()
        self.active = 0
        queue = self.queue
        if queue.packets or queue.bound > t + 1 or self.errors or t >= MAX:
            self.schedule()
        else:
            self.idle = True

    def schedule(self) -> None:
        """As CalculatorNode.schedule; afterwards the node may be idle."""
        super().schedule()
        self.idle = self.opened and not (
            self.active or self.closed or self.queues[0].packets or self.scheduler.errors
        )
