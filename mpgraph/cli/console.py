"""What commands print on the terminal: errors and warnings, one line each on stderr; and their exit codes."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator

import typer

from mpgraph.cli.interrupts import INTERRUPTED
from mpgraph.errors import CancelledError, MpgraphError
from mpgraph.framework.override import override
from mpgraph.framework.user_code import error_location

FAILURE = 1
USAGE = 2

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def exit_code_for(error: BaseException) -> int:
    """Print `error` on stderr and return the exit code for it."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else FAILURE
    if isinstance(error, KeyboardInterrupt) or type(error).__name__ == "Abort":  # the latter is click's
        return INTERRUPTED
    if any(isinstance(cause, BrokenPipeError) for cause in (error, *getattr(error, "causes", ()))):
        return FAILURE  # The reader of our output, such as `head`, has closed the pipe: nothing to report.
    for line in error_lines(error):
        show_error(line)
    # Usage errors of Typer. Their classes have moved between its versions; their attributes have not.
    code = getattr(error, "exit_code", FAILURE)
    return code if isinstance(code, int) else FAILURE


def error_lines(error: BaseException) -> Iterator[str]:
    """Yield the messages of an error: one line, or one for each cause that it combines."""
    causes = [cause for cause in getattr(error, "causes", ()) if not isinstance(cause, CancelledError)]
    if causes:
        for cause in causes:
            yield from error_lines(cause)
    elif isinstance(error, MpgraphError):
        where = f"{error.location}: " if error.location else ""
        uses = error.location.used_at if error.location else ()
        used = f" (used at {', '.join(map(str, uses))})" if uses else ""
        yield f"{where}error: {_one_line(error.statement)}{used} {_one_line(error.hint)}".rstrip()
    elif hasattr(error, "format_message"):
        yield f"error: {_usage_message(error)}"
    elif isinstance(error, ModuleNotFoundError) and error.name == "cv2":
        yield "error: OpenCV is not installed: pip install opencv-python-headless"
    elif isinstance(error, MemoryError):
        yield "error: out of memory"
    elif isinstance(error, OSError) and error.strerror:
        where = f' "{error.filename}"' if error.filename else ""
        yield f"error:{where} {error.strerror.lower()}"
    else:
        name = type(error).__name__
        if notes := getattr(error, "__notes__", ()):  # Raised by an observer of a stream.
            location = error_location(error)
            where = f"{location}: " if location else ""
            yield f"{where}error: {name}: {_one_line(str(error))} ({_one_line(', '.join(notes))})"
            return
        yield (
            f"error: unexpected {name}: {_one_line(str(error))} (--debug shows a traceback; please report it)"
        )


def echo(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print a text, which may contain names from files that are not trusted, on stdout or stderr."""
    typer.echo(printable(text), err=err, nl=nl)


def printable(text: str) -> str:
    """Return a text with its control characters escaped, except for line ends and tabs.

    A terminal takes some for commands: they could hide a message, retitle the window, or type.
    """
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def show_error(line: str) -> None:
    """Print a line that contains `error:` on stderr, with that word in red on a terminal."""
    before, word, after = printable(line).partition("error:")
    _echo(before + typer.style(word, fg="red", bold=True) + after)


def show_warning(message: str) -> None:
    """Print one line on stderr that starts with `warning:`, or with a location and `warning:`."""
    line = printable(_one_line(message))
    before, word, after = line.partition("warning:") if " warning: " in line else ("", "warning:", f" {line}")
    _echo(before + typer.style(word, fg="yellow", bold=True) + after)


def show_library_warnings() -> None:
    """Print warnings that mpgraph logs on stderr, in the same form as the commands' own."""
    logger = logging.getLogger("mpgraph")
    if not any(isinstance(handler, _WarningPrinter) for handler in logger.handlers):
        logger.addHandler(_WarningPrinter(logging.WARNING))


def counted(number: int, noun: str) -> str:
    """A number with its noun, such as "1 packet" or "2 packets"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


class _WarningPrinter(logging.Handler):
    @override
    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        location = getattr(record, "location", None)
        if location and message.startswith(f"{location}: "):
            message = message.replace(f"{location}: ", f"{location}: warning: ", 1)
        show_warning(message)


def _echo(line: str) -> None:
    # With err=True, the line would bypass a progress bar, which shows what sys.stderr receives above itself.
    typer.echo(line, file=sys.stderr)


def _one_line(message: str) -> str:
    return " ".join(message.split("\n")).strip()


def _usage_message(error: BaseException) -> str:
    message = " ".join(error.format_message().split())  # type: ignore[attr-defined]
    command = getattr(getattr(error, "ctx", None), "command_path", "mpgraph")
    stop = "" if message.endswith((".", ")", "?")) else "."
    return f"{message}{stop} Try: {command} --help"
