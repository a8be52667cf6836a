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
    copied_subtitles: the codecs of subtitles that are copied; other text is rewritten as `subtitle_codec`
        (None: it is left out).
    ticks_per_second: set if the container requires it.
    keeps_pixel_aspect: whether pixels that are not square are described; otherwise frames are scaled.
    stream_metadata: what the container says about the frames.
    """

    container: str
    codec: str
    pixel_format: str = "yuv420p"
    options: Mapping[str, str] = field(default_factory=dict)
    copied_audio: frozenset[str] = frozenset()
    audio_encoder: str | None = None
    copied_subtitles: frozenset[str] = frozenset()
    subtitle_codec: str | None = None
    needs_even_size: bool = False
    has_index_first: bool = False
    keeps_negative_times: bool = False
    keeps_pixel_aspect: bool = True
    ticks_per_second: int | None = None
    stream_metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_yuv(self) -> bool:
        """Whether frames are stored as luma and chroma, which need a matrix and a range."""
        return self.pixel_format.startswith("yuv")

    @property
    def has_alpha(self) -> bool:
        """Whether frames are RGBA."""
        return self.pixel_format.startswith("yuva")


# Fast enough that encoding 720p is not the bottleneck, with a quality well above casual viewing. With the two
# parameters the files are a tenth larger than with the preset "veryfast", and take 55 to 70 % of the time.
_H264 = {
    "preset": "superfast",
    "crf": "20",
    "profile": "high",
    "x264-params": "mbtree=1:rc-lookahead=10",
}
_VP9 = {"deadline": "realtime", "cpu-used": "6", "row-mt": "1", "crf": "30", "b": "0"}

_MP4 = VideoFormat(
    container="mp4",
    codec="libx264",
    options=_H264,
    copied_audio=frozenset({"aac", "mp3", "ac3", "eac3", "alac", "flac", "opus"}),
    audio_encoder="aac",
    copied_subtitles=frozenset({"mov_text"}),
    subtitle_codec="mov_text",
    needs_even_size=True,
    has_index_first=True,
    keeps_negative_times=True,
)
_PCM = frozenset({"pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_f32le"})
_MOV = replace(_MP4, container="mov", copied_audio=frozenset({"aac", "mp3", "ac3", "eac3", "alac"}) | _PCM)
_MKV = VideoFormat(
    container="matroska",
    codec="libx264",
    options=_H264,
    copied_audio=frozenset({"aac", "mp2", "mp3", "opus", "vorbis", "flac", "alac", "ac3", "eac3", "dts"})
    | {"truehd", "pcm_s16le", "pcm_s24le", "pcm_f32le"},
    audio_encoder="aac",
    copied_subtitles=frozenset({"subrip", "ass", "webvtt", "hdmv_pgs_subtitle", "dvd_subtitle"}),
    subtitle_codec="subrip",
    needs_even_size=True,
    ticks_per_second=1000,
)
_WEBM = VideoFormat(
    container="webm",
    codec="libvpx-vp9",
    options=_VP9,
    copied_audio=frozenset({"opus", "vorbis"}),
    audio_encoder="libopus",
    # VP9 does not say it, and PyAV cannot tell the container.
    keeps_pixel_aspect=False,
    ticks_per_second=1000,
)
_GIF = VideoFormat(
    container="gif", codec="gif", pixel_format="rgb8", keeps_pixel_aspect=False, ticks_per_second=100
)

_BY_SUFFIX = {".mp4": _MP4, ".m4v": _MP4, ".mov": _MOV, ".mkv": _MKV, ".webm": _WEBM, ".gif": _GIF}

# The formats that editors and browsers read with transparency: VP9 with a second, grey VP9 beside it, and
# ProRes 4444. With alternate reference frames the encoder refuses alpha.
_BY_SUFFIX_WITH_ALPHA = {
    ".webm": replace(
        _WEBM,
        pixel_format="yuva420p",
        options={**_VP9, "auto-alt-ref": "0"},
        stream_metadata={"alpha_mode": "1"},
    ),
    ".mov": replace(
        _MOV,
        codec="prores_ks",
        pixel_format="yuva444p10le",
        options={"profile": "4444", "alpha_bits": "8", "vendor": "apl0"},
        needs_even_size=False,
    ),
}

VIDEO_OUTPUT_SUFFIXES = tuple(_BY_SUFFIX)

VIDEO_INPUT_SUFFIXES = (
    *_BY_SUFFIX,
    *(".3g2", ".3gp", ".apng", ".asf", ".avi", ".divx", ".dv", ".f4v", ".flv", ".h264", ".h265", ".hevc"),
    *(".ivf", ".m2ts", ".mjpeg", ".mjpg", ".mpeg", ".mpg", ".mts", ".mxf", ".ogm", ".ogv", ".ts", ".vob"),
    *(".wmv", ".y4m"),
)
"""The suffixes by which videos are found in folders. FFmpeg reads other files, too."""


def holds_alpha(path: str | os.PathLike[str]) -> bool:
    """Whether videos with `path`'s suffix can be written with transparency."""
    return Path(path).suffix.lower() in _BY_SUFFIX_WITH_ALPHA


def video_format(path: str | os.PathLike[str], *, alpha: bool = False) -> VideoFormat:
    """Return the format for `path`'s suffix, with or without transparency.

    Raises:
        MediaError: videos, or those with transparency, cannot be written with the suffix.
    """
    suffix = Path(path).suffix.lower()
    if alpha and suffix in _BY_SUFFIX_WITH_ALPHA:
        return _BY_SUFFIX_WITH_ALPHA[suffix]
    if alpha and suffix in _BY_SUFFIX:
        raise MediaError(
            f'cannot write "{path}": {suffix} videos have no transparency; use .webm (VP9, for browsers) or '
            ".mov (ProRes 4444, for editors)"
        )
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    reason = f'"{suffix}" is not a supported video format' if suffix else "the name has no suffix"
    known = " ".join(VIDEO_OUTPUT_SUFFIXES)
    raise MediaError(f'cannot write "{path}": {reason} (known: {known}).{did_you_mean(suffix, _BY_SUFFIX)}')
