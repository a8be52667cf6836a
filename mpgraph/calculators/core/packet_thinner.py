"""PacketThinnerCalculator: reduce the frame rate of a stream."""

from __future__ import annotations

import math
from dataclasses import replace

from mpgraph.calculators.core.forwarding import copy_header, restamp
from mpgraph.calculators.core.option_packets import overlaid
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.video_header import VideoHeader
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet as packets
from mpgraph.framework import timestamp as ts
from mpgraph.framework.packet_type import INT64

_ASYNC = 1
"""PacketThinnerCalculatorOptions.ASYNC"""


@mp.register
class PacketThinnerCalculator(mp.Calculator):
    """Forwards at most one packet in each `period` (microseconds) of `start_time`..`end_time`.

    The side packets PERIOD (int64, microseconds) and OPTIONS override the options.

    `thinner_type` ASYNC: after a packet, those of the next period are dropped. SYNC: of the packets around
    each start_time + i * period, the nearest is sent (the later of two equally near), at exactly that time,
    or at its own without `sync_output_timestamps`. `update_frame_rate` sets the frame rate of a
    VideoHeader, the stream's header, to that of the output.
    """

    data = mp.Input("")
    side_options = mp.SideInput("OPTIONS", mp.message_type("mediapipe.CalculatorOptions"), optional=True)
    period = mp.SideInput("PERIOD", INT64, optional=True)
    out = mp.Output("", same_as=data)
    Options = mp.ProtoOptions("PacketThinnerCalculatorOptions")

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = overlaid(cc.options, cc.packet(self.side_options))
        self._is_async = options.thinner_type == _ASYNC
        self._period: int = cc[self.period] if cc.has(self.period) else options.period
        self._start: int = ts.MIN if self._is_async else 0
        if options.HasField("start_time"):
            self._start = options.start_time
        self._end: int = options.end_time if options.HasField("end_time") else ts.MAX
        if self._period <= 0:
            raise InvalidArgumentError(f"Specified period must be positive, not {self._period}.")
        if self._start >= self._end:
            raise InvalidArgumentError(
                f"Invalid PacketThinner: start_time {self._start} must be earlier than end_time {self._end}."
            )
        self._is_aligned: bool = options.sync_output_timestamps
        self._next: int = self._start
        self._saved = packets.empty()
        if self._is_async:
            cc.set_offset(0)
        shard = cc.outputs[0]
        shard.set_next_timestamp_bound(self._start)
        header = cc.header(self.data).payload
        if isinstance(header, VideoHeader) and options.update_frame_rate:
            rate = self._thinned(header.frame_rate, options.period)
            cc.set_header(self.out, replace(header, frame_rate=rate))
        else:
            copy_header(cc, self.data, self.out)

    def _thinned(self, frame_rate: float, period: int) -> float:
        if self._is_async:
            return frame_rate / math.ceil(frame_rate * period / ts.MICROSECONDS_PER_SECOND)
        return min(frame_rate, ts.MICROSECONDS_PER_SECOND / period)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        shard = cc.outputs[0]
        if cc.t >= self._end:
            self.close(cc)
            shard.close()
        elif cc.t < self._start:
            return
        elif self._is_async:
            if cc.t >= self._next:
                shard.add_packet(cc.packets[0])
                self._next = ts.shifted(cc.t, self._period)
                shard.set_next_timestamp_bound(self._next)
        else:
            self._process_sync(cc)

    def _process_sync(self, cc: mp.CalculatorContext) -> None:
        shard, now = cc.outputs[0], self._nearest(cc.t)
        if not self._saved.is_empty():
            before = self._saved._t
            if self._nearest(before) == now:
                if abs(cc.t - now) <= abs(before - now):
                    self._saved = cc.packets[0]
                return
            self._send_saved(cc)
        self._saved = cc.packets[0]
        shard.set_next_timestamp_bound(now if self._is_aligned else cc.t)

    def _send_saved(self, cc: mp.CalculatorContext) -> None:
        t = self._nearest(self._saved._t) if self._is_aligned else self._saved._t
        cc.forward(self.out, restamp(self._saved, t))

    def _nearest(self, t: int) -> int:
        """Return the time start + i * period nearest to `t`, the later one of two."""
        return (t - self._start + self._period // 2) // self._period * self._period + self._start

    @mp.override
    def close(self, cc: mp.CalculatorContext) -> None:
        if not self._saved.is_empty():
            self._send_saved(cc)
            self._saved = packets.empty()
