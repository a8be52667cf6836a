"""What an image keeps of the file that it is made from: color profile, EXIF data, resolution.

The color profile (ICC) belongs to the pixels, which are processed as they are stored. Of the EXIF data date,
camera, exposure, description and copyright are kept; the orientation is applied to the pixels, and what may
show more than the new image does is left out: location, thumbnail, maker notes. OpenCV writes none of it
before version 4.12, so that it is put into the encoded files here.

Sources: EXIF 2.32 (CIPA DC-008), ICC.1 annex B, JFIF 1.02, PNG (W3C), WebP container (RFC 9649).
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from mpgraph.media.heif import is_heif, is_left_to_opencv
from mpgraph.media.tiff_fields import Field, Folder, extended, read_folder, tiff_bytes

_X_RESOLUTION, _Y_RESOLUTION, _RESOLUTION_UNIT = 282, 283, 296
_INCH, _CENTIMETER = 2, 3
_ICC, _EXIF = 34675, 0x8769
# Description, make, model, software, date, artist, host, copyright; Windows' title to subject.
_KEPT = (270, 271, 272, 305, 306, 315, 316, 33432, *range(0x9C9B, 0x9CA0))
# Maker notes, area of the subject, size, interoperability.
_LEFT_OUT = (0x927C, 0x9214, 0xA002, 0xA003, 0xA005)
_PNG_START = len(b"\x89PNG\r\n\x1a\n") + 25  # signature and header
_LARGEST_SEGMENT = 65_533
_ICC_SIGNATURE, _EXIF_SIGNATURE = b"ICC_PROFILE\0", b"Exif\0\0"
_WEBP_ICC, _WEBP_ALPHA, _WEBP_EXIF = 0x20, 0x10, 0x08
_CM_PER_INCH = 2.54
# What files may claim: JPEG's largest resolution, and more than any color profile has.
_LARGEST_DPI = 65_535
_LARGEST_PROFILE = 1 << 24


@dataclass(frozen=True)
class ImageMetadata:
    """What a file says about its image.

    icc: the color profile, b"" if there is none. fields, exif: EXIF data, in general and about the exposure.
    dpi: pixels an inch, across and down; None if unknown.
    """

    icc: bytes
    fields: Folder
    exif: Folder
    dpi: tuple[float, float] | None

    def for_channels(self, channels: int) -> ImageMetadata:
        """Return what suits an image: a profile for CMYK or grey says nothing about RGB."""
        space = b"GRAY" if channels == 1 else b"RGB "
        icc = self.icc if self.icc[16:20] == space else b""
        return ImageMetadata(icc, self.fields, self.exif, self.dpi)

    @property
    def exif_bytes(self) -> bytes:
        """All fields, as the content of an EXIF chunk; b"" if there are none."""
        if not self.fields and not self.exif:
            return b""
        return tiff_bytes({**self.fields, **self.resolution}, {_EXIF: self.exif} if self.exif else {})

    @property
    def resolution(self) -> Folder:
        """The resolution as fields."""
        if self.dpi is None:
            return {}
        across, down = map(Field.rational, self.dpi)
        return {_X_RESOLUTION: across, _Y_RESOLUTION: down, _RESOLUTION_UNIT: Field(3, b"\2\0")}


def read_metadata(data: bytes) -> ImageMetadata:
    """Return what the content of an image file says about its image; what is damaged is left out."""
    if is_heif(data):
        icc, tiff, dpi = _in_heif(data)
    elif data.startswith(b"\xff\xd8"):
        icc, tiff, dpi = _in_jpeg(data)
    elif data.startswith(b"\x89PNG"):
        icc, tiff, dpi = _in_png(data)
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        chunks = dict(_webp_chunks(data))
        icc, tiff, dpi = chunks.get(b"ICCP", b""), chunks.get(b"EXIF", b""), None
    else:
        icc, tiff, dpi = b"", data, None
    fields = read_folder(tiff.removeprefix(_EXIF_SIGNATURE))
    sub_folder = fields.get(_EXIF)
    exif = read_folder(tiff.removeprefix(_EXIF_SIGNATURE), int(sub_folder.number())) if sub_folder else {}
    dpi = dpi or _dpi(fields)
    return ImageMetadata(
        icc or (fields[_ICC].data if _ICC in fields else b""),
        {tag: field for tag, field in fields.items() if tag in _KEPT},
        {tag: field for tag, field in exif.items() if tag not in _LEFT_OUT},
        dpi if dpi is not None and all(1 <= value <= _LARGEST_DPI for value in dpi) else None,
    )


def with_metadata(encoded: bytes, metadata: ImageMetadata, width: int, height: int, channels: int) -> bytes:
    """Return an encoded image with metadata added, as far as its format holds it: BMP only the resolution.

    width, height, channels: of the image.
    """
    metadata = metadata.for_channels(channels)
    if encoded.startswith(b"\xff\xd8"):
        return _into_jpeg(encoded, metadata)
    if encoded.startswith(b"\x89PNG"):
        return _into_png(encoded, metadata)
    if encoded[:4] == b"RIFF":
        return _into_webp(encoded, metadata, width, height, channels == 4)
    if encoded.startswith(b"II*\0"):
        icc = {_ICC: Field(7, metadata.icc)} if metadata.icc else {}
        fields = {**metadata.fields, **metadata.resolution, **icc}
        return extended(encoded, fields, {_EXIF: metadata.exif} if metadata.exif else {})
    if encoded.startswith(b"BM") and metadata.dpi is not None:
        return encoded[:38] + struct.pack("<ii", *_per_meter(metadata.dpi)) + encoded[46:]
    return encoded


def _dpi(fields: Folder) -> tuple[float, float] | None:
    if _X_RESOLUTION not in fields or _Y_RESOLUTION not in fields:
        return None
    unit = fields[_RESOLUTION_UNIT].number() if _RESOLUTION_UNIT in fields else _INCH
    scale = {_INCH: 1.0, _CENTIMETER: _CM_PER_INCH}.get(int(unit), 0.0)
    across, down = fields[_X_RESOLUTION].number() * scale, fields[_Y_RESOLUTION].number() * scale
    return (across, down) if across > 0 and down > 0 else None


def _per_meter(dpi: tuple[float, float]) -> tuple[int, int]:
    across, down = (round(value * 100 / _CM_PER_INCH) for value in dpi)
    return across, down


_Found = tuple[bytes, bytes, "tuple[float, float] | None"]
"""The color profile, the EXIF data, and the resolution; b"" and None for what is not there."""


def _in_heif(data: bytes) -> _Found:
    if is_left_to_opencv(data):
        return b"", b"", None
    import pillow_heif  # It has read the image before.
    from PIL import Image

    pillow_heif.register_heif_opener()
    with suppress(OSError, ValueError, SyntaxError), Image.open(io.BytesIO(data)) as image:
        return image.info.get("icc_profile") or b"", image.info.get("exif") or b"", None
    return b"", b"", None


def _in_jpeg(data: bytes) -> _Found:
    parts: dict[int, bytes] = {}
    tiff, dpi = b"", None
    for marker, content in _jpeg_segments(data):
        if marker == 0xE0 and content.startswith(b"JFIF\0") and len(content) >= 12:
            unit, across, down = struct.unpack_from(">BHH", content, 7)
            scale = {1: 1.0, 2: _CM_PER_INCH}.get(unit, 0.0)
            dpi = (across * scale, down * scale) if scale and across and down else None
        elif marker == 0xE1 and content.startswith(_EXIF_SIGNATURE):
            tiff = tiff or content
        elif marker == 0xE2 and content.startswith(_ICC_SIGNATURE) and len(content) > 14:
            parts[content[12]] = content[14:]
    return b"".join(parts[number] for number in sorted(parts)), tiff, dpi


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The markers and contents of the segments before the image itself."""
    position = 2
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker, size = data[position + 1], int.from_bytes(data[position + 2 : position + 4], "big")
        if marker == 0xFF:  # fill
            position += 1
            continue
        if marker == 0xDA or size < 2:
            return
        yield marker, data[position + 4 : position + 2 + size]
        position += 2 + size


def _into_jpeg(encoded: bytes, metadata: ImageMetadata) -> bytes:
    # OpenCV writes a JFIF segment first.
    start = 4 + int.from_bytes(encoded[4:6], "big") if encoded[2:4] == b"\xff\xe0" else 2
    head = bytearray(encoded[:start])
    if metadata.dpi is not None and head[6:11] == b"JFIF\0":
        struct.pack_into(">BHH", head, 13, 1, *(min(65_535, round(value)) for value in metadata.dpi))
    added = b""
    exif = _EXIF_SIGNATURE + metadata.exif_bytes
    if len(_EXIF_SIGNATURE) < len(exif) <= _LARGEST_SEGMENT:
        added += _jpeg_segment(0xE1, exif)
    step = _LARGEST_SEGMENT - len(_ICC_SIGNATURE) - 2
    parts = [metadata.icc[at : at + step] for at in range(0, len(metadata.icc), step)]
    for number, part in enumerate(parts, 1):
        added += _jpeg_segment(0xE2, _ICC_SIGNATURE + bytes((number, len(parts))) + part)
    return bytes(head) + added + encoded[start:]


def _jpeg_segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content


def _in_png(data: bytes) -> _Found:
    icc, tiff, dpi = b"", b"", None
    position = 8
    while position + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        content = data[position + 8 : position + 8 + length]
        if kind == b"iCCP":
            with suppress(zlib.error):
                compressed = content[content.find(b"\0") + 2 :]
                icc = zlib.decompressobj().decompress(compressed, _LARGEST_PROFILE)
        elif kind == b"eXIf":
            tiff = content
        elif kind == b"pHYs" and length == 9:
            across, down, unit = struct.unpack(">IIB", content)
            if unit == 1 and across and down:
                dpi = (across * _CM_PER_INCH / 100, down * _CM_PER_INCH / 100)
        position += 12 + length
    return icc, tiff, dpi


def _into_png(encoded: bytes, metadata: ImageMetadata) -> bytes:
    added = b""
    if metadata.icc:
        added += _png_chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(metadata.icc))
    if metadata.dpi is not None:
        added += _png_chunk(b"pHYs", struct.pack(">IIB", *_per_meter(metadata.dpi), 1))
    if metadata.exif_bytes:
        added += _png_chunk(b"eXIf", metadata.exif_bytes)
    return encoded[:_PNG_START] + added + encoded[_PNG_START:]


def _png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 12
    while position + 8 <= len(data):
        kind, size = struct.unpack_from("<4sI", data, position)
        yield kind, data[position + 8 : position + 8 + size]
        position += 8 + size + size % 2


def _into_webp(encoded: bytes, metadata: ImageMetadata, width: int, height: int, has_alpha: bool) -> bytes:
    exif = metadata.exif_bytes
    if not metadata.icc and not exif:
        return encoded
    chunks = [
        (kind, content) for kind, content in _webp_chunks(encoded) if kind not in (b"VP8X", b"ICCP", b"EXIF")
    ]
    flags = _WEBP_ICC * bool(metadata.icc) | _WEBP_EXIF * bool(exif) | _WEBP_ALPHA * has_alpha
    header = struct.pack("<I", flags) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunks = [(b"VP8X", header), (b"ICCP", metadata.icc), *chunks, (b"EXIF", exif)]
    body = b"".join(
        kind + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)
        for kind, content in chunks
        if content
    )
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body
