"""MuxInputStreamHandler: an int on the control stream selects the stream that is delivered."""

from __future__ import annotations

from mpgraph.errors import InvalidArgumentError
from mpgraph.framework import packet as packets
from mpgraph.framework import timestamp as ts
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.override import override
from mpgraph.framework.packet import Packet
from mpgraph.runtime.handlers.base import InputStreamHandler, Readiness, register_input_stream_handler


@register_input_stream_handler("MuxInputStreamHandler")
class MuxInputStreamHandler(InputStreamHandler):
    """The last stream in collection order is the control; packets that it does not select are dropped."""

    @override
    def readiness(self) -> Readiness:
        *data, control = self.queues
        self.t = control.head
        for queue in data:
            queue.erase_before(self.t)
        if not control.packets:
            return self.CLOSE if control.bound == ts.DONE else self.NOT_READY
        chosen = data[self._selected(control.packets[0])]
        # The other streams need not be settled: what they have at this time is dropped.
        if not chosen.packets and chosen.bound <= self.t:
            return self.NOT_READY
        return self.READY

    @override
    def fill(self, context: CalculatorContext, t: int) -> None:
        *data, control = self.queues
        for queue in data:
            context.packets[queue.port] = packets.empty()
        self.put(context, control, t)
        self.put(context, data[self._selected(context.packets[control.port])], t)
        for queue in data:
            queue.erase_before(ts.next_allowed(t))

    def _selected(self, packet: Packet) -> int:
        value = packet._payload
        if not isinstance(value, int) or not 0 <= value < len(self.queues) - 1:
            raise InvalidArgumentError(
                f'The control stream "{self.queues[-1].name}" of a MuxInputStreamHandler must carry ints in '
                f"0..{len(self.queues) - 2}, but carries {value!r} at {ts.name(packet._t)}."
            )
        return value
