"""The audio of one file, copied or re-encoded into another while its frames are written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from mpgraph.media.containers import MICROSECOND, as_fraction, to_microseconds
from mpgraph.media.track import TimedPackets, Track
from mpgraph.media.video_formats import VideoFormat

if TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer

_OPUS_RATE = 48_000
_AAC_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000)
_KEPT_LAYOUTS = ("mono", "stereo", "5.1")
_BITS_PER_CHANNEL = 80_000


class AudioTrack(Track):
    """Copies the sound if the format allows its codec, else re-encodes it."""

    kind = "sound"

    def __init__(
        self,
        path: str | os.PathLike[str],
        source: InputContainer,
        index: int,
        output: OutputContainer,
        kind: VideoFormat,
    ) -> None:
        super().__init__(path, source, index, output)
        # The name of a decoder, such as mp3float, may differ from that of its codec.
        if self.input.codec_context.codec.canonical_name in kind.copied_audio:
            self.stream = output.add_stream_from_template(self.input)
            self.start(self.copied(None if kind.keeps_negative_times else 0))
        else:
            self.stream = self._add_encoder(kind.audio_encoder or "aac")
            self.start(self._encoded())

    def _encoded(self) -> TimedPackets:
        context = self.stream.codec_context
        resampler = self.av.AudioResampler(format=context.format, layout=context.layout, rate=context.rate)
        end: Fraction | None = None
        for packet in self.source_packets():
            for frame in self._decoded(packet):
                end = self._set_time(frame, end)
                for part in resampler.resample(frame):
                    yield from self._timed(self.stream.encode(part))
        for part in resampler.resample(None):
            yield from self._timed(self.stream.encode(part))
        yield from self._timed(self.stream.encode(None))

    def _set_time(self, frame: Any, end: Fraction | None) -> Fraction:
        """Time a frame in samples, not before `end`, where the frame before it ends; return its own end.

        In the time base of an AVI file, a whole frame of sound, the encoder would give the same time to two
        of its shorter frames.
        """
        time_base = as_fraction(frame.time_base)
        if frame.pts is not None and time_base is not None:
            seconds = frame.pts * time_base - self.origin_us * MICROSECOND
            seconds = seconds if end is None else max(seconds, end)
        else:
            seconds = end or Fraction(0)
        frame.time_base = Fraction(1, frame.sample_rate)
        frame.pts = round(seconds * frame.sample_rate)
        return Fraction(frame.pts + frame.samples, frame.sample_rate)

    def _decoded(self, packet: Any) -> list[Any]:
        try:
            return list(packet.decode())
        except self.av.error.FFmpegError:
            return []  # A broken packet is a click, not the end of the audio.

    def _timed(self, packets: list[Any]) -> Iterator[tuple[int, Any]]:
        for packet in packets:
            time_base = as_fraction(packet.time_base)
            if packet.pts is not None and time_base is not None:
                yield to_microseconds(packet.pts, time_base), packet

    def _add_encoder(self, name: str) -> Any:
        source = self.input.codec_context
        rate = source.sample_rate if source.sample_rate in _AAC_RATES else _OPUS_RATE
        if name == "libopus":
            rate = _OPUS_RATE
        layout = source.layout.name if source.layout.name in _KEPT_LAYOUTS else "stereo"
        stream: Any = self.output.add_stream(name, rate=rate)
        stream.layout = layout
        stream.bit_rate = _BITS_PER_CHANNEL * max(1, stream.codec_context.layout.nb_channels)
        return stream
