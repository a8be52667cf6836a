"""A track of one file that is carried over into another while its frames are written."""

from __future__ import annotations

import logging
import os
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

from mpgraph.errors import MediaError
from mpgraph.media.containers import (
    MICROSECOND,
    as_fraction,
    load_av,
    origin_us,
    to_microseconds,
    video_stream,
)

if TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer

TimedPackets = Generator[tuple[int, Any], None, None]
"""PyAV packets with the microsecond at which they start."""

_log = logging.getLogger(__name__)

# The end of the last frame is known only to about a frame; sound this much longer still ends with it.
_END_SLACK_US = 250_000
_FOREVER_US = 2**62


class Track:
    """Muxes a track into `output`, packet by packet, as the video advances; owns its `source`.

    kind: what an error calls the track. A subclass sets `stream`, the track of the output, and starts with
    the packets to write.
    """

    kind = "track"

    def __init__(
        self, path: str | os.PathLike[str], source: InputContainer, index: int, output: OutputContainer
    ) -> None:
        self.av = load_av()
        self.path = path
        self.output = output
        self.input: Any = source.streams[index]
        self.stream: Any = None
        self.origin_us = origin_us(source)
        self._source = source
        self._packets: TimedPackets | None = None
        self._waiting: tuple[int, Any] | None = None

    def start(self, packets: TimedPackets) -> None:
        """Take the packets to write, and carry over what the file says about the track."""
        for name in ("language", "title"):
            if name in self.input.metadata:
                self.stream.metadata[name] = self.input.metadata[name]
        self.stream.disposition = self.input.disposition
        self._packets = packets

    def mux_until(self, time_us: int) -> None:
        """Write all packets that start before `time_us`.

        Raises:
            MediaError: the format of the output refuses one.
        """
        if self._packets is None:
            return
        try:
            if self._waiting is None:
                self._waiting = next(self._packets, None)
            while self._waiting is not None and self._waiting[0] < time_us:
                # Cleared first, so that an interrupt cannot write it twice.
                packet, self._waiting = self._waiting[1], None
                self.output.mux(packet)
                self._waiting = next(self._packets, None)
        except self.av.error.FFmpegError as error:
            if isinstance(error, OSError):
                raise  # The disk is full, for example.
            codec = self.input.codec_context.codec.canonical_name
            raise MediaError(f'cannot write the {self.kind} of "{self.path}" ({codec}): {error}') from None

    def finish(self, video_end_us: int) -> None:
        """Write the rest: all of it if the video reached the source's end, else up to the video's end."""
        source_end = self._video_end_us()
        if source_end is not None and video_end_us + _END_SLACK_US >= source_end:
            video_end_us = _FOREVER_US
        self.mux_until(video_end_us)

    def close(self) -> None:
        """Release the source file."""
        if self._packets is not None:
            self._packets.close()
        self._source.close()

    def source_packets(self) -> Iterator[Any]:
        """The packets of the source; what cannot be read ends them."""
        try:
            yield from self._source.demux(self.input)
        except (self.av.error.FFmpegError, OSError) as error:
            _log.warning('the %s of "%s" ends early: %s', self.kind, self.path, error)

    def copied(self, earliest_us: int | None = None) -> TimedPackets:
        """The packets of the source as they are, from `earliest_us` on.

        A missing time becomes the end of the packet before; a repeated or earlier one is moved after it.
        """
        end: int | None = None
        last: int | None = None
        for packet in self.source_packets():
            time_base = as_fraction(packet.time_base)
            start = packet.dts if packet.pts is None else packet.pts
            if packet.is_corrupt or not packet.size or time_base is None or (start is None and end is None):
                continue  # Half a packet, the demuxer's end mark, or nothing to count from.
            if start is None:
                start = end
            else:
                start -= round(self.origin_us * MICROSECOND / time_base)
            if last is not None:
                start = max(start, last + 1)
            if not packet.duration and last is not None:
                # As long as the one before; a last packet without a duration would be lost in an MP4 file.
                packet.duration = start - last
            last, end = start, start + (packet.duration or 1)
            packet.pts = packet.dts = start
            time_us = to_microseconds(start, time_base)
            if earliest_us is not None and time_us < earliest_us:
                continue
            packet.stream = self.stream
            yield time_us, packet

    def _video_end_us(self) -> int | None:
        video = video_stream(self._source)
        if video is None:
            return None
        time_base = as_fraction(video.time_base)
        if video.duration is None or time_base is None:
            return self._source.duration
        return to_microseconds((video.start_time or 0) + video.duration, time_base) - self.origin_us
