"""Buffer what native libraries print on stderr, so that it does not interleave with the commands' output."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

_STDERR = 2

_NOISE = (b"INFO: ", b"I0000 00:00:")
"""Prefixes of the lines that TensorFlow Lite and absl print on every run."""


@contextmanager
def native_stderr_buffered() -> Iterator[None]:
    """Reserve stderr for Python within the body; print what native code wrote there afterwards.

    Purely informational lines are dropped. (LiteRT has no switch for them.)
    """
    try:
        buffer = tempfile.TemporaryFile()  # noqa: SIM115
    except OSError:  # The disk is full: the lines may interleave.
        yield
        return
    with buffer:
        try:
            terminal = os.dup(_STDERR)
        except OSError:  # stderr is closed
            yield
            return
        yield from _buffered(buffer, terminal)


def _buffered(buffer: IO[bytes], terminal: int) -> Iterator[None]:
    python_stderr = sys.stderr
    with open(terminal, "w", buffering=1, errors="backslashreplace") as python_only:
        os.dup2(buffer.fileno(), _STDERR)
        sys.stderr = python_only
        try:
            yield
        finally:
            python_only.flush()
            sys.stderr = python_stderr
            os.dup2(terminal, _STDERR)
            buffer.seek(0)
            for line in buffer:
                if not line.startswith(_NOISE):
                    os.write(_STDERR, line)
