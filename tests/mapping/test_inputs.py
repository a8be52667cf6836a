from __future__ import annotations

import re
from pathlib import Path

import fsspec
import pytest

from mpgraph.errors import MediaError
from mpgraph.mapping.inputs import find_inputs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (
        "2.jpg",
        "10.jpg",
        "a.mp4",
        "notes.txt",
        ".hidden.jpg",
        "sub/b.mov",
        ".git/c.jpg",
        "out/d.jpg",
    ):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.touch()
    return tmp_path


def found(folder: Path, *given: str | Path, recursive: bool = False) -> list[str]:
    inputs = find_inputs(map(str, given), str(folder / "out"), recursive)
    return [re.sub(f"^{re.escape(str(folder))}/", "", each.path) for each in inputs]


def test_images_and_videos_in_folders_are_found(folder: Path) -> None:
    assert found(folder, folder) == ["2.jpg", "10.jpg", "a.mp4"]
    assert found(folder, folder, recursive=True) == ["2.jpg", "10.jpg", "a.mp4", "sub/b.mov"]
    assert [each.relative for each in find_inputs([str(folder)], "out", True)][-2:] == [
        "out/d.jpg",
        "sub/b.mov",
    ]


def test_patterns_are_searched_for(folder: Path) -> None:
    assert found(folder, folder / "*.jpg") == ["2.jpg", "10.jpg"]
    assert found(folder, folder / "**" / "*.m*") == ["a.mp4", "sub/b.mov"]
    (folder / "[1].jpg").touch()
    assert found(folder, folder / "[1].jpg") == ["[1].jpg"]


def test_each_file_is_an_input_once(folder: Path) -> None:
    assert found(folder, folder / "2.jpg", folder, folder / "sub" / ".." / "2.jpg") == [
        "2.jpg",
        "10.jpg",
        "a.mp4",
    ]


def test_files_are_taken_as_they_are(folder: Path) -> None:
    assert found(folder, folder / "notes.txt", "missing.mp4") == ["notes.txt", "missing.mp4"]


def test_folders_and_patterns_without_media_are_refused(folder: Path) -> None:
    (folder / "empty" / "deeper").mkdir(parents=True)
    (folder / "empty" / "deeper" / "x.jpg").touch()
    with pytest.raises(MediaError, match="--recursive"):
        found(folder, folder / "empty")
    for nothing in (folder / "*.png", folder / "out"):
        with pytest.raises(MediaError, match="no images or videos"):
            found(folder, nothing)


def test_urls_are_folders_patterns_and_files() -> None:
    system = fsspec.filesystem("memory")
    for name in ("x.jpg", "sub/y.mp4", "notes.txt", "out/z.jpg", ".unfinished.jpg"):
        system.pipe_file(f"/inputs/{name}", b"content")
    out = "memory://inputs/out"
    try:
        assert [each.path for each in find_inputs(["memory://inputs/"], out, False)] == [
            "memory://inputs/x.jpg"
        ]
        inside = find_inputs(["memory://inputs"], out, True)
        assert [(each.path, each.relative) for each in inside] == [
            ("memory://inputs/sub/y.mp4", "sub/y.mp4"),
            ("memory://inputs/x.jpg", "x.jpg"),
        ]
        assert [each.relative for each in find_inputs(["memory://inputs/*.jpg"], out, True)] == ["x.jpg"]
    finally:
        system.rm("/inputs", recursive=True)
    (signed,) = find_inputs(["https://host/clips/x.mp4?signature=a/b"], out, False)
    assert (signed.relative, signed.is_image) == ("x.mp4", False)
