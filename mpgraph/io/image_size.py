"""The size that an image file declares, and the limit on it: a small file may take all memory when decoded.

Sources: PNG (W3C) section 11.2.2; JPEG ITU-T T.81 B.2.2; WebP RFC 9649; GIF89a section 18; BMP file header;
TIFF 6.0 section 8.
"""

from __future__ import annotations

import re
import struct

MAX_PIXELS = 220_000_000
"""More are not decoded. The largest sensors of phones have 16320x12288 pixels; decoded, these take 600 MB."""

_JPEG_FRAME = re.compile(rb"\xff+[\xc0-\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf]")
_JPEG_SEGMENT = re.compile(rb"\xff+([\x01-\xfe])")
_JPEG_WITHOUT_LENGTH = (0x01, *range(0xD0, 0xD9))
_TIFF_WIDTH, _TIFF_HEIGHT = 256, 257


def size_fault(data: bytes) -> str:
    """Return why an image is too large to be decoded, or "" if it is not, or does not declare its size."""
    size = declared_size(data)
    return pixels_fault(*size) if size is not None else ""


def pixels_fault(width: int, height: int) -> str:
    """Return why an image or video of this size is too large, or ""."""
    if width * height <= MAX_PIXELS:
        return ""
    limit = f"at most {MAX_PIXELS // 1_000_000} million are read"
    return f"has {width}x{height} pixels, {width * height / 1e6:.0f} million; {limit}"


def declared_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height as the header has them; None for other formats, and if it is cut off."""
    try:
        if data.startswith(b"\x89PNG"):
            return struct.unpack_from(">II", data, 16)
        if data.startswith(b"\xff\xd8"):
            return _of_jpeg(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _of_webp(data)
        if data.startswith(b"GIF8"):
            return struct.unpack_from("<HH", data, 6)
        if data.startswith(b"BM"):
            width, height = struct.unpack_from("<ii", data, 18)
            return abs(width), abs(height)
        if data[:4] in (b"II*\0", b"MM\0*"):
            return _of_tiff(data, "<" if data[:1] == b"I" else ">")
    except struct.error:
        pass
    return None


def _of_jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    while (found := _JPEG_SEGMENT.search(data, at)) is not None:
        if _JPEG_FRAME.fullmatch(found[0]):
            height, width = struct.unpack_from(">HH", data, found.end() + 3)
            return width, height
        at = found.end()
        if found[1][0] not in _JPEG_WITHOUT_LENGTH:
            at += struct.unpack_from(">H", data, at)[0]
    return None


def _of_webp(data: bytes) -> tuple[int, int] | None:
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF


def _of_tiff(data: bytes, order: str) -> tuple[int, int] | None:
    (start,) = struct.unpack_from(f"{order}I", data, 4)
    (count,) = struct.unpack_from(f"{order}H", data, start)
    sizes = {}
    for entry in range(start + 2, start + 2 + 12 * count, 12):
        tag, kind = struct.unpack_from(f"{order}HH", data, entry)
        if tag in (_TIFF_WIDTH, _TIFF_HEIGHT):
            (sizes[tag],) = struct.unpack_from(f"{order}{'H' if kind == 3 else 'I'}", data, entry + 8)
    return (sizes[_TIFF_WIDTH], sizes[_TIFF_HEIGHT]) if len(sizes) == 2 else None
