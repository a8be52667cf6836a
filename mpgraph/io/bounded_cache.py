"""Caches with a limit, for values that are slow to compute and of which a process needs few."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, NamedTuple, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

_SETTLED_NS = 2_000_000_000  # The clock of some file systems ticks that slowly.


class BoundedCache(Generic[K, T]):
    """The last values that were kept, as far as their sizes add up to `limit`. For any number of threads.

    Never waits, so a process that was forked at the wrong moment cannot hang: a value that cannot be kept
    right now is computed again.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: dict[K, tuple[T, int]] = {}
        self._lock = threading.Lock()

    def get(self, key: K) -> T | None:
        """The value kept under `key`; None without one."""
        found = self._kept.get(key)
        return found[0] if found is not None else None

    def keep(self, key: K, value: T, size: int) -> None:
        """Keep a value, instead of the oldest ones if there is no room; not if it alone exceeds the limit."""
        if size > self._limit or not self._lock.acquire(blocking=False):
            return
        try:
            self._kept.pop(key, None)
            self._kept[key] = (value, size)
            while sum(each for _, each in self._kept.values()) > self._limit:
                del self._kept[next(iter(self._kept))]
        finally:
            self._lock.release()


class _Stamp(NamedTuple):
    """What changes when a file does."""

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int


class FileCache(Generic[T]):
    """What was computed from files, until they change. `limit`: the sum of the files' sizes in bytes.

    A file that has changed within the last two seconds is not kept: it may change again without a new time.
    """

    def __init__(self, limit: int) -> None:
        self._cache: BoundedCache[str, tuple[_Stamp, T]] = BoundedCache(limit)

    def get(self, file: str | os.PathLike[str], compute: Callable[[], T]) -> T:
        """Return what `compute` returns, now or earlier, for the file as it is. Raises what it raises."""
        name = os.fspath(file)
        stamp = _stamp(name)
        kept = self._cache.get(name)
        if kept is not None and kept[0] == stamp:
            return kept[1]
        value = compute()
        if stamp is not None and stamp == _stamp(name) and _is_settled(stamp):
            self._cache.keep(name, (stamp, value), stamp.size)
        return value


def _stamp(file: str) -> _Stamp | None:
    try:
        status = os.stat(file)
    except (OSError, ValueError):
        return None
    return _Stamp(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def _is_settled(stamp: _Stamp) -> bool:
    return time.time_ns() - max(stamp.modified_ns, stamp.changed_ns) > _SETTLED_NS
