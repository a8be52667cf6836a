"""Standard input and output in place of files."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from mpgraph.cli.arguments import STDIN
from mpgraph.errors import MediaError


@contextmanager
def piped_input(inputs: Sequence[str]) -> Iterator[list[str]]:
    """Yield the inputs, with a file that holds all of standard input in place of "-"."""
    if STDIN not in inputs:
        yield list(inputs)
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "stdin"
        with file.open("wb") as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy)
        if file.stat().st_size == 0:
            raise MediaError("standard input is empty")
        yield [str(file) if name == STDIN else name for name in inputs]


@contextmanager
def piped_output(output: str | None, suffix: str) -> Iterator[str | None]:
    """Yield the output, or instead of "-" a file with this suffix, which then goes to standard output.

    What the body prints is dropped then; errors and warnings go to stderr as usual.
    """
    if output != STDIN:
        yield output
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"stdout{suffix}"
        with redirect_stdout(io.StringIO()):
            yield str(file)
        if file.exists():
            with file.open("rb") as copy:
                shutil.copyfileobj(copy, sys.stdout.buffer)
            sys.stdout.buffer.flush()
