"""The fields of TIFF files and of EXIF data, which is a TIFF file without an image (TIFF 6.0, section 2)."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass

# By the types' numbers: their sizes in bytes, and the size of what is swapped for the other byte order.
_TYPES = {1: (1, 1), 2: (1, 1), 3: (2, 2), 4: (4, 4), 5: (8, 4), 6: (1, 1), 7: (1, 1), 8: (2, 2), 9: (4, 4)}
_TYPES |= {10: (8, 4), 11: (4, 4), 12: (8, 8)}
_LONG = 4
_RATIONAL = 5
_ENTRY = struct.Struct("<HHI4s")
_HEADER = b"II*\0"


@dataclass(frozen=True)
class Field:
    """A field. kind: the number of its type. data: its values, little-endian."""

    kind: int
    data: bytes

    @classmethod
    def offset(cls, value: int) -> Field:
        """A field with one offset or number of 32 bits."""
        return cls(_LONG, value.to_bytes(4, "little"))

    @classmethod
    def rational(cls, value: float) -> Field:
        """A field with one fraction, to a thousandth."""
        return cls(_RATIONAL, struct.pack("<II", round(value * 1000), 1000))

    def number(self) -> float:
        """Its first value; 0 for text."""
        if self.kind == _RATIONAL:
            numerator, denominator = struct.unpack_from("<II", self.data)
            return float(numerator / denominator) if denominator else 0.0
        size = _TYPES[self.kind][0]
        return int.from_bytes(self.data[:size], "little") if self.kind in (1, 3, 4) else 0.0


Folder = dict[int, Field]
"""Fields by their tags."""


def read_folder(tiff: bytes, start: int | None = None) -> Folder:
    """Return the fields of the folder at an offset, by default of the first; without those out of bounds."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return {}
    try:
        if start is None:
            (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        entries = [struct.unpack_from(f"{order}HHI4s", tiff, start + 2 + 12 * each) for each in range(count)]
    except struct.error:  # Cut off.
        return {}
    found: Folder = {}
    for tag, kind, length, inline in entries:
        size, swapped = _TYPES.get(kind, (0, 1))
        at = int.from_bytes(inline, "little" if order == "<" else "big")
        data = inline[: size * length] if size * length <= 4 else tiff[at : at + size * length]
        if size and length and len(data) == size * length:
            found[tag] = Field(kind, data if order == "<" else _reversed(data, swapped))
    return found


def folder_bytes(fields: Mapping[int, Field], at: int, other: Mapping[int, bytes] | None = None) -> bytes:
    """Return a folder and its values, to be placed at the offset `at`.

    other: further entries, as they stand in the same file.
    """
    values = bytearray()
    entries = dict(other or {})
    behind = at + 2 + 12 * len({*fields, *entries}) + 4
    for tag, field in fields.items():
        inline = field.data.ljust(4, b"\0")
        if len(field.data) > 4:
            inline = (behind + len(values)).to_bytes(4, "little")
            values += field.data + bytes(len(field.data) % 2)
        count = len(field.data) // _TYPES[field.kind][0]
        entries[tag] = _ENTRY.pack(tag, field.kind, count, inline)
    packed = b"".join(entries[tag] for tag in sorted(entries))
    return len(entries).to_bytes(2, "little") + packed + bytes(4) + bytes(values)


def tiff_bytes(fields: Mapping[int, Field], sub_folders: Mapping[int, Mapping[int, Field]]) -> bytes:
    """Return fields and folders, by the tags that point to them, as a TIFF file without an image."""
    start = len(_HEADER) + 4
    placed = {**fields, **dict.fromkeys(sub_folders, Field.offset(0))}
    end = start + len(folder_bytes(placed, start))
    behind = b""
    for tag, folder in sub_folders.items():
        placed[tag] = Field.offset(end + len(behind))
        behind += folder_bytes(folder, end + len(behind))
    return _HEADER + start.to_bytes(4, "little") + folder_bytes(placed, start) + behind


def extended(
    tiff: bytes, fields: Mapping[int, Field], sub_folders: Mapping[int, Mapping[int, Field]]
) -> bytes:
    """Return a little-endian TIFF file with more fields in its first folder, which moves to the end."""
    (start,) = struct.unpack_from("<I", tiff, 4)
    (count,) = struct.unpack_from("<H", tiff, start)
    entries = [tiff[start + 2 + 12 * each : start + 14 + 12 * each] for each in range(count)]
    own = {int.from_bytes(entry[:2], "little"): entry for entry in entries}
    result = tiff + bytes(len(tiff) % 2)
    placed = dict(fields)
    for tag, folder in sub_folders.items():
        placed[tag] = Field.offset(len(result))
        result += folder_bytes(folder, len(result))
    return (
        result[:4] + len(result).to_bytes(4, "little") + result[8:] + folder_bytes(placed, len(result), own)
    )


def _reversed(data: bytes, size: int) -> bytes:
    """The same values with the bytes of each in the other order."""
    return b"".join(data[at : at + size][::-1] for at in range(0, len(data), size))
