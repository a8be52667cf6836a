from __future__ import annotations

from pathlib import Path

import pytest

from mpgraph.inference import blob_cache


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "deep" / "cache"))
    return tmp_path / "deep" / "cache" / "mpgraph" / "kind"


def test_stored_data_is_loaded(folder: Path) -> None:
    assert blob_cache.load("kind", "key") is None
    blob_cache.store("kind", "key", b"one")
    blob_cache.store("kind", "key", b"two")
    assert blob_cache.load("kind", "key") == b"two"
    assert blob_cache.load("kind", "other") is None
    assert [file.name for file in folder.iterdir()] == ["key"]


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 100])
def test_damaged_file_counts_as_missing(folder: Path, damage: bytes) -> None:
    blob_cache.store("kind", "key", b"data" * 100)
    (folder / "key").write_bytes(damage)
    assert blob_cache.load("kind", "key") is None


def test_truncated_file_counts_as_missing(folder: Path) -> None:
    blob_cache.store("kind", "key", b"data" * 100)
    whole = (folder / "key").read_bytes()
    (folder / "key").write_bytes(whole[:-1])
    assert blob_cache.load("kind", "key") is None


def test_folder_that_cannot_be_created_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    blob_cache.store("kind", "key", b"data")
    assert blob_cache.load("kind", "key") is None


def test_default_folder_is_in_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for value in ("", "relative/path"):
        monkeypatch.setenv("XDG_CACHE_HOME", value)
        blob_cache.store("kind", "key", b"data")
        assert (tmp_path / ".cache" / "mpgraph" / "kind" / "key").is_file()
        (tmp_path / ".cache" / "mpgraph" / "kind" / "key").unlink()
