"""Detection of incomplete image files, of which decoders often return a half-gray image without an error.

Only the outer structure is read (and a PNG's checksums compared), nothing is decoded, and formats without
a rule here pass.
Sources: JPEG ITU-T T.81 annex B; PNG (W3C) section 5; RIFF/WebP container (RFC 9649); BMP file header.
"""

from __future__ import annotations

import re
import struct
import zlib

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_CHUNK_FRAME = 12  # length, type and checksum, four bytes each

# In JPEG's entropy-coded data FF is followed by 00 (a stuffed byte) or D0..D7 (restart), and may
# be repeated as fill; anything else is the next marker.
_JPEG_NEXT_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_JPEG_END = 0xD9
_JPEG_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD9)}


def integrity_fault(data: bytes) -> str:
    """Return how the file is incomplete or damaged, or "" if no fault is found."""
    if data.startswith(b"\xff\xd8\xff"):
        return "" if _jpeg_reaches_end(data) else "is cut off: the JPEG has no end marker"
    if data.startswith(_PNG_SIGNATURE):
        return _png_fault(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _shortfall(8 + int.from_bytes(data[4:8], "little"), data)
    if data[:2] == b"BM" and len(data) >= 6:
        return _shortfall(int.from_bytes(data[2:6], "little"), data)
    return ""


def _shortfall(announced: int, data: bytes) -> str:
    if len(data) >= announced:
        return ""
    return f"is cut off: {len(data)} of {announced} bytes exist"


def _jpeg_reaches_end(data: bytes) -> bool:
    # Segments are skipped by their lengths, so that the end marker of an embedded thumbnail does not
    # count, and data after the end (maker notes, a motion photo's video) is ignored.
    position = 2
    while True:
        found = _JPEG_NEXT_MARKER.search(data, position)
        if found is None:
            return False
        marker = data[found.start() + 1]
        position = found.end()
        if marker == _JPEG_END:
            return True
        if marker in _JPEG_WITHOUT_LENGTH:
            continue
        if position + 2 > len(data):
            return False
        position += int.from_bytes(data[position : position + 2], "big")


def _png_fault(data: bytes) -> str:
    position = len(_PNG_SIGNATURE)
    while position + _PNG_CHUNK_FRAME <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        end = position + _PNG_CHUNK_FRAME + length
        if end > len(data):
            break
        (checksum,) = struct.unpack_from(">I", data, end - 4)
        if zlib.crc32(memoryview(data)[position + 4 : end - 4]) != checksum:
            return f"is damaged: the checksum of its {kind.decode('latin-1')} chunk is wrong"
        if kind == b"IEND":
            return ""
        position = end
    return "is cut off: the PNG has no IEND chunk"
