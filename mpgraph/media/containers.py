"""Opening media files with PyAV, and the common origin of time of their video and audio."""

from __future__ import annotations

import os
from fractions import Fraction
from types import ModuleType
from typing import TYPE_CHECKING, Any

from mpgraph.errors import MediaError
from mpgraph.io.files import seekable_file

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

MICROSECOND = Fraction(1, 1_000_000)
"""In seconds."""

# Titles and the like need not be UTF-8; earlier releases refuse such files by default.
_AV_WITH_LENIENT_METADATA = 19

# FFmpeg opens these as one-frame or text-art "videos"; here they are errors.
_NOT_VIDEO = ("image2", "_pipe", "tty", "txt")


def load_av() -> ModuleType:
    """Return PyAV, or raise MediaError with how to install it."""
    try:
        import av
        import av.error
    except ImportError as error:
        raise MediaError(
            f'reading and writing videos needs PyAV: pip install "mpgraph[video]" ({error})'
        ) from None
    return av


def open_input(path: str | os.PathLike[str]) -> InputContainer:
    """Open a media file for reading; MediaError if it is missing, empty or of an unknown format."""
    av = load_av()
    file = seekable_file(path)
    # A playlist must not trigger requests to the network; an absolute path is never a protocol.
    options: dict[str, Any] = {"options": {"protocol_whitelist": "file,crypto,data"}}
    if int(av.__version__.split(".")[0]) < _AV_WITH_LENIENT_METADATA:
        options["metadata_errors"] = "replace"
    try:
        container: InputContainer = av.open(os.path.abspath(file), **options)
    except av.error.InvalidDataError:
        raise MediaError(f'"{path}" is not a video, or is damaged or cut off at its start or index') from None
    except (av.error.FFmpegError, OSError) as error:
        raise MediaError(f'cannot read "{path}": {error.strerror}') from None
    if any(part in container.format.name for part in _NOT_VIDEO):
        container.close()
        raise MediaError(f'"{path}" is an image or text, not a video')
    return container


def video_stream(container: InputContainer) -> VideoStream | None:
    """Return the first video stream that is not a cover image."""
    from av.stream import Disposition

    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            return stream
    return None


def as_fraction(value: Any) -> Fraction | None:
    """Return a rate or time base of PyAV as a Fraction; None if it is unknown.

    PyAV 19 has its own rational type, whose value is 0 where earlier releases have None.
    """
    return Fraction(value.numerator, value.denominator) if value else None


def to_microseconds(ticks: int, time_base: Fraction) -> int:
    """Return `ticks` of `time_base` seconds as whole microseconds, halves rounded up."""
    scale = time_base / MICROSECOND
    return (2 * ticks * scale.numerator + scale.denominator) // (2 * scale.denominator)


def origin_us(container: InputContainer) -> int:
    """Return the file's time, in microseconds, of the instant that becomes 0.

    A broadcast recording starts at any time: its start becomes 0. Otherwise 0 stays 0, so that a
    late first frame stays late; only frames before 0 move the origin, to the first of them
    (audio before 0 is an encoder's priming and does not).
    """
    start = container.start_time
    if start is not None and start > 0:
        return start
    video = video_stream(container)
    time_base = None if video is None else as_fraction(video.time_base)
    if video is None or video.start_time is None or time_base is None:
        return 0
    return min(0, to_microseconds(video.start_time, time_base))
