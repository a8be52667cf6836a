"""Noticing that files have changed, by looking at them often."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

INTERVAL_SECONDS = 0.1
"""How often files are looked at. A change counts when it has lasted from one look to the next."""

_State = tuple[int, int] | None


class WatchedFiles:
    """Files, and folders in which files may appear, whose changes are waited for."""

    def __init__(self) -> None:
        self._known: dict[Path, _State] = {}
        self._seen: dict[Path, _State] = {}
        self._folders: frozenset[Path] = frozenset()
        self._old: set[Path] = set()
        self._next_look = 0.0

    def watch(self, files: Iterable[Path]) -> None:
        """Watch these files from now on, and no others.

        Files that were watched already are compared with what they were when `changed` last told
        of them, so that no change is lost.
        """
        self._known = {file: self._known.get(file, _state(file)) for file in files}
        self._seen = dict(self._known)
        self._folders = frozenset()

    def watch_more(self, files: Iterable[Path], folders: Iterable[Path]) -> None:
        """Watch these files too, and folders in which a new .py or .pbtxt file counts."""
        self.watch({*self._known, *files})
        self._folders = frozenset(folders)
        self._old = self._listed()

    def changed(self) -> list[Path]:
        """The files that have changed since they were watched or last told of. Quick: call it often."""
        now = time.monotonic()
        if now < self._next_look:
            return []
        self._next_look = now + INTERVAL_SECONDS
        state = {file: _state(file) for file in {*self._known, *(self._listed() - self._old)}}
        # A file that is being written changes from look to look.
        is_settled, self._seen = state == self._seen, state
        if not is_settled or state == self._known:
            return []
        found = [file for file in state if state[file] != self._known.get(file)]
        self._known = state
        return sorted(found)

    def wait(self) -> list[Path]:
        """Wait until files have changed, and return them."""
        while not (found := self.changed()):
            time.sleep(INTERVAL_SECONDS / 2)
        return found

    def _listed(self) -> set[Path]:
        return {
            file for folder in self._folders for kind in ("*.py", "*.pbtxt") for file in folder.glob(kind)
        }


def _state(file: Path) -> _State:
    """What changes when the file does; None when there is none."""
    try:
        status = os.stat(file)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
