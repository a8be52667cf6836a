"""Detect changes to files by polling."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

INTERVAL_SECONDS = 0.1
"""The polling interval. A change counts once the file is the same in two successive polls."""

_State = tuple[int, int] | None


class FileWatcher:
    """Watches files, and folders in which files may appear."""

    def __init__(self) -> None:
        self._reported: dict[Path, _State] = {}
        self._last_poll: dict[Path, _State] = {}
        self._folders: frozenset[Path] = frozenset()
        self._old: set[Path] = set()
        self._next_poll = 0.0

    def watch(self, files: Iterable[Path]) -> None:
        """Watch these files from now on, and no others.

        Files that were already watched keep the state that `changed` last reported, so no change is lost.
        """
        self._reported = {file: self._reported.get(file, _state(file)) for file in files}
        self._last_poll = dict(self._reported)
        self._folders = frozenset()

    def watch_more(self, files: Iterable[Path], folders: Iterable[Path]) -> None:
        """Watch these files too, and folders in which a new .py or .pbtxt file counts as a change."""
        self.watch({*self._reported, *files})
        self._folders = frozenset(folders)
        self._old = self._listed()

    def changed(self) -> list[Path]:
        """Return the files that have changed since they were last reported. Cheap: call it often."""
        now = time.monotonic()
        if now < self._next_poll:
            return []
        self._next_poll = now + INTERVAL_SECONDS
        state = {file: _state(file) for file in {*self._reported, *(self._listed() - self._old)}}
        # A file that is still being written changes from one poll to the next.
        is_stable, self._last_poll = state == self._last_poll, state
        if not is_stable or state == self._reported:
            return []
        found = [file for file in state if state[file] != self._reported.get(file)]
        self._reported = state
        return sorted(found)

    def wait(self) -> list[Path]:
        """Wait until files have changed, and return them."""
        while not (found := self.changed()):
            time.sleep(INTERVAL_SECONDS / 2)
        return found

    def _listed(self) -> set[Path]:
        return {
            file
            for folder in self._folders
            for pattern in ("*.py", "*.pbtxt")
            for file in folder.glob(pattern)
        }


def _state(file: Path) -> _State:
    """Modification time and size of a file; None if it does not exist."""
    try:
        status = os.stat(file)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
