"""What a converted video keeps of its source besides the frames: sound, subtitles, chapters, descriptions."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any

from mpgraph.media.audio_track import AudioTrack
from mpgraph.media.containers import MICROSECOND, as_fraction, open_input, origin_us
from mpgraph.media.subtitle_track import SubtitleTrack, holds_subtitles
from mpgraph.media.track import Track
from mpgraph.media.video_formats import VideoFormat

if TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer

_log = logging.getLogger(__name__)

# A position on the earth is not among them.
_DESCRIPTIONS = (
    "title",
    "artist",
    "album",
    "date",
    "creation_time",
    "comment",
    "description",
    "genre",
    "copyright",
)


def carry_over(path: str | os.PathLike[str], output: OutputContainer, kind: VideoFormat) -> list[Track]:
    """Add the sound, subtitles, chapters and descriptions of `path` to `output`; return its tracks to write.

    What the format cannot hold is left out, with a warning.
    """
    tracks: list[Track] = []
    try:
        with open_input(path) as source:
            _describe(source, output)
            for stream in source.streams:
                if stream.type in ("audio", "subtitle") and _can_hold(path, stream, kind):
                    made = AudioTrack if stream.type == "audio" else SubtitleTrack
                    own = open_input(path)
                    try:
                        tracks.append(made(path, own, stream.index, output, kind))
                    except BaseException:
                        own.close()
                        raise
    except BaseException:
        for track in tracks:
            track.close()
        raise
    return tracks


def _can_hold(path: str | os.PathLike[str], stream: Any, kind: VideoFormat) -> bool:
    what = "sound" if stream.type == "audio" else "subtitles"
    if stream.codec_context is None:
        _log.warning('the %s of "%s" has an unknown format and is left out', what, path)
        return False
    codec = stream.codec_context.codec.canonical_name
    fits = kind.audio_encoder is not None if stream.type == "audio" else holds_subtitles(kind, codec)
    if not fits:
        _log.warning('%s cannot hold the %s of "%s" (%s), left out', kind.container, what, path, codec)
    return fits


def _describe(source: InputContainer, output: OutputContainer) -> None:
    for name, value in source.metadata.items():
        if name.lower() in _DESCRIPTIONS:
            output.metadata[name] = value
    chapters: list[Any] = []
    origin = origin_us(source)
    for chapter in source.chapters():
        time_base = as_fraction(chapter["time_base"]) or MICROSECOND
        shift = round(origin * MICROSECOND / time_base)
        start = max(0, chapter["start"] - shift)
        chapters.append({**chapter, "start": start, "end": max(start, chapter["end"] - shift)})
    if chapters:
        output.set_chapters(chapters)
