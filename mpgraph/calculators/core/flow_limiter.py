"""FlowLimiterCalculator: limit how many frames a part of the graph processes at once."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from typing import Any

from mpgraph.calculators.core.forwarding import copy_headers
from mpgraph.calculators.core.option_packets import overlaid
from mpgraph.errors import ret_check
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import timestamp as ts
from mpgraph.framework.output_shard import OutputStreamShard

_OPTIONS = mp.ProtoOptions("FlowLimiterCalculatorOptions")
_OPTIONS_CLASS = _OPTIONS.message_class()


@mp.register
class FlowLimiterCalculator(mp.Calculator):
    """Drops frames while `max_in_flight` of them are being processed.

    The first untagged input is the main stream: each of its packets is a frame, which passes or is dropped.
    The other untagged inputs pass where the main stream does. FINISHED is a back edge from the end of
    the limited part: its packet or bound marks all frames up to that time as finished. ALLOW (bool) reports
    at the time of each frame whether it passes. OPTIONS, as input or side packet, and the side packet
    MAX_IN_FLIGHT (int) override the options.

    Up to `max_in_queue` frames, the newest ones, wait rather than being dropped. With `in_flight_timeout` > 0
    a frame that is more than that many microseconds older than the newest one counts as finished. The outputs
    are settled at the times of dropped frames.
    """

    data = mp.Input("", repeated=True)
    finished = mp.Input("FINISHED")
    options_in = mp.Input("OPTIONS", _OPTIONS_CLASS, optional=True)
    side_options = mp.SideInput("OPTIONS", _OPTIONS_CLASS, optional=True)
    frames_in_flight = mp.SideInput("MAX_IN_FLIGHT", int, optional=True)
    out = mp.Output("", repeated=True, same_as=data)
    allow = mp.Output("ALLOW", bool, optional=True)
    Options = _OPTIONS
    input_stream_handler = "ImmediateInputStreamHandler"
    process_timestamp_bounds = True

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """There are as many untagged outputs as untagged inputs."""
        super().get_contract(contract)
        inputs, outputs = contract.inputs.count(""), contract.outputs.count("")
        ret_check(
            inputs == outputs,
            f"Output streams must correspond input streams: there are {inputs} untagged inputs and "
            f"{outputs} untagged outputs.",
        )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = _OPTIONS_CLASS()
        options.CopyFrom(overlaid(cc.options, cc.packet(self.side_options)))
        if cc.has(self.frames_in_flight):
            options.max_in_flight = cc[self.frames_in_flight]
        self._read(options)
        # Untagged ports come first in collection order, so they have the same position everywhere.
        self._queues: list[deque[mp.Packet]] = [deque() for _ in range(cc.input_tags.count(""))]
        self._in_flight: deque[int] = deque()
        # Decisions for the auxiliary streams: from _ranges[i] on packets pass if _allowed[i].
        self._ranges: list[int] = [ts.UNSET]
        self._allowed: list[bool] = [True]
        copy_headers(cc)

    def _read(self, options: Any) -> None:
        self._options = options
        self._max_in_flight: int = options.max_in_flight
        self._max_in_queue: int = options.max_in_queue
        self._timeout: int = options.in_flight_timeout

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        t, main = cc.t, self._queues[0]
        if cc.has(self.options_in):
            self._read(overlaid(self._options, cc.packet(self.options_in)))
        if cc.packet(self.finished)._t == t:
            self._finish_until(t)
        for queue, packet in zip(self._queues, cc.packets, strict=False):
            if not packet.is_empty():
                queue.append(packet)
        if self._timeout > 0 and cc.packets[0]._t == t < ts.MAX:
            self._finish_until(t - self._timeout - 1)
        while main and len(self._in_flight) < self._max_in_flight:
            packet = main.popleft()
            cc.outputs[0].add_packet(packet)
            self._report(cc, True, packet._t)
            self._in_flight.append(packet._t)
        while len(main) > self._max_in_queue:
            dropped = main.popleft()._t
            self._report(cc, False, dropped)
            if cc.on_drop is not None:
                reason = (
                    f"{len(self._in_flight)} in flight (max_in_flight: {self._max_in_flight}), "
                    f"{len(main)} newer frames wait (max_in_queue: {self._max_in_queue})"
                )
                cc.on_drop(cc.input_tags.names[0], dropped, reason)
        bounds = [self._advance(cc, 0)]
        if not main:
            _set_bound(cc.output(self.allow), bounds[0])
        for i in range(1, len(self._queues)):
            self._release_auxiliary(cc, i)
            bounds.append(self._advance(cc, i))
        self._trim(min(bounds))

    def _finish_until(self, t: int) -> None:
        while self._in_flight and self._in_flight[0] <= t:
            self._in_flight.popleft()

    def _report(self, cc: mp.CalculatorContext, allowed: bool, t: int) -> None:
        cc.emit(self.allow, allowed, t)
        self._ranges.append(t)
        self._allowed.append(allowed)

    def _advance(self, cc: mp.CalculatorContext, i: int) -> int:
        """Settle output i up to the first packet that may still pass; return its new bound."""
        queue = self._queues[i]
        bound = queue[0]._t if queue else ts.next_allowed(cc.packets[i]._t)
        _set_bound(cc.outputs[i], bound)
        return bound

    def _release_auxiliary(self, cc: mp.CalculatorContext, i: int) -> None:
        decided = cc.outputs[0].next_bound()
        queue = self._queues[i]
        while queue and queue[0]._t < decided:
            packet = queue.popleft()
            if self._allowed[bisect_right(self._ranges, packet._t) - 1]:
                cc.outputs[i].add_packet(packet)

    def _trim(self, bound: int) -> None:
        old = bisect_right(self._ranges, bound) - 1
        del self._ranges[:old], self._allowed[:old]


def _set_bound(shard: OutputStreamShard | None, bound: int) -> None:
    if shard is None:
        return
    if bound > ts.MAX:
        shard.close()
    else:
        shard.set_next_timestamp_bound(bound)
