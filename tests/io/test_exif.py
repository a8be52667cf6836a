from __future__ import annotations

import struct

import pytest

from mpgraph.io.exif import Exif, read_exif

SHORT, LONG, RATIONAL = 3, 4, 5


def jpeg(order: str = "<", *, fields: list[tuple[int, int, int]] | None = None, before: bytes = b"") -> bytes:
    """A JPEG file's start, with the fields (tag, type, value) in its EXIF folder."""
    if fields is None:
        fields = [(0xA002, SHORT, 4000), (0xA003, LONG, 3000), (0xA405, SHORT, 26), (0x920A, RATIONAL, 100)]
    endings = {"<": b"II*\0", ">": b"MM\0*"}

    def folder(entries: list[tuple[int, int, int]]) -> bytes:
        packed = struct.pack(f"{order}H", len(entries))
        for tag, kind, value in entries:
            small = struct.pack(f"{order}HH", value, 0) if kind == SHORT else struct.pack(f"{order}I", value)
            packed += struct.pack(f"{order}HHI", tag, kind, 1) + small
        return packed + bytes(4)

    tiff = endings[order] + struct.pack(f"{order}I", 8) + folder([(0x0110, 2, 0), (0x8769, LONG, 38)])
    tiff += folder(fields)
    tiff += bytes(100 - len(tiff)) + struct.pack(f"{order}II", 425, 100)
    segment = b"Exif\0\0" + tiff
    return b"\xff\xd8" + before + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + b"\xff\xd9"


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("before", [b"", b"\xff\xe1\0\x08http:/"])
def test_both_byte_orders(order: str, before: bytes) -> None:
    assert read_exif(jpeg(order, before=before)) == Exif(4000, 3000, 4.25, 26)


def test_missing_fields_are_0() -> None:
    assert read_exif(jpeg(fields=[(0xA405, SHORT, 26)])) == Exif(0, 0, 0, 26)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8\xff\xd9",
        jpeg()[2:],
        jpeg()[:60],
        jpeg().replace(b"II*\0", b"II+\0"),
        b"\xff\xd8\xff\xe1\0\x08Exif\0\0",
    ],
)
def test_no_exif(data: bytes) -> None:
    assert read_exif(data) is None


def test_division_by_zero() -> None:
    data = jpeg().replace(struct.pack("<II", 425, 100), bytes(8))
    assert read_exif(data) == Exif(4000, 3000, 0, 26)
