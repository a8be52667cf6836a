"""What the user may choose about a video file: the codec and the quality."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from mpgraph.errors import InvalidArgumentError, MediaError
from mpgraph.media.video_formats import VideoFormat, video_format


@dataclass(frozen=True)
class _Codec:
    """A codec with FFmpeg's names.

    suffixes: of the files that may contain it. best, worst: the constant rate factors of qualities 100 and 1;
    None: the quality is fixed.
    """

    encoder: str
    suffixes: frozenset[str]
    options: Mapping[str, str]
    best: float | None = None
    worst: float = 0


_MP4 = frozenset({".mp4", ".m4v", ".mov", ".mkv"})
# Without H.265: PyAV 18 with libx265 sometimes fails to write the end of a file.
_CODECS = {
    "h264": _Codec("libx264", _MP4, video_format("x.mp4").options, 8, 50),
    "av1": _Codec("libsvtav1", _MP4 - {".mov", ".m4v"} | {".webm"}, {"preset": "9", "crf": "32"}, 14, 63),
    "vp9": _Codec("libvpx-vp9", frozenset({".webm", ".mkv"}), video_format("x.webm").options, 8, 63),
    "prores": _Codec("prores_ks", frozenset({".mov", ".mkv"}), {"profile": "3", "vendor": "apl0"}),
}

VIDEO_CODECS = tuple(_CODECS)
"""The names that `Encoding` takes."""


@dataclass(frozen=True)
class Encoding:
    """How to encode videos.

    codec: one of VIDEO_CODECS; None for that of the file's format. quality: 1 to 100; None for one that hides
    the compression from casual viewers.

    Raises:
        InvalidArgumentError: another codec or quality.
    """

    codec: str | None = None
    quality: int | None = None

    def __post_init__(self) -> None:
        if self.codec is not None and self.codec not in _CODECS:
            raise InvalidArgumentError(f'"{self.codec}" is not a codec; there are {", ".join(_CODECS)}')
        if self.quality is not None and not 1 <= self.quality <= 100:
            raise InvalidArgumentError(f"a quality is in 1..100, not {self.quality}")

    def format_for(self, path: str | os.PathLike[str], *, alpha: bool = False) -> VideoFormat:
        """Return the format for a file, as `video_format`, with this codec and quality.

        Raises:
            MediaError: as `video_format`, or the file cannot contain the codec, or its quality is fixed.
        """
        found = video_format(path, alpha=alpha)
        if self.codec is None and self.quality is None:
            return found
        suffix = Path(path).suffix.lower()
        name = self.codec or next((name for name, each in _CODECS.items() if each.encoder == found.codec), "")
        if self.codec is not None:
            if suffix not in _CODECS[name].suffixes:
                fitting = ", ".join(sorted(_CODECS[name].suffixes))
                raise MediaError(f'cannot write "{path}": {suffix} does not hold {name}; use {fitting}')
            if alpha and _CODECS[name].encoder != found.codec:
                raise MediaError(f'cannot write "{path}": {suffix} has transparency only with its own codec')
            if not alpha:
                found = _with_codec(found, _CODECS[name])
        if self.quality is None:
            return found
        if name not in _CODECS or (codec := _CODECS[name]).best is None:
            raise MediaError(f'cannot write "{path}": {name or suffix} has no quality to choose')
        factor = codec.best + (codec.worst - codec.best) * (100 - self.quality) / 99
        return replace(found, options={**found.options, "crf": f"{factor:.0f}"})


DEFAULT_ENCODING = Encoding()


def _with_codec(found: VideoFormat, codec: _Codec) -> VideoFormat:
    is_prores = codec.encoder == "prores_ks"
    return replace(
        found,
        codec=codec.encoder,
        options=codec.options,
        pixel_format="yuv422p10le" if is_prores else "yuv420p",
        needs_even_size=True,
    )
