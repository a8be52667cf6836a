"""A cache of results that are slow to compute, in files below the user's cache folder.

The folder is `$XDG_CACHE_HOME/mpgraph`, or `~/.cache/mpgraph`. Each file starts with the hash of the rest, so
that a damaged file counts as missing. Errors of the file system are ignored: then nothing is cached.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

_DIGEST_SIZE = 32


def load(kind: str, key: str) -> bytes | None:
    """The data stored under `kind` and `key`, or None if it is missing or damaged."""
    try:
        content = _file(kind, key).read_bytes()
    except (OSError, RuntimeError):
        return None
    digest, data = content[:_DIGEST_SIZE], content[_DIGEST_SIZE:]
    return data if hashlib.sha256(data).digest() == digest else None


def store(kind: str, key: str, data: bytes) -> None:
    """Store `data` under `kind` and `key`, which must be valid file names."""
    with contextlib.suppress(OSError, RuntimeError):  # RuntimeError: no home folder
        file = _file(kind, key)
        file.parents[2].mkdir(parents=True, exist_ok=True)
        for folder in (file.parents[1], file.parent):  # Private to the user, and so are temporary files.
            folder.mkdir(exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=file.parent, prefix=".", delete=False) as part:
            try:
                part.write(hashlib.sha256(data).digest() + data)
                part.close()
                os.replace(part.name, file)
            except OSError:
                part.close()
                os.unlink(part.name)


def _file(kind: str, key: str) -> Path:
    # The XDG specification requires relative paths to be ignored.
    given = os.environ.get("XDG_CACHE_HOME", "")
    folder = Path(given) if os.path.isabs(given) else Path.home() / ".cache"
    return folder / "mpgraph" / kind / key
