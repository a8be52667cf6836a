"""Input files that exist, and output files that are either complete or absent."""

from __future__ import annotations

import errno
import os
import secrets
import stat
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mpgraph.errors import MediaError, did_you_mean

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
_WRITE_FAILURES = (*_NO_SPACE, errno.EFBIG, errno.EIO)


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


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """Return the whole content of a file that exists and is not empty, else raise MediaError."""
    path = existing_file(path)
    try:
        return path.read_bytes()
    except OSError as error:
        raise MediaError(f'cannot read "{path}": {_reason(error)}') from None


class AtomicOutput:
    """A file under a temporary name, which `commit()` renames to its real name and `discard()` removes.

    The temporary file is in the same folder (so that renaming is atomic) and has the same suffix (so that
    writers which depend on it choose the same format). An older file of the real name stays untouched
    until `commit()`.

    Raises:
        MediaError: the folder is missing or not writable, or the name is not a file's.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        # A link stays a link: the file that it points to is replaced.
        self._target = check_output(self.path)
        name = f".{self._target.stem[:40]}-{secrets.token_hex(4)}{self._target.suffix}"
        self.temporary = self._target.with_name(name)
        try:
            # With mode 0o666 the user's umask applies, as for any other new file.
            flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
            os.close(os.open(self.temporary, flags, 0o666))
        except OSError as error:
            raise output_error(self.path, error) from None

        # Covers owners that do neither, and the exit of the interpreter.
        self._discard = weakref.finalize(self, _remove, self.temporary)

    def commit(self) -> None:
        """Give the finished file its real name."""
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
