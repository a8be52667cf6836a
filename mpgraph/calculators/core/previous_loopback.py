"""PreviousLoopbackCalculator: feed an earlier result back to the next input."""

from __future__ import annotations

from collections import deque

from mpgraph.calculators.core.forwarding import copy_header, restamp
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import timestamp as ts


@mp.register
class PreviousLoopbackCalculator(mp.Calculator):
    """Sends, at each packet of MAIN, the packet that LOOP had at the time of the previous packet of MAIN.

    LOOP is a back edge from a later node. PREV_LOOP is its packet, at the time of the newer packet of MAIN.

    For the first packet of MAIN, and where LOOP had no packet, only the bound moves, as it does at settled
    times of MAIN without a packet.
    """

    main = mp.Input("MAIN")
    loop = mp.Input("LOOP")
    previous = mp.Output("PREV_LOOP", same_as=loop)
    input_stream_handler = "ImmediateInputStreamHandler"
    process_timestamp_bounds = True

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        # Times of MAIN, each with the time of the LOOP packet to send then; UNSET where only a bound follows.
        self._mains: deque[tuple[int, int]] = deque()
        self._loops: deque[mp.Packet] = deque()
        self._last_main = self._last_main_packet = ts.UNSTARTED
        self._last_loop: int = ts.UNSET
        copy_header(cc, self.loop, self.previous)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
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

    def _match(self, cc: mp.CalculatorContext) -> None:
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
