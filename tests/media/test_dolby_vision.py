from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mpgraph.errors import MediaError
from mpgraph.media.dolby_vision import incompatible_profile
from mpgraph.media.video_reader import VideoReader

PARENTS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")


def record(profile: int, compatible_with: int) -> bytes:
    """A configuration record: version 1.0, the profile, level 3, RPU and base layer, the compatibility."""
    level, rpu, enhancement, base = 3, 1, 0, 1
    bits = profile << 9 | level << 3 | rpu << 2 | enhancement << 1 | base
    return bytes((1, 0)) + bits.to_bytes(2, "big") + bytes((compatible_with << 4,)) + bytes(19)


def with_box(path: Path, kind: bytes, content: bytes) -> Path:
    """Add a box to the first sample entry of an MP4 file, whose boxes come after its frames."""
    data = bytearray(path.read_bytes())
    box = (8 + len(content)).to_bytes(4, "big") + kind + content
    position = 0
    for parent in PARENTS:
        position = data.index(parent, position)
        grow(data, position - 4, len(box))
    entry = position + 12  # after the type, the version and the number of entries
    end = entry + int.from_bytes(data[entry : entry + 4], "big")
    grow(data, entry, len(box))
    data[end:end] = box
    path.write_bytes(data)
    return path


def grow(data: bytearray, at: int, by: int) -> None:
    data[at : at + 4] = (int.from_bytes(data[at : at + 4], "big") + by).to_bytes(4, "big")


@pytest.fixture
def hevc(videos: Any) -> Path:
    path: Path = videos.make("a.mp4", videos.greys(3), videos.grid_us(3), codec="libx265")
    return path


def test_profile_5_is_refused(hevc: Path) -> None:
    with_box(hevc, b"dvcC", record(5, 0))
    with pytest.raises(MediaError, match=r"Dolby Vision of profile 5.*export it as SDR, HLG or HDR10$"):
        VideoReader(hevc)


@pytest.mark.parametrize(("profile", "compatible_with"), [(8, 4), (8, 1), (10, 1), (7, 6)])
def test_a_compatible_base_layer_is_read(hevc: Path, profile: int, compatible_with: int) -> None:
    with_box(hevc, b"dvvC", record(profile, compatible_with))
    with VideoReader(hevc) as reader:
        assert len(list(reader)) == 3


def test_in_matroska(tmp_path: Path) -> None:
    def element(name: bytes, content: bytes) -> bytes:
        return name + bytes((0x80 | len(content),)) + content

    def file(profile: int, compatible_with: int) -> Path:
        kind = element(b"\x41\xe7", b"dvcC")
        mapping = element(b"\x41\xe4", kind + element(b"\x41\xed", record(profile, compatible_with)))
        path = tmp_path / "a.mkv"
        path.write_bytes(element(b"\x1aE\xdf\xa3", b"") + mapping)
        return path

    assert incompatible_profile(file(5, 0)) == 5
    assert incompatible_profile(file(8, 1)) is None


def test_other_files_have_none(videos: Any, tmp_path: Path) -> None:
    for name in ("a.mp4", "a.mkv", "a.avi"):
        path = videos.make(name, videos.greys(2), videos.grid_us(2), codec="mpeg4")
        assert incompatible_profile(path) is None
    (tmp_path / "cut.mp4").write_bytes(b"\0\0\0\x18ftypisom\0\0\xff")
    assert incompatible_profile(tmp_path / "cut.mp4") is None
