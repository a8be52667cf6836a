"""The codecs and settings of video files, by suffix."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from mpgraph.errors import MediaError, did_you_mean


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """A format of output files, with FFmpeg's names.

    copied_audio: the audio codecs that are copied; others are re-encoded by `audio_encoder` (None: the
        format has no audio).
    ticks_per_second: set if the container requires it.
    """

    container: str
    codec: str
    pixel_format: str = "yuv420p"
    options: Mapping[str, str] = field(default_factory=dict)
    copied_audio: frozenset[str] = frozenset()
    audio_encoder: str | None = None
    needs_even_size: bool = False
    has_index_first: bool = False
    keeps_negative_times: bool = False
    ticks_per_second: int | None = None

    @property
    def is_yuv(self) -> bool:
        """Whether frames are stored as luma and chroma, which need a matrix and a range."""
        return self.pixel_format.startswith("yuv")


# Fast enough that encoding 720p is not the bottleneck, with a quality well above casual viewing.
_H264 = {"preset": "veryfast", "crf": "20", "profile": "high"}
_VP9 = {"deadline": "realtime", "cpu-used": "6", "row-mt": "1", "crf": "30", "b": "0"}

_MP4 = VideoFormat(
    container="mp4",
    codec="libx264",
    options=_H264,
    copied_audio=frozenset({"aac", "mp3"}),
    audio_encoder="aac",
    needs_even_size=True,
    has_index_first=True,
    keeps_negative_times=True,
)
_MOV = replace(_MP4, container="mov", copied_audio=_MP4.copied_audio | {"alac", "pcm_s16le"})
_MKV = VideoFormat(
    container="matroska",
    codec="libx264",
    options=_H264,
    copied_audio=frozenset({"aac", "mp3", "opus", "vorbis", "flac", "ac3", "eac3", "pcm_s16le"}),
    audio_encoder="aac",
    needs_even_size=True,
    ticks_per_second=1000,
)
_WEBM = VideoFormat(
    container="webm",
    codec="libvpx-vp9",
    options=_VP9,
    copied_audio=frozenset({"opus", "vorbis"}),
    audio_encoder="libopus",
    ticks_per_second=1000,
)
_GIF = VideoFormat(container="gif", codec="gif", pixel_format="rgb8", ticks_per_second=100)

_BY_SUFFIX = {".mp4": _MP4, ".m4v": _MP4, ".mov": _MOV, ".mkv": _MKV, ".webm": _WEBM, ".gif": _GIF}

VIDEO_OUTPUT_SUFFIXES = tuple(_BY_SUFFIX)

VIDEO_INPUT_SUFFIXES = (*_BY_SUFFIX, ".3gp", ".avi", ".flv", ".m2ts", ".mpeg", ".mpg", ".ogv", ".ts", ".wmv")
"""The suffixes by which videos are found in folders. FFmpeg reads other files, too."""


def video_format(path: str | os.PathLike[str]) -> VideoFormat:
    """Return the format for `path`'s suffix; MediaError if videos cannot be written with it."""
    suffix = Path(path).suffix.lower()
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    reason = f'"{suffix}" is not a supported video format' if suffix else "the name has no suffix"
    known = " ".join(VIDEO_OUTPUT_SUFFIXES)
    raise MediaError(f'cannot write "{path}": {reason} (known: {known}).{did_you_mean(suffix, _BY_SUFFIX)}')
