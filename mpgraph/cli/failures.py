"""Errors and warnings as people see them: one line each on stderr, and the exit code."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import typer

from mpgraph.errors import CancelledError, MpgraphError
from mpgraph.framework.user_code import error_location

FAILURE = 1
USAGE = 2
INTERRUPTED = 130  # 128 + SIGINT, as shells have it


def exit_code_for(error: BaseException) -> int:
    """Tell the user about `error` and return the exit code it stands for."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else FAILURE
    if isinstance(error, KeyboardInterrupt) or type(error).__name__ == "Abort":  # the latter is click's
        return INTERRUPTED
    if any(isinstance(cause, BrokenPipeError) for cause in (error, *getattr(error, "causes", ()))):
        return FAILURE  # Whoever read our output has gone; there is nobody to tell.
    for line in lines_of(error):
        show_error(line)
    # Typer's errors of usage; their classes have moved between its versions, their methods have not.
    code = getattr(error, "exit_code", FAILURE)
    return code if isinstance(code, int) else FAILURE


def lines_of(error: BaseException) -> Iterator[str]:
    """Yield the error's messages: one, or one for each cause that it combines."""
    causes = [cause for cause in getattr(error, "causes", ()) if not isinstance(cause, CancelledError)]
    if causes:
        for cause in causes:
            yield from lines_of(cause)
    elif isinstance(error, MpgraphError):
        where = f"{error.location}: " if error.location else ""
        uses = error.location.used_at if error.location else ()
        used = f" (used at {', '.join(map(str, uses))})" if uses else ""
        yield f"{where}error: {_one_line(error.statement)}{used} {_one_line(error.hint)}".rstrip()
    elif hasattr(error, "format_message"):
        yield f"error: {_usage_message(error)}"
    elif isinstance(error, MemoryError):
        yield "error: out of memory"
    elif isinstance(error, OSError) and error.strerror:
        where = f' "{error.filename}"' if error.filename else ""
        yield f"error:{where} {error.strerror.lower()}"
    else:
        kind = type(error).__name__
        if notes := getattr(error, "__notes__", ()):  # What an observer raised.
            place = error_location(error)
            where = f"{place}: " if place else ""
            yield f"{where}error: {kind}: {_one_line(str(error))} ({_one_line(', '.join(notes))})"
            return
        yield f"error: unexpected {kind}: {_one_line(str(error))} (--debug shows where; please report it)"


def show_error(line: str) -> None:
    """Print one line that says `error:` on stderr, the word in red on a terminal."""
    before, word, after = line.partition("error:")
    typer.echo(before + typer.style(word, fg="red", bold=True) + after, err=True)


def show_warning(message: str) -> None:
    """Print one line on stderr that begins with `warning:`, or with a place and `warning:`."""
    line = _one_line(message)
    before, word, after = line.partition("warning:") if " warning: " in line else ("", "warning:", f" {line}")
    typer.echo(before + typer.style(word, fg="yellow", bold=True) + after, err=True)


def show_warnings() -> None:
    """Let what the library logs as warnings appear on stderr like our own."""
    logger = logging.getLogger("mpgraph")
    if not any(isinstance(handler, _Warnings) for handler in logger.handlers):
        logger.addHandler(_Warnings(logging.WARNING))


class _Warnings(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        place = getattr(record, "location", None)
        if place and message.startswith(f"{place}: "):
            message = message.replace(f"{place}: ", f"{place}: warning: ", 1)
        show_warning(message)


def _one_line(message: str) -> str:
    return " ".join(message.split("\n")).strip()


def _usage_message(error: BaseException) -> str:
    message = " ".join(error.format_message().split())  # type: ignore[attr-defined]
    command = getattr(getattr(error, "ctx", None), "command_path", "mpgraph")
    stop = "" if message.endswith((".", ")", "?")) else "."
    return f"{message}{stop} Try: {command} --help"
