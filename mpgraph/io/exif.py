"""The EXIF data of JPEG files, as far as it describes the camera (CIPA DC-008, TIFF 6.0)."""

from __future__ import annotations

import struct
from typing import NamedTuple

_APP1 = b"\xff\xe1"
_SIGNATURE = b"Exif\0\0"
_ENTRY_SIZE = 12
_SHORT, _LONG, _RATIONAL = 3, 4, 5
_EXIF_FOLDER, _WIDTH, _HEIGHT, _FOCAL_LENGTH, _FOCAL_LENGTH_35MM = 0x8769, 0xA002, 0xA003, 0x920A, 0xA405


class Exif(NamedTuple):
    """What a camera wrote; 0 for what is missing. Lengths are in pixels and millimeters."""

    width: int
    height: int
    focal_length: float
    focal_length_35mm: float


def read_exif(data: bytes) -> Exif | None:
    """Return the EXIF data in the content of a JPEG file, None if there is none that can be read."""
    start = data.find(_APP1)
    while start >= 0 and data[start + 4 : start + 10] != _SIGNATURE:
        start = data.find(_APP1, start + 2)
    if start < 0 or not data.startswith(b"\xff\xd8"):
        return None
    tiff = data[start + 10 :]
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return None
    try:
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        fields = _read_folder(tiff, first, order)
        fields |= _read_folder(tiff, int(fields.get(_EXIF_FOLDER, 0)), order)
    except struct.error:  # Cut off.
        return None
    return Exif(
        int(fields.get(_WIDTH, 0)),
        int(fields.get(_HEIGHT, 0)),
        fields.get(_FOCAL_LENGTH, 0.0),
        fields.get(_FOCAL_LENGTH_35MM, 0.0),
    )


def _read_folder(tiff: bytes, start: int, order: str) -> dict[int, float]:
    """The numbers in a folder of fields, by their tags; nothing for a folder at 0."""
    found: dict[int, float] = {}
    (count,) = struct.unpack_from(f"{order}H", tiff, start) if start else (0,)
    for entry in range(start + 2, start + 2 + count * _ENTRY_SIZE, _ENTRY_SIZE):
        tag, kind = struct.unpack_from(f"{order}HH", tiff, entry)
        if kind in (_SHORT, _LONG):
            (found[tag],) = struct.unpack_from(f"{order}{'H' if kind == _SHORT else 'I'}", tiff, entry + 8)
        elif kind == _RATIONAL:
            (value,) = struct.unpack_from(f"{order}I", tiff, entry + 8)
            numerator, denominator = struct.unpack_from(f"{order}II", tiff, value)
            found[tag] = numerator / denominator if denominator else 0.0
    return found
