"""The sound of videos: extracted from a file, or added to a file, without encoding it again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from mpgraph.errors import MediaError
from mpgraph.media.containers import load_av, open_input

SAVED_SUFFIX = ".mka"
"""The suffix of files that sound is saved in: Matroska, which can hold any codec."""


def save_sound(video: str | os.PathLike[str], target: Path) -> bool:
    """Copy the first sound track of `video` to `target`. Returns False, without a file, if there is none.

    Raises:
        MediaError: a file cannot be read or written, or PyAV is not installed.
    """
    with open_input(video) as source:
        if not source.streams.audio:
            return False
        _copy([source.streams.audio[0]], target)
    return True


def add_sound(silent: Path, sound: str | os.PathLike[str], target: Path) -> None:
    """Write the frames of `silent` and the first sound track of `sound` to `target`.

    Raises: as `save_sound`, and MediaError if `sound` has none or the format of `target` cannot hold it.
    """
    with open_input(silent) as video, open_input(sound) as source:
        if not source.streams.audio:
            raise MediaError(f'"{sound}" has no sound to add to the video')
        _copy([video.streams.video[0], source.streams.audio[0]], target)


def _copy(streams: list[Any], target: Path) -> None:
    av = load_av()
    try:
        with av.open(str(target), "w") as output:
            copies = [output.add_stream_from_template(stream) for stream in streams]
            for stream, copy in zip(streams, copies, strict=True):
                # The muxer queues packets until it can order them by time.
                for packet in stream.container.demux(stream):
                    if packet.dts is not None:
                        packet.stream = copy
                        output.mux(packet)
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise MediaError(f'cannot write "{target.name}" with sound: {error}') from error
