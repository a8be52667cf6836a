"""Dolby Vision without a base layer that other decoders understand.

The configuration record says it: its profile, and what the base layer is compatible with (0: nothing). FFmpeg
reads it, but PyAV does not show it. Sources: "Dolby Vision Streams Within the ISO Base Media File Format"
2.1.2, "Matroska Block Additional Mapping Codecs", and ISO 14496-12 for the boxes. MP4, MOV and Matroska files
are looked into, which recorders and shops write; broadcasts are not.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

_BOXES = (b"dvcC", b"dvvC", b"dvwC")
_PATH = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")
_RECORD_SIZE = 5
# A sample entry of a video has this many bytes before its boxes; the list of them, eight.
_LIST_HEADER, _ENTRY_HEADER = 8, 78
# The tracks of a Matroska file are described at its start, by the type and then the data of each mapping.
_MATROSKA_START = 1 << 20
_MATROSKA_TYPE, _MATROSKA_DATA = b"\x41\xe7\x84", b"\x41\xed"


def incompatible_profile(path: str | os.PathLike[str]) -> int | None:
    """Return the profile of Dolby Vision that only Dolby's decoders show; None for any other video."""
    with open(path, "rb") as file:
        start = file.read(_MATROSKA_START)
        if start.startswith(b"\x1aE\xdf\xa3"):
            records = list(_matroska_records(start))
        elif start[4:8] == b"ftyp":
            records = list(_mp4_records(_box(path, b"moov")))
        else:
            return None
    for record in records:
        profile, compatible_with = record[2] >> 1, record[4] >> 4
        if compatible_with == 0 and profile in (5, 10):
            return profile
    return None


def _matroska_records(data: bytes) -> Iterator[bytes]:
    for box in _BOXES:
        found = data.find(_MATROSKA_TYPE + box)
        start = data.find(_MATROSKA_DATA, found) if found >= 0 else -1
        # One byte of length: a record has 24.
        record = data[start + 3 : start + 3 + _RECORD_SIZE]
        if start >= 0 and len(record) == _RECORD_SIZE:
            yield record


def _mp4_records(moov: bytes) -> Iterator[bytes]:
    boxes = [moov]
    for name in _PATH[1:]:
        boxes = [content for box in boxes for kind, content in _boxes(box) if kind == name]
    for entries in boxes:
        for _, entry in _boxes(entries[_LIST_HEADER:]):
            for kind, content in _boxes(entry[_ENTRY_HEADER:]):
                if kind in _BOXES and len(content) >= _RECORD_SIZE:
                    yield content


def _box(path: str | os.PathLike[str], wanted: bytes) -> bytes:
    """The content of a box of the file itself, b"" if there is none. Others are not read."""
    with open(path, "rb") as file:
        while len(header := file.read(8)) == 8:
            size, kind, header_size = int.from_bytes(header[:4], "big"), header[4:], 8
            if size == 1:
                size, header_size = int.from_bytes(file.read(8), "big"), 16
            if kind == wanted:
                return file.read(max(0, size - header_size)) if size else file.read()
            if size < header_size:
                break
            file.seek(size - header_size, os.SEEK_CUR)
    return b""


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 0
    while position + 8 <= len(data):
        size = int.from_bytes(data[position : position + 4], "big")
        if size < 8:
            return
        yield data[position + 4 : position + 8], data[position + 8 : position + size]
        position += size
