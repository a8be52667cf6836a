"""The fonts of this machine: a PNG's text is drawn with one of them, given by its name."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from pathlib import Path

_FOLDERS = {
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
    "win32": (r"C:\Windows\Fonts", r"~\AppData\Local\Microsoft\Windows\Fonts"),
}
_LINUX_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
_SUFFIXES = (".ttf", ".otf", ".ttc")
_SANS_SERIF = ("DejaVu Sans", "Noto Sans", "Liberation Sans", "FreeSans", "Arial", "Helvetica")
_MONOSPACE = ("DejaVu Sans Mono", "Noto Sans Mono", "Liberation Mono", "FreeMono", "Consolas", "Menlo")
# Numbers in a font's table of names. With more than four styles, the second one is the whole family's.
_FAMILY, _TYPOGRAPHIC_FAMILY = 1, 16


def font_folders() -> tuple[Path, ...]:
    """Return the folders in which this system keeps its fonts."""
    return tuple(Path(name).expanduser() for name in _FOLDERS.get(sys.platform, _LINUX_FOLDERS))


def font_families() -> list[str]:
    """Return the families of all installed fonts, without duplicates, in the order of their files."""
    return list(dict.fromkeys(family for file in _files() if (family := _family(file))))


def generic_families(families: list[str]) -> tuple[str, str]:
    """Return the families to use for `sans-serif` and `monospace`: usual ones if they are there, else any.

    families: those that are installed, at least one.
    """
    sans = next((name for name in _SANS_SERIF if name in families), None)
    sans = sans or next((name for name in families if "Sans" in name), families[0])
    mono = next((name for name in _MONOSPACE if name in families), None)
    return sans, mono or next((name for name in families if "Mono" in name), sans)


def _files() -> Iterator[Path]:
    for folder in font_folders():
        yield from (file for file in sorted(folder.rglob("*")) if file.suffix.lower() in _SUFFIXES)


def _family(file: Path) -> str | None:
    """The family of a TrueType or OpenType font, of the first one in a collection; None if it is damaged."""
    try:
        with file.open("rb") as font:
            start = 0
            if font.read(4) == b"ttcf":
                start = struct.unpack(">8xI", font.read(12))[0]
            font.seek(start + 4)
            (count,) = struct.unpack(">H6x", font.read(8))
            for _ in range(count):
                tag, offset, length = struct.unpack(">4s4xII", font.read(16))
                if tag == b"name":
                    font.seek(offset)
                    return _name(font.read(length))
    except (OSError, struct.error, ValueError):
        return None
    return None


def _name(table: bytes) -> str | None:
    count, strings = struct.unpack_from(">2xHH", table)
    found: dict[int, str] = {}
    for index in range(count):
        platform, _, _, number, length, offset = struct.unpack_from(">6H", table, 6 + 12 * index)
        if number in (_FAMILY, _TYPOGRAPHIC_FAMILY) and number not in found:
            text = table[strings + offset : strings + offset + length]
            found[number] = text.decode("latin-1" if platform == 1 else "utf-16-be")
    return found.get(_TYPOGRAPHIC_FAMILY) or found.get(_FAMILY)
