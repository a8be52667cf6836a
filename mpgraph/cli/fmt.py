"""`mpgraph fmt`: bring graph files into the one layout."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

STDIN = "-"


def fmt(
    graphs: Annotated[
        list[str],
        typer.Argument(metavar="GRAPH...", help="Text graphs or folders of them; - formats stdin to stdout."),
    ],
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; list what is not formatted and exit with 1.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; print what would change.")] = False,
    stdin_name: Annotated[
        str, typer.Option(metavar="FILE", help="What stdin is called in messages.")
    ] = "<stdin>",
) -> None:
    """Format graph files: one field a line, two blanks for each level, comments kept.

    What a graph means, the order of its fields, and the empty lines between them
    stay as they are. Short messages that are written in one line, such as { r: 0
    g: 0 b: 255 }, stay in one line. A file that is not text format is reported,
    with the place, and left alone.

    \b
    Examples:
      mpgraph fmt graph.pbtxt
      mpgraph fmt --check graphs/
      mpgraph fmt --diff graph.pbtxt
      mpgraph fmt - < graph.pbtxt
    """
    from mpgraph.cli.failures import lines_of, show_error
    from mpgraph.errors import MpgraphError

    failed = changed = 0
    for graph in graphs:
        for file in _files(graph):
            try:
                changed += _format(file, stdin_name, write=not check and not diff, diff=diff, check=check)
            except (MpgraphError, OSError) as error:
                failed += 1
                for line in lines_of(error):
                    show_error(line)
    if failed or (check and changed):
        raise typer.Exit(1)


def _files(graph: str) -> Iterator[str]:
    """The file itself, or the text graphs in a folder, at any depth."""
    from mpgraph.config.source import TEXT_SUFFIXES

    folder = Path(graph)
    if graph == STDIN or not folder.is_dir():
        yield graph
        return
    for file in sorted(folder.rglob("*")):
        if file.suffix in TEXT_SUFFIXES and file.is_file():
            yield str(file)


def _format(file: str, stdin_name: str, *, write: bool, diff: bool, check: bool) -> bool:
    """Format one file and say what was done; return whether it was not formatted."""
    from mpgraph.config.text.formatting import format_text

    is_stdin = file == STDIN
    name = stdin_name if is_stdin else file
    before = _text(sys.stdin.buffer.read() if is_stdin else Path(file).read_bytes(), name)
    after = format_text(before, name)
    if "\r\n" in before:  # What version control made of the file on Windows is not for us to undo.
        after = after.replace("\n", "\r\n")
    if diff:
        _show_diff(before, after, name)
    elif check and after != before:
        typer.echo(f"{name}: would be formatted")
    elif write and is_stdin:
        sys.stdout.buffer.write(after.encode())
        sys.stdout.flush()
    elif write and after != before:
        _replace(Path(file), after)
        typer.echo(f"{file}: formatted")
    return after != before


def _text(data: bytes, name: str) -> str:
    """The bytes as text. Raises ConfigError for what cannot be a text graph."""
    from mpgraph.config.source import BINARY_SUFFIXES
    from mpgraph.errors import ConfigError

    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = ""
        bad = f": byte {data[error.start]:#04x} at offset {error.start}"
    else:
        bad = ""
    if bad or name.endswith(BINARY_SUFFIXES):
        raise ConfigError(f'"{name}" is not a text graph{bad}; only text can be formatted.')
    return text


def _show_diff(before: str, after: str, name: str) -> None:
    from difflib import unified_diff

    old, new = (text.splitlines(keepends=True) for text in (before, after))
    for line in unified_diff(old, new, name, f"{name} (formatted)"):
        colour = {"+": "green", "-": "red"}.get(line[0])
        typer.secho(line.rstrip("\r\n"), fg=colour)


def _replace(file: Path, text: str) -> None:
    """Write a file's new text; under another name first, so that it is never half written."""
    target = Path(os.path.realpath(file))  # A link stays one.
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.unfinished")
    try:
        unfinished.write_bytes(text.encode())
        shutil.copymode(target, unfinished)
        unfinished.replace(target)
    finally:
        with suppress(OSError):
            unfinished.unlink()
