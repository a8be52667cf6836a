"""The user's own Python files, as opposed to mpgraph's: importing them, and finding where they fail."""

from __future__ import annotations

import importlib
import os
import sys
import sysconfig
from functools import cache
from itertools import islice
from pathlib import Path
from traceback import extract_tb
from types import FrameType, ModuleType

from mpgraph.errors import InternalError, InvalidArgumentError, Location, MpgraphError

_PACKAGE = Path(__file__).resolve().parent.parent
_PACKAGE_IN_CODE = Path((lambda: None).__code__.co_filename).parent.parent
"""The package in the file names of code objects: a relative path in frozen programs."""

_INSTALLED = {"site-packages", "dist-packages"}
"""Folders of installed packages, whichever Python they belong to."""


def import_user_module(name: str, *, what: str = "") -> ModuleType:
    """Import a module and return it.

    what: what messages call it; `the module "NAME"` if not given.

    Raises:
        MpgraphError: the module, or one that it imports, fails; at the location in the user's file.
        ModuleNotFoundError: there is no module of that name.
    """
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:  # A script that is not meant as a module may call sys.exit().
        if isinstance(error, ModuleNotFoundError) and _is_absent(name, error):
            raise
        raise import_failure(error, what or f'the module "{name}"') from error


def _is_absent(name: str, error: ModuleNotFoundError) -> bool:
    """Whether the module `name` itself, or a package around it, does not exist."""
    missing = error.name or ""
    return name == missing or name.startswith(f"{missing}.")


def import_failure(error: BaseException, what: str) -> MpgraphError:
    """Return the error to raise for a module whose import raised `error`."""
    prefix = f"{what} cannot be imported: "
    location = error_location(error)
    if isinstance(error, MpgraphError):
        return error.with_context(prefix, location=location, cls=InvalidArgumentError)
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return InternalError(f"{prefix}{type(error).__name__}: {text}".removesuffix(": "), location=location)


@cache
def _is_own(file: str) -> bool:
    """Whether a source file belongs to mpgraph."""
    # Modules that mypyc has compiled give their files from the folder of the package on: mpgraph/...
    whole = (_PACKAGE.parent / file).resolve()
    return Path(file).is_relative_to(_PACKAGE_IN_CODE) or whole.is_relative_to(_PACKAGE)


def is_user_code(file: str) -> bool:
    """Whether a source file is not mpgraph's own: the user's, or a library's. Generated code is neither."""
    return not file.startswith("<") and not _is_own(file)


@cache
def is_library(file: str) -> bool:
    """Whether a source file is installed, with Python or by pip, rather than worked on."""
    absolute = os.path.abspath(file)
    return absolute.startswith(_library_folders()) or not _INSTALLED.isdisjoint(Path(absolute).parts)


@cache
def _library_folders() -> tuple[str, ...]:
    schemes = ("stdlib", "platstdlib", "purelib", "platlib")
    folders = {os.path.abspath(sysconfig.get_path(scheme)) for scheme in schemes}
    return tuple(folder + os.sep for folder in folders)


def shown_path(file: str) -> str:
    """Return the relative path of a file below the working directory, as compilers show it; else `file`."""
    try:
        relative = os.path.relpath(file)
    except ValueError:  # On another drive.
        return file
    return file if relative.startswith(os.pardir) else relative


def caller_location() -> Location:
    """Return the innermost running call outside of mpgraph, such as that of a public function."""
    frame = sys._getframe(1)
    # An interactive session has no file, but its code is the user's.
    while frame.f_back is not None and _is_own(frame.f_code.co_filename):
        frame = frame.f_back
    return Location(frame.f_code.co_filename, frame.f_lineno, _column(frame))


def _column(frame: FrameType) -> int:
    """The column of the call that the frame is at, from 1; Python knows it since 3.11."""
    if sys.version_info < (3, 11):
        return 1
    positions = next(islice(frame.f_code.co_positions(), frame.f_lasti // 2, None), None)
    column = positions[2] if positions else None
    return 1 if column is None else column + 1


def error_location(error: BaseException) -> Location | None:
    """Return where an error was raised: the innermost frame in the user's code, or else in a library's.

    An error that carries a location, and a syntax error, know it themselves. None without a traceback.
    """
    known = getattr(error, "location", None)
    if isinstance(known, Location):
        return known
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return Location(shown_path(error.filename), error.lineno, max(error.offset or 1, 1))
    frames = [frame for frame in extract_tb(error.__traceback__) if is_user_code(frame.filename)]
    frames = [frame for frame in frames if not is_library(frame.filename)] or frames
    if not frames or frames[-1].lineno is None:
        return None
    frame = frames[-1]
    column: int | None = getattr(frame, "colno", None)  # Since Python 3.11.
    return Location(shown_path(frame.filename), frame.lineno or 1, 1 if column is None else column + 1)
