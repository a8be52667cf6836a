"""`mpgraph fmt`: format graph files."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from mpgraph.cli.arguments import STDIN
from mpgraph.cli.console import echo


def fmt(
    graphs: Annotated[
        list[str],
        typer.Argument(metavar="GRAPH...", help="Text graphs or folders of them; - formats stdin to stdout."),
    ],
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; list unformatted files and exit with 1.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; print the changes.")] = False,
    stdin_name: Annotated[
        str, typer.Option(metavar="FILE", help="File name for stdin in messages.")
    ] = "<stdin>",
) -> None:
    """Format graph files: one field per line, indented by two spaces, comments kept.

    The meaning of a graph, the order of its fields and the blank lines between
    them do not change. Short messages on one line, such as { r: 0 g: 0 b: 255 },
    stay on one line. A file that is not valid text format is reported, with the
    location of the error, and not changed.

    \b
    Examples:
      mpgraph fmt graph.pbtxt
      mpgraph fmt --check graphs/
      mpgraph fmt --diff graph.pbtxt
      mpgraph fmt - < graph.pbtxt
    """
    from mpgraph.cli.console import error_lines, show_error
    from mpgraph.errors import MpgraphError

    failed = changed = 0
    for graph in graphs:
        for file in _files(graph):
            try:
                changed += _format(file, stdin_name, write=not check and not diff, diff=diff, check=check)
            except (MpgraphError, OSError) as error:
                failed += 1
                for line in error_lines(error):
                    show_error(line)
    if failed or (check and changed):
        raise typer.Exit(1)


def _files(graph: str) -> Iterator[str]:
    """The file itself, or the text graphs in a folder and its subfolders."""
    from mpgraph.config.source import TEXT_SUFFIXES

    folder = Path(graph)
    if graph == STDIN or not folder.is_dir():
        yield graph
        return
    for file in sorted(folder.rglob("*")):
        if file.suffix in TEXT_SUFFIXES and file.is_file():
            yield str(file)


def _format(file: str, stdin_name: str, *, write: bool, diff: bool, check: bool) -> bool:
    """Format one file and report that; return whether it needed formatting."""
    from mpgraph.config.text.formatting import format_text
    from mpgraph.io.files import atomic_output, read_whole

    is_stdin = file == STDIN
    name = stdin_name if is_stdin else file
    before = _text(sys.stdin.buffer.read() if is_stdin else read_whole(file), name)
    after = format_text(before, name)
    if "\r\n" in before:  # Keep line endings that version control has converted on Windows.
        after = after.replace("\n", "\r\n")
    if diff:
        _show_diff(before, after, name)
    elif check and after != before:
        echo(f"{name}: would be formatted")
    elif write and is_stdin:
        sys.stdout.buffer.write(after.encode())
        sys.stdout.flush()
    elif write and after != before:
        with atomic_output(file) as unfinished:
            unfinished.write_bytes(after.encode())
            shutil.copymode(file, unfinished)
        echo(f"{file}: formatted")
    return after != before


def _text(data: bytes, name: str) -> str:
    """Decode the bytes. Raises ConfigError if they cannot be a text graph."""
    from mpgraph.config.source import BINARY_SUFFIXES, legible_comments
    from mpgraph.errors import ConfigError

    text = reason = ""
    try:
        text = legible_comments(data).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f": byte {data[error.start]:#04x} at offset {error.start}"
    if reason or name.endswith(BINARY_SUFFIXES):
        raise ConfigError(f'"{name}" is not a text graph{reason}; only text can be formatted.')
    return text


def _show_diff(before: str, after: str, name: str) -> None:
    from difflib import unified_diff

    old, new = (text.splitlines(keepends=True) for text in (before, after))
    for line in unified_diff(old, new, name, f"{name} (formatted)"):
        color = {"+": "green", "-": "red"}.get(line[0])
        typer.secho(line.rstrip("\r\n"), fg=color)
