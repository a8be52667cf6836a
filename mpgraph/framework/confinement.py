"""Confinement: what a graph from a stranger may not do while it runs.

A recording holds a graph, which may name files to read and write, and calculators of plug-ins. Inside
`confined()`, graphs read only below the working directory and on the resource path, write nothing, and load
no plug-ins. It holds for the whole process, since calculators run on many threads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mpgraph.errors import PermissionDeniedError

_depth = 0


@contextmanager
def confined() -> Iterator[None]:
    """Confine the graphs that run inside the `with` block."""
    global _depth
    _depth += 1
    try:
        yield
    finally:
        _depth -= 1


def is_confined() -> bool:
    """Whether graphs are confined now."""
    return _depth > 0


def check_read(path: Path, folders: Iterable[Path]) -> None:
    """Check that a graph may read a file: that it is, links resolved, inside one of the folders.

    Raises:
        PermissionDeniedError: graphs are confined, and it is not.
    """
    if not is_confined():
        return
    file = path.resolve()
    if not any(file.is_relative_to(folder.resolve()) for folder in folders):
        raise _denied(f'read "{path}", which is not below the working directory or on the resource path')


def check_write(path: str | Path) -> None:
    """Check that a graph may write a file.

    Raises:
        PermissionDeniedError: graphs are confined.
    """
    if is_confined():
        raise _denied(f'write "{path}"')


def _denied(what: str) -> PermissionDeniedError:
    return PermissionDeniedError(
        f"The graph wants to {what}, but it comes from a source that is not trusted.",
        hint="If you trust who made it: mpgraph replay --trust.",
        rule="not-trusted",
    )
