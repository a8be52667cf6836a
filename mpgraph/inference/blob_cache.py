"""Results that take long to make, kept in files below the user's cache folder.

The folder is `$XDG_CACHE_HOME/mpgraph`, or `~/.cache/mpgraph`. Each file starts with the hash of the rest,
so a damaged one is found out and made again. What goes wrong with the disk goes unnoticed: the cache
then merely does not help.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

_DIGEST_SIZE = 32


def load(kind: str, key: str) -> bytes | None:
    """What was stored under `kind` and `key`, or None if there is nothing whole."""
    try:
        content = _file(kind, key).read_bytes()
    except (OSError, RuntimeError):
        return None
    digest, data = content[:_DIGEST_SIZE], content[_DIGEST_SIZE:]
    return data if hashlib.sha256(data).digest() == digest else None


def store(kind: str, key: str, data: bytes) -> None:
    """Keep `data` under `kind` and `key` (both must do as names of files)."""
    with contextlib.suppress(OSError, RuntimeError):  # RuntimeError: there is no home folder
        file = _file(kind, key)
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=file.parent, prefix=".", delete=False) as part:
            try:
                part.write(hashlib.sha256(data).digest() + data)
                part.close()
                os.replace(part.name, file)
            except OSError:
                part.close()
                os.unlink(part.name)


def _file(kind: str, key: str) -> Path:
    # The specification tells us to ignore a relative path.
    told = os.environ.get("XDG_CACHE_HOME", "")
    folder = Path(told) if os.path.isabs(told) else Path.home() / ".cache"
    return folder / "mpgraph" / kind / key
