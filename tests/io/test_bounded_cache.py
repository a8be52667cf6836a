"""Caches with a limit, and results that are computed again when their file changes."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from mpgraph.io.bounded_cache import BoundedCache, FileCache


def make_old(file: Path, seconds: float = 10) -> None:
    status = file.stat()
    os.utime(file, (status.st_atime - seconds, status.st_mtime - seconds))


@pytest.fixture(autouse=True)
def settled_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of a file's last change cannot be set, so that tests would have to wait."""
    monkeypatch.setattr("mpgraph.io.bounded_cache._SETTLED_NS", -1)


def test_values_are_kept() -> None:
    cache: BoundedCache[str, int] = BoundedCache(10)
    assert cache.get("a") is None
    cache.keep("a", 1, 4)
    cache.keep("b", 2, 4)
    assert (cache.get("a"), cache.get("b")) == (1, 2)
    cache.keep("a", 3, 4)
    assert cache.get("a") == 3


def test_oldest_values_make_room() -> None:
    cache: BoundedCache[str, int] = BoundedCache(10)
    for index, name in enumerate("abc"):
        cache.keep(name, index, 4)
    assert [cache.get(name) for name in "abc"] == [None, 1, 2]
    cache.keep("all", 9, 10)
    assert [cache.get(name) for name in ("b", "c", "all")] == [None, None, 9]


def test_value_over_the_limit_is_not_kept() -> None:
    cache: BoundedCache[str, int] = BoundedCache(10)
    cache.keep("a", 1, 4)
    cache.keep("b", 2, 11)
    assert (cache.get("a"), cache.get("b")) == (1, None)


def test_many_threads() -> None:
    cache: BoundedCache[int, int] = BoundedCache(50)

    def use(first: int) -> None:
        for key in range(first, first + 2000):
            found = cache.get(key % 97)
            assert found in (None, key % 97)
            cache.keep(key % 97, key % 97, 3)

    threads = [threading.Thread(target=use, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(cache.get(key) is not None for key in range(97)) <= 16


class Reader:
    """Counts how often a file is read."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.count = 0
        self.cache: FileCache[str] = FileCache(100)

    def read(self) -> str:
        def compute() -> str:
            self.count += 1
            return self.file.read_text("utf-8")

        return self.cache.get(self.file, compute)


def test_file_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one", "utf-8")
    reader = Reader(tmp_path / "a")
    assert [reader.read(), reader.read()] == ["one", "one"]
    assert reader.count == 1


@pytest.mark.parametrize("way", ["write", "replace", "same time"])
def test_changed_file_is_read_again(tmp_path: Path, way: str) -> None:
    file = tmp_path / "a"
    file.write_text("one", "utf-8")
    reader = Reader(file)
    reader.read()
    before = file.stat()
    if way == "replace":
        (tmp_path / "b").write_text("two", "utf-8")
        os.replace(tmp_path / "b", file)
    else:
        file.write_text("two", "utf-8")
    if way == "same time":
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    else:
        make_old(file, -1)
    assert reader.read() == "two"


def test_file_that_has_just_changed_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may change again within one tick of the file system's clock."""
    monkeypatch.setattr("mpgraph.io.bounded_cache._SETTLED_NS", 10**12)
    (tmp_path / "a").write_text("one", "utf-8")
    reader = Reader(tmp_path / "a")
    reader.read()
    reader.read()
    assert reader.count == 2


def test_errors_are_passed_on_and_not_kept(tmp_path: Path) -> None:
    reader = Reader(tmp_path / "a")
    for _ in range(2):
        with pytest.raises(FileNotFoundError):
            reader.read()
    assert reader.count == 2
    with pytest.raises(ValueError, match="null"):
        reader.cache.get("a\0b", (tmp_path / "a\0b").read_text)
