from __future__ import annotations

import struct
from pathlib import Path

import pytest

from mpgraph.visualizer import fonts


def font(family: str, platform: int = 3, start: int = 0) -> bytes:
    """A font without anything but its name, which begins at byte `start` of a file."""
    text = family.encode("latin-1" if platform == 1 else "utf-16-be")
    names = struct.pack(">HHH", 0, 1, 18) + struct.pack(">6H", platform, 0, 0, 1, len(text), 0) + text
    return struct.pack(">IH6x", 0x10000, 1) + struct.pack(">4s4xII", b"name", start + 28, len(names)) + names


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(fonts, "font_folders", lambda: (tmp_path,))
    return tmp_path


def test_families_are_read_from_the_files(folder: Path) -> None:
    (folder / "a.ttf").write_bytes(font("Ärial Sans"))
    (folder / "b.OTF").write_bytes(font("Old", platform=1))
    (folder / "c.ttc").write_bytes(struct.pack(">4s8xI", b"ttcf", 16) + font("Collected", start=16))
    (folder / "d.ttf").write_bytes(b"damaged")
    (folder / "e.ttf").write_bytes(font("Old")[:40])
    (folder / "f.txt").write_bytes(font("No font"))
    assert fonts.font_families() == ["Ärial Sans", "Old", "Collected"]


@pytest.mark.parametrize(
    ("families", "generic"),
    [
        (["Other", "DejaVu Sans", "DejaVu Sans Mono"], ("DejaVu Sans", "DejaVu Sans Mono")),
        (["Only Serif"], ("Only Serif", "Only Serif")),
        (["Some Serif", "Strange Sans", "Strange Mono"], ("Strange Sans", "Strange Mono")),
    ],
)
def test_generic_families(families: list[str], generic: tuple[str, str]) -> None:
    assert fonts.generic_families(families) == generic
