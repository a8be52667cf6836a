"""Importing what somebody else wrote, and saying where in their file it went wrong."""

from __future__ import annotations

import importlib
import os
import sysconfig
from functools import cache
from pathlib import Path
from traceback import extract_tb
from types import ModuleType

from mpgraph.errors import InternalError, InvalidArgumentError, Location, MpgraphError

_PACKAGE = Path(__file__).resolve().parent.parent
_PACKAGES = {"site-packages", "dist-packages"}
"""Folders of installed packages, whichever Python they belong to."""


def import_author_module(name: str, *, what: str = "") -> ModuleType:
    """Import a module and return it.

    what: how messages call it, `the module "NAME"` if not given.
    Raises MpgraphError with the place in the author's file if the module, or one that it imports,
    fails; ModuleNotFoundError if there is no module of that name.
    """
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:  # A script that is no module may end itself.
        if isinstance(error, ModuleNotFoundError) and is_absent(name, error):
            raise
        what = what or f'the module "{name}"'
        raise import_failure(error, what) from error


def is_absent(name: str, error: ModuleNotFoundError) -> bool:
    """Whether it is the module `name` itself, or a package around it, that does not exist."""
    missing = error.name or ""
    return name == missing or name.startswith(f"{missing}.")


def import_failure(error: BaseException, what: str) -> MpgraphError:
    """What to tell the author of a module whose import raised `error`."""
    location = place_in_author_code(error)
    if isinstance(error, MpgraphError):
        return InvalidArgumentError(f"{what} cannot be imported: {error.message}", location=location)
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    kind = type(error).__name__
    return InternalError(
        f"{what} cannot be imported: {kind}: {text}" if text else f"{what} cannot be imported: {kind}",
        location=location,
    )


def place_in_author_code(error: BaseException) -> Location | None:
    """The innermost place in a file that is neither Python's, nor a library's, nor mpgraph's own.

    A library's file is taken where there is no other. None if the error has no traceback.
    """
    own = getattr(error, "location", None)
    if isinstance(own, Location):
        return own
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return Location(shown_path(error.filename), error.lineno, max(error.offset or 1, 1))
    frames = [frame for frame in extract_tb(error.__traceback__) if not _is_machinery(frame.filename)]
    written = [frame for frame in frames if not is_library(frame.filename)] or frames
    if not written or written[-1].lineno is None:
        return None
    frame = written[-1]
    column: int | None = getattr(frame, "colno", None)  # Since Python 3.11.
    return Location(shown_path(frame.filename), frame.lineno or 1, 1 if column is None else column + 1)


def is_library(file: str) -> bool:
    """Whether a source file is installed, with Python or by pip, rather than worked on."""
    whole = os.path.abspath(file)
    return whole.startswith(_library_folders()) or not _PACKAGES.isdisjoint(Path(whole).parts)


def is_author_code(file: str) -> bool:
    """Whether a source file is one that somebody wrote for mpgraph, or a library's, but not mpgraph's own."""
    return not _is_machinery(file)


def _is_machinery(file: str) -> bool:
    return file.startswith("<") or Path(file).resolve().is_relative_to(_PACKAGE)


def shown_path(file: str) -> str:
    """A file below the working directory by its relative path, as compilers show it."""
    try:
        relative = os.path.relpath(file)
    except ValueError:  # On another drive.
        return file
    return file if relative.startswith(os.pardir) else relative


@cache
def _library_folders() -> tuple[str, ...]:
    kinds = ("stdlib", "platstdlib", "purelib", "platlib")
    folders = {os.path.abspath(sysconfig.get_path(kind)) for kind in kinds}
    return tuple(folder + os.sep for folder in folders)
