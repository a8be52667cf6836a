"""What native libraries print on stderr, kept from standing between our lines."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

_STDERR = 2

_CHATTER = (b"INFO: ", b"I0000 00:00:")
"""How lines begin that TensorFlow Lite and its relatives print whatever happens."""


@contextmanager
def native_chatter_held_back() -> Iterator[None]:
    """Within the body Python has stderr for itself; what libraries wrote there follows at the end.

    Lines that say only that something normal happened are dropped. (LiteRT has no switch for them.)
    """
    try:
        own = os.dup(_STDERR)
    except OSError:  # stderr is closed
        yield
        return
    before = sys.stderr
    with (
        tempfile.TemporaryFile() as held,
        open(own, "w", buffering=1, errors="backslashreplace") as python_only,
    ):
        os.dup2(held.fileno(), _STDERR)
        sys.stderr = python_only
        try:
            yield
        finally:
            python_only.flush()
            sys.stderr = before
            os.dup2(own, _STDERR)
            held.seek(0)
            for line in held:
                if not line.startswith(_CHATTER):
                    os.write(_STDERR, line)
