"""The subtitles of one file, copied or rewritten into another."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from mpgraph.media.track import TimedPackets, Track
from mpgraph.media.video_formats import VideoFormat

if TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer

# Markup of SubRip and WebVTT in angle brackets, of ASS in braces.
_MARKUP = re.compile(r"</?[^<>\n]+>|\{\\[^{}]*\}")
_ASS_FIELDS_BEFORE_TEXT = 8


def _plain(data: bytes) -> str:
    return _MARKUP.sub("", data.decode("utf-8", "replace"))


def _from_ass(data: bytes) -> str:
    text = data.decode("utf-8", "replace").split(",", _ASS_FIELDS_BEFORE_TEXT)[-1]
    return _MARKUP.sub("", text.replace("\\N", "\n").replace("\\n", "\n"))


def _from_mov_text(data: bytes) -> str:
    return data[2 : 2 + int.from_bytes(data[:2], "big")].decode("utf-8", "replace")


_TO_TEXT: dict[str, Callable[[bytes], str]] = {
    "subrip": _plain,
    "text": _plain,
    "webvtt": _plain,
    "ass": _from_ass,
    "mov_text": _from_mov_text,
}


def holds_subtitles(kind: VideoFormat, codec: str) -> bool:
    """Whether a format can hold subtitles of a codec, as they are or rewritten."""
    return codec in kind.copied_subtitles or (kind.subtitle_codec is not None and codec in _TO_TEXT)


class SubtitleTrack(Track):
    """Copies subtitles if the format allows their codec, else rewrites their text without its markup."""

    kind = "subtitles"

    def __init__(
        self,
        path: str | os.PathLike[str],
        source: InputContainer,
        index: int,
        output: OutputContainer,
        kind: VideoFormat,
    ) -> None:
        super().__init__(path, source, index, output)
        codec = self.input.codec_context.codec.canonical_name
        if codec in kind.copied_subtitles:
            self.stream = output.add_stream_from_template(self.input)
            self.start(self.copied(0))
        else:
            self.stream = output.add_mux_stream(kind.subtitle_codec or "mov_text")
            self.start(self._rewritten(_TO_TEXT[codec], kind.subtitle_codec == "mov_text"))

    def _rewritten(self, to_text: Callable[[bytes], str], with_length: bool) -> TimedPackets:
        for time_us, packet in self.copied(0):
            data = to_text(bytes(packet)).strip().encode()
            if data:
                written = self.av.Packet(len(data).to_bytes(2, "big") + data if with_length else data)
                written.stream, written.time_base = self.stream, packet.time_base
                written.pts, written.dts, written.duration = packet.pts, packet.dts, packet.duration
                yield time_us, written
