"""Input files that exist, and output files that are either complete or absent."""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mpgraph.errors import MediaError, did_you_mean

if sys.platform != "win32":
    import fcntl

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
_WRITE_FAILURES = (*_NO_SPACE, errno.EFBIG, errno.EIO)


_MOST_OF_DEVICE = 256_000_000


def existing_file(path: str | os.PathLike[str]) -> Path:
    """Return `path` if it names a readable file that is not empty, else raise MediaError."""
    path = Path(path)
    try:
        found = path.stat()
    except FileNotFoundError:
        raise MediaError(f'there is no file "{path}".{_near_names(path)}') from None
    except OSError as error:
        raise MediaError(f'cannot read "{path}": {_reason(error)}') from None
    if stat.S_ISDIR(found.st_mode):
        raise MediaError(f'"{path}" is a folder, not a file')
    if stat.S_ISREG(found.st_mode) and found.st_size == 0:
        raise MediaError(f'"{path}" is empty (zero bytes)')
    if not os.access(path, os.R_OK):
        raise MediaError(f'cannot read "{path}": no permission')
    return path


def seekable_file(path: str | os.PathLike[str]) -> Path:
    """As `existing_file`, and MediaError if `path` is a pipe or device, whose reader may wait for ever."""
    path = existing_file(path)
    if not path.is_file():
        raise MediaError(f'"{path}" is a pipe or device; a video has to be a file, which can be read twice')
    return path


def read_whole(path: str | os.PathLike[str]) -> bytes:
    """Return the whole content of a file, or of a pipe or device that ends.

    Raises:
        OSError: it cannot be read; of a pipe or device, also: it is larger than 256 MB, as /dev/zero is.
    """
    with open(path, "rb") as file:
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return file.read()
        data = file.read(_MOST_OF_DEVICE + 1)
    if len(data) > _MOST_OF_DEVICE:
        raise OSError(errno.EFBIG, "has no end within 256 MB", os.fspath(path))
    return data


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """Return the whole content of a file that exists and is not empty, else raise MediaError."""
    path = existing_file(path)
    try:
        return read_whole(path)
    except OSError as error:
        raise MediaError(f'cannot read "{path}": {_reason(error)}') from None


class AtomicOutput:
    """A file under a temporary name, which `commit()` renames to its real name and `discard()` removes.

    The temporary file is in the same folder (so that renaming is atomic) and has the same suffix (so that
    writers which depend on it choose the same format). An older file of the real name stays untouched
    until `commit()`.

    A process that was killed leaves its temporary file behind; the next output of the same name removes it.
    A file that is still being written is locked, and the lock ends with its process.

    Raises:
        MediaError: the folder is missing or not writable, or the name is not a file's.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        # A link stays a link: the file that it points to is replaced.
        self._target = check_output(self.path)
        _remove_abandoned(self._target)
        try:
            self.temporary, locked = _new_temporary(self._target)
        except OSError as error:
            raise output_error(self.path, error) from None

        self._unlock = weakref.finalize(self, os.close, locked)
        # Covers owners that do neither, and the exit of the interpreter. Finalizers run newest first; Windows
        # removes no file that is open, so this one closes it.
        self._discard = weakref.finalize(self, _discard, self.temporary, self._unlock, os.getpid())

    def commit(self) -> None:
        """Give the finished file its real name."""
        self._unlock()
        try:
            os.replace(self.temporary, self._target)
        except OSError as error:
            self.discard()
            raise output_error(self.path, error) from None
        self._discard.detach()

    def discard(self) -> None:
        """Remove the temporary file; harmless if it no longer exists."""
        self._discard()


@contextmanager
def atomic_output(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary name to write to; it becomes `path` only if the body succeeds.

    On any failure, KeyboardInterrupt included, the temporary file is removed and an older file
    at `path` is left unchanged. A full disk in the body is raised as MediaError.
    """
    output = AtomicOutput(path)
    try:
        yield output.temporary
    except OSError as error:
        output.discard()
        if isinstance(error, MediaError) or error.errno not in _WRITE_FAILURES:
            raise
        raise output_error(output.path, error) from None
    except BaseException:
        output.discard()
        raise
    output.commit()


def check_output(path: str | os.PathLike[str]) -> Path:
    """Return the file that writing to `path` creates or replaces: `path` itself, or where a link points to.

    Raises:
        MediaError: the folder is missing, or `path` is a folder, a device or a pipe.
    """
    path = Path(path)
    target = Path(os.path.realpath(path))
    if not path.name or path.name == "..":
        raise MediaError(f'"{path}" is a folder; an output needs a file name')
    folder = target.parent
    if not folder.exists():
        raise MediaError(f'cannot write "{path}": there is no folder "{folder}".{_near_names(folder)}')
    if not folder.is_dir():
        raise MediaError(f'cannot write "{path}": "{folder}" is not a folder')
    if target.is_dir():
        raise MediaError(f'cannot write "{path}": it is a folder; give a file name in it')
    if target.exists() and not target.is_file():
        raise MediaError(f'cannot write "{path}": it is a device or pipe, not a file')
    return target


def output_error(path: str | os.PathLike[str], error: OSError) -> MediaError:
    """Return the error for a failure to write `path`, with its reason in one line."""
    folder = Path(path).parent
    if error.errno in _NO_SPACE:
        return MediaError(f'the disk is full: "{path}" was not written')
    if error.errno == errno.EFBIG:
        return MediaError(f'"{path}" was not written: it grew beyond the largest file allowed here')
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return MediaError(f'cannot write "{path}": no permission to create files in "{folder}"')
    return MediaError(f'cannot write "{path}": {_reason(error)}')


def _temporary_names(target: Path) -> tuple[str, str]:
    """What the names of temporary files for a target begin and end with; eight digits are between them."""
    return f".{target.stem[:40]}.unfinished-", target.suffix


def _new_temporary(target: Path) -> tuple[Path, int]:
    """Create a temporary file; return its path and a descriptor that holds the lock on it."""
    prefix, suffix = _temporary_names(target)
    while True:
        path = target.with_name(f"{prefix}{secrets.token_hex(4)}{suffix}")
        # With mode 0o666 the user's umask applies, as for any other new file.
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
        _lock(descriptor)
        if path.exists():  # Else another process took it for abandoned before it was locked.
            return path, descriptor
        os.close(descriptor)


def _remove_abandoned(target: Path) -> None:
    """Remove the temporary files for a target whose processes ended without removing them."""
    prefix, suffix = _temporary_names(target)
    abandoned = re.compile(f"{re.escape(prefix)}[0-9a-f]{{8}}{re.escape(suffix)}").fullmatch
    with suppress(OSError):
        for name in filter(abandoned, os.listdir(target.parent)):
            path = target.with_name(name)
            if sys.platform == "win32":
                _remove(path)  # Fails while its process has it open.
                continue
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                if _lock(descriptor):
                    _remove(path)
            finally:
                os.close(descriptor)


def _lock(descriptor: int) -> bool:
    """Lock a file until it is closed; False if it is locked already, or cannot be on this file system."""
    if sys.platform == "win32":
        return True  # Being open is lock enough.
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _discard(path: Path, unlock: Callable[[], object], owner: int) -> None:
    unlock()
    if os.getpid() == owner:  # Not at the exit of a forked process, which has a copy of the finalizer.
        _remove(path)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _near_names(path: Path) -> str:
    try:
        names = os.listdir(path.parent)
    except OSError:
        return f' There is no folder "{path.parent}" either.'
    return did_you_mean(path.name, names)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
