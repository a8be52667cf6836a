"""Files by path or URL: local ones directly, others through fsspec, which the extra `ray` installs."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from mpgraph.errors import MediaError
from mpgraph.io.files import output_error

# As in s3://bucket/key. One letter would be a drive of Windows.
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(?:::[^:]+)*://")
# The names under which file systems report when a file was written.
_TIMES = ("mtime", "LastModified", "last_modified", "updated", "modified")


def is_url(path: str) -> bool:
    """Whether this is a URL, such as s3://bucket/key, and not a local path."""
    return _URL.match(path) is not None


def file_system(url: str) -> tuple[Any, str]:
    """Return the fsspec file system of a URL, and the URL's path in it.

    Raises:
        MediaError: fsspec, or what it needs for this kind of URL, is not installed.
    """
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise MediaError(f'"{url}" needs fsspec: pip install fsspec, or "mpgraph[ray]"') from None
    try:
        system, path = url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise MediaError(f'"{url}" cannot be used: {_line(error)}') from None
    return system, path


def is_folder(path: str) -> bool:
    """Whether this is an existing folder."""
    if not is_url(path):
        return os.path.isdir(path)
    system, inner = file_system(path)
    return bool(system.isdir(inner))


def joined(folder: str, relative: str) -> str:
    """The path or URL of a file in a folder; `relative` has "/" between its parts."""
    if is_url(folder):
        return f"{folder.rstrip('/')}/{relative}"
    return os.path.join(folder, *relative.split("/"))


def modified(path: str) -> float | None:
    """When a file was written, in seconds since 1970; infinity if that is unknown, None without the file."""
    if not is_url(path):
        with suppress(OSError):
            return os.stat(path).st_mtime
        return None
    system, inner = file_system(path)
    try:
        found = system.info(inner)
    except OSError:
        return None
    time = next((found[name] for name in _TIMES if found.get(name)), None)
    if time is None:
        return float("inf")
    return float(time) if isinstance(time, (int, float)) else float(time.timestamp())


@contextmanager
def fetched(path: str) -> Iterator[Path]:
    """Yield a local file with the content of `path`: itself, or a copy that is removed afterwards.

    Raises:
        MediaError: a URL cannot be read.
    """
    if not is_url(path):
        yield Path(path)
        return
    system, inner = file_system(path)
    with tempfile.TemporaryDirectory(prefix="mpgraph-") as temporary:
        copy = Path(temporary) / (inner.rstrip("/").rpartition("/")[2] or "input")
        try:
            system.get_file(inner, str(copy))
        except Exception as error:  # Each file system has errors of its own.
            raise MediaError(f'cannot read "{path}": {_line(error)}') from None
        yield copy


@contextmanager
def staged(outputs: Sequence[str]) -> Iterator[list[Path]]:
    """Yield local names to write; after the body these become the outputs, one by one in their order.

    If the body fails, nothing is left. What a process that was killed has left is removed by the next attempt
    at the same outputs.

    Raises:
        MediaError: an output cannot be written.
    """
    last = outputs[-1]
    if is_url(last):
        with tempfile.TemporaryDirectory(prefix="mpgraph-") as temporary:
            names = _names(Path(temporary), outputs)
            yield names
            for name, output in zip(names, outputs, strict=True):
                _upload(name, output)
        return
    folder = _unfinished(last)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        remove_unfinished(outputs)
        # A process that is taken for dead may go on: it must not find what this one writes.
        staging = folder / secrets.token_hex(4)
        staging.mkdir(parents=True)
    except OSError as error:
        raise output_error(last, error) from None
    try:
        names = _names(staging, outputs)
        yield names
        for name, output in zip(names, outputs, strict=True):
            try:
                os.replace(name, output)
            except OSError as error:
                raise output_error(output, error) from None
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        with suppress(OSError):
            folder.rmdir()


def remove_unfinished(outputs: Sequence[str]) -> None:
    """Remove what a process that has ended may have left of outputs that it did not complete."""
    if not is_url(outputs[-1]):
        shutil.rmtree(_unfinished(outputs[-1]), ignore_errors=True)


def _unfinished(output: str) -> Path:
    """The folder for what is not complete."""
    path = Path(output)
    return path.with_name(f".{path.name}.unfinished")


def _names(folder: Path, outputs: Sequence[str]) -> list[Path]:
    return [folder / re.split(r"[/\\]", output)[-1] for output in outputs]


def _upload(file: Path, url: str) -> None:
    system, inner = file_system(url)
    parent, _, name = inner.rpartition("/")
    unfinished = f"{parent}/.{secrets.token_hex(4)}-{name}"
    try:
        system.makedirs(parent, exist_ok=True)
        try:
            system.put_file(str(file), unfinished)
            system.mv(unfinished, inner)
        except BaseException:
            with suppress(Exception):
                system.rm_file(unfinished)
            raise
    except Exception as error:  # Each file system has errors of its own.
        raise MediaError(f'cannot write "{url}": {_line(error)}') from None


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
