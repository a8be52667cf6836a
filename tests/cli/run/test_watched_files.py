from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from mpgraph.cli.run.watched_files import WatchedFiles

Save = Callable[[Path, str], None]


def test_what_is_changed_is_told_once(tmp_path: Path, save: Save) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    save(one, "1")
    watched = WatchedFiles()
    watched.watch([one, two])
    assert watched.changed() == []
    save(one, "2")
    save(two, "now it is there")
    assert watched.wait() == [one, two]
    assert watched.changed() == []
    one.unlink()
    assert watched.wait() == [one]


def test_a_change_before_files_are_watched_again_is_not_lost(tmp_path: Path, save: Save) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    save(one, "1")
    watched = WatchedFiles()
    watched.watch([one])
    save(one, "2")
    watched.watch([one, two])
    assert watched.wait() == [one]


def test_a_new_file_in_a_folder_counts_an_old_one_does_not(tmp_path: Path, save: Save) -> None:
    old, new, other = tmp_path / "old.py", tmp_path / "new.pbtxt", tmp_path / "new.txt"
    save(old, "1")
    watched = WatchedFiles()
    watched.watch_more([], [tmp_path])
    save(old, "2")
    save(other, "1")
    save(new, "1")
    assert watched.wait() == [new]


def test_a_file_that_is_being_written_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "file"
    watched = WatchedFiles()
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
