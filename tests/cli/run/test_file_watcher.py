from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from mpgraph.cli.run.file_watcher import FileWatcher

Save = Callable[[Path, str], None]


def test_change_is_reported_once(tmp_path: Path, save: Save) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    save(one, "1")
    watched = FileWatcher()
    watched.watch([one, two])
    assert watched.changed() == []
    save(one, "2")
    save(two, "now it is there")
    assert watched.wait() == [one, two]
    assert watched.changed() == []
    one.unlink()
    assert watched.wait() == [one]


def test_change_before_files_are_watched_again_is_not_lost(tmp_path: Path, save: Save) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    save(one, "1")
    watched = FileWatcher()
    watched.watch([one])
    save(one, "2")
    watched.watch([one, two])
    assert watched.wait() == [one]


def test_new_file_in_a_folder_is_reported_but_not_an_existing_one(tmp_path: Path, save: Save) -> None:
    old, new, other = tmp_path / "old.py", tmp_path / "new.pbtxt", tmp_path / "new.txt"
    save(old, "1")
    watched = FileWatcher()
    watched.watch_more([], [tmp_path])
    save(old, "2")
    save(other, "1")
    save(new, "1")
    assert watched.wait() == [new]


def test_file_being_written_is_reported_when_stable(tmp_path: Path) -> None:
    file = tmp_path / "file"
    watched = FileWatcher()
    watched.watch([file])
    ended = threading.Event()

    def go_on_writing() -> None:
        for i in range(10):
            file.write_text("x" * (i + 1), "utf-8")
            ended.wait(0.03)

    writer = threading.Thread(target=go_on_writing)
    writer.start()
    found = watched.wait()
    size = file.stat().st_size
    writer.join()
    assert found == [file] and size > 1
