"""The audio of one file, copied or re-encoded into another while its frames are written."""

from __future__ import annotations

import logging
import os
from collections.abc import Generator, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from mpgraph.media.containers import (
    as_fraction,
    load_av,
    open_input,
    origin_us,
    to_microseconds,
    video_stream,
)
from mpgraph.media.video_formats import VideoFormat

if TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer

# PyAV packets with the microsecond at which their sound starts.
_TimedPackets = Generator[tuple[int, Any], None, None]

_log = logging.getLogger(__name__)

_OPUS_RATE = 48_000
_AAC_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000)
_KEPT_LAYOUTS = ("mono", "stereo", "5.1")
_BITS_PER_CHANNEL = 80_000
_MICROSECOND = Fraction(1, 1_000_000)
# The end of the last frame is known only to about a frame; audio this much longer still ends with it.
_END_SLACK_US = 250_000
_FOREVER_US = 2**62


class AudioTrack:
    """Muxes the first audio track of `path` into `output`, packet by packet, as the video advances."""

    def __init__(
        self, path: str | os.PathLike[str], source: InputContainer, output: OutputContainer, kind: VideoFormat
    ) -> None:
        self._av = load_av()
        self._path = path
        self._source = source
        self._input = source.streams.audio[0]
        self._output = output
        self._origin_us = origin_us(source)
        self._earliest_us = None if kind.keeps_negative_times else 0
        # The name of a decoder, such as mp3float, may differ from that of its codec.
        if self._input.codec_context.codec.canonical_name in kind.copied_audio:
            self._stream: Any = output.add_stream_from_template(self._input)
            self._packets = self._copied()
        else:
            self._stream = self._add_encoder(kind.audio_encoder or "aac")
            self._packets = self._encoded()
        self._waiting = next(self._packets, None)

    @classmethod
    def open(
        cls, path: str | os.PathLike[str], output: OutputContainer, kind: VideoFormat
    ) -> AudioTrack | None:
        """Add the audio of `path` to `output`; None if it has no audio."""
        source = open_input(path)
        try:
            if source.streams.audio and source.streams.audio[0].codec_context is not None:
                return cls(path, source, output, kind)
        except BaseException:
            source.close()
            raise
        source.close()
        return None

    def mux_until(self, time_us: int) -> None:
        """Write all audio that starts before `time_us`."""
        while self._waiting is not None and self._waiting[0] < time_us:
            # Cleared first, so that an interrupt cannot write it twice.
            packet, self._waiting = self._waiting[1], None
            self._output.mux(packet)
            self._waiting = next(self._packets, None)

    def finish(self, video_end_us: int) -> None:
        """Write the rest: all of it if the video reached the source's end, else up to the video's end."""
        source_end = self._video_end_us()
        if source_end is not None and video_end_us + _END_SLACK_US >= source_end:
            video_end_us = _FOREVER_US
        self.mux_until(video_end_us)

    def close(self) -> None:
        """Release the source file."""
        self._packets.close()
        self._source.close()

    def _video_end_us(self) -> int | None:
        video = video_stream(self._source)
        if video is None:
            return None
        time_base = as_fraction(video.time_base)
        if video.duration is None or time_base is None:
            return self._source.duration
        return to_microseconds((video.start_time or 0) + video.duration, time_base) - self._origin_us

    def _source_packets(self) -> Iterator[Any]:
        packets = self._source.demux(self._input)
        try:
            yield from packets
        except (self._av.error.FFmpegError, OSError) as error:
            _log.warning('the audio of "%s" ends early: %s', self._path, error)

    def _copied(self) -> _TimedPackets:
        for packet in self._source_packets():
            time_base = as_fraction(packet.time_base)
            if packet.is_corrupt or packet.dts is None or packet.pts is None or time_base is None:
                continue  # Half a packet, the demuxer's end mark, or audio without a time.
            shift = round(self._origin_us * _MICROSECOND / time_base)
            packet.pts -= shift
            packet.dts -= shift
            time_us = to_microseconds(packet.pts, time_base)
            if self._earliest_us is not None and time_us < self._earliest_us:
                continue
            packet.stream = self._stream
            yield time_us, packet

    def _encoded(self) -> _TimedPackets:
        context = self._stream.codec_context
        resampler = self._av.AudioResampler(format=context.format, layout=context.layout, rate=context.rate)
        for packet in self._source_packets():
            for frame in self._decoded(packet):
                time_base = as_fraction(frame.time_base)
                if frame.pts is not None and time_base is not None:
                    # In samples: with the time base of an AVI file, a whole frame of sound, the encoder would
                    # give the same time to two of its shorter frames.
                    seconds = frame.pts * time_base - self._origin_us * _MICROSECOND
                    frame.time_base = Fraction(1, frame.sample_rate)
                    frame.pts = round(seconds * frame.sample_rate)
                for part in resampler.resample(frame):
                    yield from self._timed(self._stream.encode(part))
        for part in resampler.resample(None):
            yield from self._timed(self._stream.encode(part))
        yield from self._timed(self._stream.encode(None))

    def _decoded(self, packet: Any) -> list[Any]:
        try:
            return list(packet.decode())
        except self._av.error.InvalidDataError:
            return []  # A broken packet is a click, not the end of the audio.

    def _timed(self, packets: list[Any]) -> Iterator[tuple[int, Any]]:
        for packet in packets:
            time_base = as_fraction(packet.time_base)
            if packet.pts is not None and time_base is not None:
                yield to_microseconds(packet.pts, time_base), packet

    def _add_encoder(self, name: str) -> Any:
        source = self._input.codec_context
        rate = source.sample_rate if source.sample_rate in _AAC_RATES else _OPUS_RATE
        if name == "libopus":
            rate = _OPUS_RATE
        layout = source.layout.name if source.layout.name in _KEPT_LAYOUTS else "stereo"
        stream: Any = self._output.add_stream(name, rate=rate)
        stream.layout = layout
        stream.bit_rate = _BITS_PER_CHANNEL * max(1, stream.codec_context.layout.nb_channels)
        return stream
