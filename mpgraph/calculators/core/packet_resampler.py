"""PacketResamplerCalculator: convert a stream to a constant frame rate."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from mpgraph.calculators.core.forwarding import restamp
from mpgraph.calculators.core.option_packets import overlaid
from mpgraph.errors import InvalidArgumentError, ret_check
from mpgraph.formats.video_header import VideoHeader
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet as packets
from mpgraph.framework import timestamp as ts

_NONE, _PASS_HEADER, _UPDATE_VIDEO_HEADER = range(3)
"""Values of PacketResamplerCalculatorOptions.OutputHeader."""


@mp.register
class PacketResamplerCalculator(mp.Calculator):
    """Sends `frame_rate` packets a second: it repeats packets where the input has too few, and drops others.

    DATA, or the untagged input and output, is the stream. VIDEO_HEADER is a VideoHeader at PRESTREAM, sent
    on with the new rate. OPTIONS (side packet) overrides the options.

    Output i is at t0 + i/frame_rate seconds and repeats the packet nearest in time. t0 is the time of the
    first packet; with `base_timestamp`, the nearest time that is a whole number of periods from the base.
    Only times in `start_time`..`end_time` are sent, half a period more with `round_limits`. At the end the
    last packet is sent unless `flush_last_packet` is false. `max_frame_rate` limits the rate;
    `use_input_frame_rate` takes it from VIDEO_HEADER. Sampling with `jitter` is not supported, as in
    MediaPipe outside Google.
    """

    data = mp.Input("DATA", optional=True)
    untagged = mp.Input("", optional=True)
    video_header = mp.Input("VIDEO_HEADER", VideoHeader, optional=True)
    side_options = mp.SideInput("OPTIONS", mp.message_type("mediapipe.CalculatorOptions"), optional=True)
    seed = mp.SideInput("SEED", str, optional=True)
    video_header_out = mp.Output("VIDEO_HEADER", VideoHeader, optional=True)
    Options = mp.ProtoOptions("PacketResamplerCalculatorOptions")

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """Both data streams are tagged DATA or untagged. VIDEO_HEADER excludes `max_frame_rate`."""
        super().get_contract(contract)
        source, target = (
            specs.tag("DATA" if specs.has("DATA") else "") for specs in (contract.inputs, contract.outputs)
        )
        target.set_same_as(source.set_any())
        ret_check(
            not (contract.outputs.has("VIDEO_HEADER") and contract.options.max_frame_rate > 0),
            "VideoHeader output is not supported with max_frame_rate.",
        )
        jitter = contract.options.jitter
        ret_check(0 <= jitter <= 1, f"jitter is {jitter}, not within 0..1.")
        ret_check(jitter == 0 or contract.side_inputs.has("SEED"), "jitter needs the side packet SEED.")

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = self._options = overlaid(cc.options, cc.packet(self.side_options))
        if options.jitter != 0 or options.reproducible_sampling:
            raise InvalidArgumentError(
                'SecureRandom is not available.  With "jitter" specified, PacketResamplerCalculator '
                "processing cannot proceed."
            )
        self._position = _data_position(cc.input_tags)
        self._shard = cc.outputs[_data_position(cc.output_tags)]
        self._header = VideoHeader()
        self._is_header_sent = False
        self._first: int = ts.UNSET
        self._count = 0
        self._last = packets.empty()
        self._set_rate(options.frame_rate)
        header = cc.headers[self._position]
        if options.output_header == _NONE or header.is_empty():
            return
        if options.output_header == _UPDATE_VIDEO_HEADER and isinstance(header.payload, VideoHeader):
            self._header = replace(header.payload, frame_rate=self._rate)
            header = packets.make_packet(self._header)
        self._shard.set_header(header)

    def _set_rate(self, rate: float) -> None:
        options = self._options
        if options.max_frame_rate > 0:
            rate = min(rate, options.max_frame_rate)
        ret_check(rate > 0, f"The output frame rate must be greater than zero, not {rate}.")
        ret_check(
            rate <= ts.MICROSECONDS_PER_SECOND,
            f"The output frame rate must be smaller than {ts.MICROSECONDS_PER_SECOND}.",
        )
        self._rate: float = rate
        margin = int(ts.MICROSECONDS_PER_SECOND / rate) // 2 if options.round_limits else 0
        start: int = options.start_time if options.HasField("start_time") else ts.MIN
        end: int = options.end_time if options.HasField("end_time") else ts.MAX
        self._start, self._end = ts.shifted(start, -margin), ts.shifted(end, margin)
        self._header = replace(self._header, frame_rate=rate)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        packet = cc.packets[self._position]
        if cc.t == ts.PRESTREAM and cc.has(self.video_header):
            self._header = cc[self.video_header]
            if self._options.use_input_frame_rate:
                self._set_rate(self._header.frame_rate)
            self._header = replace(self._header, frame_rate=self._rate)
            if packet.is_empty():
                return
        if not self._is_header_sent:
            cc.emit(self.video_header_out, self._header, ts.PRESTREAM)
            self._is_header_sent = True
        ret_check(cc.t > ts.PRESTREAM, "a packet at PRESTREAM cannot be resampled.")
        self._resample(cc.t, packet)
        self._last = packet

    def _resample(self, t: int, packet: mp.Packet) -> None:
        if self._first == ts.UNSET:
            self._first = self._aligned(t)
        index = self._index(t)
        if index < self._count:
            return
        while self._count < index:
            self._send(self._last)
        target = self._time(self._count)
        if t >= target:
            is_nearer = self._last._t == ts.UNSET or t - target <= target - self._last._t
            self._send(packet if is_nearer else self._last)
        self._shard.set_next_timestamp_bound(self._time(self._count))

    def _aligned(self, t: int) -> int:
        if not self._options.HasField("base_timestamp"):
            return t
        base: int = self._options.base_timestamp
        index = _rounded((t - base) / ts.MICROSECONDS_PER_SECOND * self._rate)
        return ts.shifted(base, _microseconds(index / self._rate))

    def _index(self, t: int) -> int:
        return _rounded((t - self._first) / ts.MICROSECONDS_PER_SECOND * self._rate)

    def _time(self, index: int) -> int:
        return ts.shifted(self._first, _microseconds(index / self._rate))

    def _send(self, packet: mp.Packet) -> None:
        """Send `packet` for the current period if that is within the limits, and go to the next one."""
        t = self._time(self._count)
        if self._start <= t < self._end:
            self._shard.add_packet(restamp(packet, t))
        self._count += 1

    @mp.override
    def close(self, cc: mp.CalculatorContext) -> None:
        if (
            self._first != ts.UNSET
            and self._options.flush_last_packet
            and self._index(self._last._t) == self._count
        ):
            self._send(self._last)


def _data_position(tags: Any) -> int:
    position: int | None = tags.id("DATA") if tags.has("DATA") else tags.id("")
    assert position is not None  # The contract requires it.
    return position


def _rounded(value: float) -> int:
    """Round to the nearest integer, halves away from zero."""
    return math.floor(abs(value) + 0.5) * (1 if value >= 0 else -1)


def _microseconds(seconds: float) -> int:
    return _rounded(seconds * ts.MICROSECONDS_PER_SECOND)
