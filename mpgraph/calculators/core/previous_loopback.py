"""PreviousLoopbackCalculator: an earlier result joins the next input."""

from __future__ import annotations

from collections import deque

from mpgraph.calculators.core.forwarding import restamp
from mpgraph.framework import timestamp as ts
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.packet import Packet
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register


@register
class PreviousLoopbackCalculator(Calculator):
    """Sends, at the time of each MAIN packet, what LOOP had at the time of the MAIN packet before.

    LOOP is a back edge from behind. Where it had nothing, and for the first MAIN packet, only the
    bound moves; so it does where MAIN itself is settled without a packet.
    """

    main = Input("MAIN")
    loop = Input("LOOP")
    previous = Output("PREV_LOOP", same_as=loop)
    input_stream_handler = "ImmediateInputStreamHandler"
    process_timestamp_bounds = True

    def open(self, cc: CalculatorContext) -> None:
        """Pass LOOP's header on."""
        # Times of MAIN, each with the time of LOOP that belongs to it: UNSET for a mere bound.
        self._mains: deque[tuple[int, int]] = deque()
        self._loops: deque[Packet] = deque()
        self._last_main = self._last_main_packet = ts.UNSTARTED
        self._last_loop: int = ts.UNSET
        header = cc.header(self.loop)
        if not header.is_empty():
            cc.outputs[0].set_header(header)

    def process(self, cc: CalculatorContext) -> None:
        """Note what is new, then match."""
        main, loop = cc.packet(self.main), cc.packet(self.loop)
        if main._t > self._last_main:
            self._last_main = main._t
            if main.is_empty():
                self._mains.append((main._t, ts.UNSET))
            else:
                self._mains.append((main._t, self._last_main_packet))
                self._last_main_packet = main._t
        if loop._t > self._last_loop:
            self._last_loop = loop._t
            self._loops.append(loop)
        self._match(cc)

    def _match(self, cc: CalculatorContext) -> None:
        shard = cc.outputs[0]
        while self._mains and self._loops and not shard.closed:
            (t, wanted), candidate = self._mains[0], self._loops[0]
            if wanted > candidate._t:
                self._loops.popleft()
                continue
            self._mains.popleft()
            if wanted == candidate._t:
                self._loops.popleft()
            if wanted == candidate._t and not candidate.is_empty():
                shard.add_packet(restamp(candidate, t))
            else:
                shard.set_next_timestamp_bound(min(ts.next_allowed(t), ts.MAX))
            if t == ts.MAX:
                shard.close()
