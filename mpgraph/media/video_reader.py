"""Reading video files: upright RGB frames with their exact times."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from mpgraph.errors import MediaError
from mpgraph.framework.not_picklable import NotPicklable
from mpgraph.io import native
from mpgraph.io.cores import core_limit
from mpgraph.io.image_size import pixels_fault
from mpgraph.media.containers import (
    as_fraction,
    load_av,
    open_input,
    origin_us,
    to_microseconds,
    video_stream,
)
from mpgraph.media.dolby_vision import incompatible_profile
from mpgraph.media.frame_pixels import FramePixels
from mpgraph.media.frames import FrameTimes, VideoFrame

if TYPE_CHECKING:
    import av
    from av.video.stream import VideoStream

_log = logging.getLogger(__name__)

_DEFAULT_RATE = Fraction(30)
# The codecs of Dolby Vision, and the decoders that know the alpha of WebM.
_DOLBY_CODECS = ("hevc", "av1", "libdav1d", "h264")
_ALPHA_DECODERS = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
# A file may declare a little more than it contains; less than this is not damage.
_MISSING_TAIL_US = 1_000_000


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """The properties of a video file.

    width, height: of the upright frames. rotation: the clockwise rotation in degrees (0, 90, 180, 270)
        that made them upright.
    frame_rate: the average. frame_count, duration_us: as the file declares them, None if it does not.
    pixel_aspect: a pixel's width divided by its height.
    """

    width: int
    height: int
    frame_rate: Fraction
    duration_us: int | None
    frame_count: int | None
    rotation: int
    has_audio: bool
    codec: str
    pixel_aspect: Fraction


class VideoReader(NotPicklable):
    """Iterates the frames of a video file, once, in order; a context manager.

    Times are the file's own with the origin of `containers.origin_us`, strictly increasing (see
    FrameTimes). All frames have the size in `info`; HDR (HLG and PQ) is tone-mapped, and transparent frames
    are flattened onto white. A file that is cut
    off or damaged delivers the frames that can be decoded; then `damage` describes the damage and a
    warning is logged, or, with `strict=True`, MediaError is raised.

    Raises:
        MediaError: no such file, empty, not a video, audio only, no frame can be decoded,
            Dolby Vision that only Dolby's decoders show (profile 5), or PyAV is not installed.
    """

    pickle_instead = "Pass its frames, or open the file in the process that reads it."

    def __init__(self, path: str | os.PathLike[str], *, strict: bool = False) -> None:
        self._av = load_av()
        self._path = path
        self._strict = strict
        self.damage: str | None = None
        self._is_readable = False
        self._was_forked = False
        self._container = open_input(path)
        try:
            self._stream = self._find_stream()
            self._stream.thread_type = "AUTO"
            self._stream.thread_count = core_limit() or 0
            self._time_base = as_fraction(self._stream.time_base)
            self._origin_us = origin_us(self._container)
            self._decoder = self._find_decoder()
            self._decoded = self._decode()
            first = next(self._decoded, None)
            if first is not None:
                self._is_readable = True
                self._warn_of_damage()
            else:
                reason = f" ({self.damage})" if self.damage else ""
                raise MediaError(f'"{path}" has no frame that can be decoded{reason}')
            # The transfer characteristic is known at the latest when a frame is decoded.
            self._pixels = FramePixels(first, int(self._stream.codec_context.color_trc))
            self.info = self._describe()
            self._frames = self._deliver(first)
            native.watch(self)
        except BaseException:
            self._container.close()
            raise

    def __iter__(self) -> Iterator[VideoFrame]:
        return self._frames

    def __enter__(self) -> VideoReader:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the file; iterating ends."""
        self._frames.close()
        if not self._was_forked:
            self._decoded.close()
            self._container.close()

    def left_to_parent(self) -> None:
        """In a forked child: the decoder has lost its threads."""
        self._was_forked = True

    def _find_stream(self) -> VideoStream:
        stream = video_stream(self._container)
        if stream is None:
            what = "contains only audio" if self._container.streams.audio else "contains no video"
            raise MediaError(f'"{self._path}" {what}; a video with frames is needed')
        if stream.codec_context is None:
            raise MediaError(f'"{self._path}" contains a video in a format that cannot be decoded here')
        if fault := pixels_fault(stream.codec_context.width, stream.codec_context.height):
            raise MediaError(f'"{self._path}" {fault}')
        profile = incompatible_profile(self._path) if stream.codec_context.name in _DOLBY_CODECS else None
        if profile is not None:
            raise MediaError(
                f'"{self._path}" is Dolby Vision of profile {profile}, whose colors only Dolby\'s decoders '
                "understand; export it as SDR, HLG or HDR10"
            )
        return stream

    def _find_decoder(self) -> Any:
        """The stream's decoder, or for VP9 with alpha, which FFmpeg's own decoder ignores, that of libvpx."""
        context = self._stream.codec_context
        metadata = {name.lower(): value for name, value in self._stream.metadata.items()}
        if context.name not in _ALPHA_DECODERS or metadata.get("alpha_mode") != "1":
            return context
        return self._av.CodecContext.create(_ALPHA_DECODERS[context.name], "r")

    def _describe(self) -> VideoInfo:
        stream = self._stream
        width, height = self._pixels.size
        orientation = self._pixels.orientation
        rate = _frame_rate(stream)
        own_duration = self._own_duration_us()
        duration = self._from_origin(self._container.duration) if own_duration is None else own_duration
        count = stream.frames or (round(duration * rate / 1_000_000) if duration else None)
        aspect = as_fraction(stream.sample_aspect_ratio) or Fraction(1)
        return VideoInfo(
            width=width,
            height=height,
            frame_rate=rate,
            duration_us=duration,
            frame_count=count,
            rotation=orientation.degrees,
            has_audio=bool(self._container.streams.audio),
            codec=stream.codec_context.name,
            pixel_aspect=1 / aspect if orientation.transposed else aspect,
        )

    def _own_duration_us(self) -> int | None:
        """The duration of the video, as opposed to the audio, if the file declares it."""
        stream = self._stream
        if stream.duration is not None and self._time_base is not None:
            return to_microseconds(stream.duration, self._time_base)
        tag = re.fullmatch(r"(\d+):(\d+):(\d+)\.(\d{6})\d*", stream.metadata.get("DURATION", ""))
        if tag:  # Matroska, as written by FFmpeg and mkvmerge
            hours, minutes, seconds, microseconds = (int(part) for part in tag.groups())
            return self._from_origin(((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + microseconds)
        # FFmpeg's unit for whole files is the microsecond.
        return self._from_origin(self._container.duration) if len(self._container.streams) == 1 else None

    def _from_origin(self, duration_us: int | None) -> int | None:
        """A duration as Matroska has it: FFmpeg writes the time of the end, from 0 and not from the start."""
        if duration_us is None or "matroska" not in self._container.format.name:
            return duration_us
        return duration_us - self._origin_us if duration_us > self._origin_us > 0 else duration_us

    def _deliver(self, first: av.VideoFrame) -> Generator[VideoFrame, None, None]:
        times = FrameTimes(round(1_000_000 / self.info.frame_rate))
        last_us = 0
        frame: av.VideoFrame | None = first
        index = 0
        while frame is not None:
            last_us = times.next(self._file_time_us(frame))
            yield VideoFrame(self._pixels.convert(frame), last_us, index, self._pixels.yuv(frame))
            index += 1
            if self._was_forked:
                raise MediaError(
                    f'"{self._path}" is read by the process that this one was forked from; open it here'
                )
            frame = next(self._decoded, None)
        self._check_end(last_us)
        if self._strict and self.damage is not None:
            raise MediaError(f'"{self._path}" is damaged: {self.damage}')

    def _decode(self) -> Generator[av.VideoFrame, None, None]:
        for packet in self._packets():
            if packet.is_corrupt:
                self._note_damage("a part of it is incomplete")
            if self.damage is not None and self._strict:
                break
            yield from self._decode_packet(packet)
        # The decoder delays frames until it receives the end.
        yield from self._decode_packet(None)

    def _packets(self) -> Iterator[Any]:
        try:
            for packet in self._container.demux(self._stream):
                if packet.size:  # the demuxer marks the end with an empty one
                    yield packet
        except (self._av.error.FFmpegError, OSError) as error:
            self._note_damage(f"reading stopped: {error.strerror}")

    def _decode_packet(self, packet: Any) -> list[av.VideoFrame]:
        try:
            return list(self._decoder.decode(packet))
        except self._av.error.EOFError:
            return []
        except (self._av.error.FFmpegError, OSError) as error:
            # Frames after a broken frame may still be good.
            self._note_damage(f"a frame cannot be decoded: {error.strerror}")
            return []

    def _file_time_us(self, frame: av.VideoFrame) -> int | None:
        # The stream's time base: a frame flushed at the end has none of its own.
        if frame.pts is None or self._time_base is None:
            return None
        return to_microseconds(frame.pts, self._time_base) - self._origin_us

    def _check_end(self, last_us: int) -> None:
        if self.damage is not None:
            return
        size = os.path.getsize(self._path)
        index = self._stream.index_entries
        needed = max((entry.pos + entry.size for entry in index if entry.size), default=0)
        if needed > size:
            self._note_damage(f"it is cut off: {size} of at least {needed} bytes exist")
        # Without an index of positions in the file, only the declared duration shows it.
        duration = self._own_duration_us()
        if needed or duration is None:
            return
        if duration - last_us > _MISSING_TAIL_US + 2_000_000 / self.info.frame_rate:
            ends, declared = last_us / 1_000_000, duration / 1_000_000
            self._note_damage(f"it is cut off: its frames end at {ends:.1f} s of {declared:.1f} s")

    def _note_damage(self, what: str) -> None:
        if self.damage is None:
            self.damage = what
            self._warn_of_damage()

    def _warn_of_damage(self) -> None:
        # A file without any frame is an error, which says the same.
        if self._is_readable and self.damage is not None and not self._strict:
            _log.warning('"%s" is damaged: %s', self._path, self.damage)


def _frame_rate(stream: VideoStream) -> Fraction:
    average = as_fraction(stream.average_rate)
    guessed = as_fraction(stream.guessed_rate)
    if not average:
        return guessed or _DEFAULT_RATE
    # Times rounded to a container's milliseconds average to odd fractions; the guess is the true rate.
    if guessed and abs(guessed / average - 1) < Fraction(1, 500):
        return guessed
    return average
