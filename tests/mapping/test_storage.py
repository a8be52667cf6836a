from __future__ import annotations

import sys
from pathlib import Path

import fsspec
import pytest

from mpgraph.errors import MediaError
from mpgraph.mapping.storage import fetched, is_url, joined, modified, staged


def test_urls_are_told_from_paths() -> None:
    assert all(map(is_url, ("s3://bucket/key", "memory://a", "filecache::s3://bucket/key", "file:///a")))
    assert not any(map(is_url, ("a.mp4", "/a/b", "C:\\videos\\a.mp4", "C:/videos", "a::b")))
    assert joined("s3://bucket/", "a/b.mp4") == "s3://bucket/a/b.mp4"
    assert joined("out", "a/b.mp4") == str(Path("out", "a", "b.mp4"))


def test_outputs_appear_together_when_the_body_has_succeeded(tmp_path: Path) -> None:
    outputs = [str(tmp_path / "sub" / name) for name in ("a.jsonl", "a.mp4")]
    with staged(outputs) as names:
        for name in names:
            name.write_text("new")
        assert not any(map(modified, outputs))
    assert [path.name for path in sorted((tmp_path / "sub").iterdir())] == ["a.jsonl", "a.mp4"]


def test_failures_leave_nothing_and_keep_older_outputs(tmp_path: Path) -> None:
    output = tmp_path / "a.mp4"
    output.write_text("old")

    def fail() -> None:
        with staged([str(output)]) as (name,):
            name.write_text("new")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert [*tmp_path.iterdir()] == [output] and output.read_text() == "old"


def test_what_killed_processes_left_is_removed_by_the_next_attempt(tmp_path: Path) -> None:
    output, other = tmp_path / "a[1].mp4", tmp_path / "a1.mp4"
    killed = [staged([str(each)]) for each in (output, other)]
    left = [each.__enter__()[0] for each in killed]
    for name in left:
        name.write_text("begun")
    with staged([str(output)]) as (name,):
        name.write_text("new")
    assert output.read_text() == "new"
    assert [name.exists() for name in left] == [False, True]


def test_folders_that_cannot_be_made_are_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MediaError, match="cannot write"), staged([str(tmp_path / "file" / "a.mp4")]):
        pass


def test_urls_are_copied_and_written_under_a_temporary_name() -> None:
    system = fsspec.filesystem("memory")
    system.pipe_file("/storage/a.txt", b"content")
    try:
        with fetched("memory://storage/a.txt") as copy:
            assert copy.read_bytes() == b"content"
        assert not copy.exists()
        assert modified("memory://storage/missing") is None
        with staged(["memory://storage/out/b.txt"]) as (name,):
            name.write_text("new")
            assert modified("memory://storage/out/b.txt") is None
        assert system.cat_file("/storage/out/b.txt") == b"new"
        assert len(system.ls("/storage/out")) == 1
        assert modified("memory://storage/out/b.txt") is not None
    finally:
        system.rm("/storage", recursive=True)


def test_urls_that_cannot_be_read_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MediaError, match="cannot read"), fetched("memory://missing.mp4"):
        pass
    with pytest.raises(MediaError, match="cannot be used.*nowhere"), fetched("nowhere://a.mp4"):
        pass
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(MediaError, match="needs fsspec: pip install"), fetched("memory://a.mp4"):
        pass
