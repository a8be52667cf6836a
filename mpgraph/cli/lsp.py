"""`mpgraph lsp`: the language server for editors."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

import mpgraph
from mpgraph.errors import UnavailableError


def lsp(
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, metavar="N", help="Listen on this port instead of stdin and stdout."),
    ] = None,
) -> None:
    """Serve editors: problems, help, completion, renaming in graph files.

    Speaks the Language Server Protocol on stdin and stdout; an editor starts it.
    The folder tools/vscode of a checkout has an extension for VS Code. Needs
    pygls, which the extra "lsp" of mpgraph installs.

    \b
    In an editor:
      problems as of mpgraph check, while you type
      ports and options of calculators and subgraphs under the mouse
      completion of calculators, tags, streams, fields, options and their values
      go to the definition of subgraphs, calculators and streams; rename a stream

    \b
    Examples:
      mpgraph lsp
      mpgraph lsp --module my_calculators
    """
    try:
        from mpgraph.lsp.server import create
    except ImportError as error:
        if error.name and error.name.partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise UnavailableError(
            "the language server needs pygls.", hint='Install it: pip install "mpgraph[lsp]".'
        ) from None
    server = create(mpgraph.__version__)
    if port is None:
        out, sys.stdout = sys.stdout.buffer, sys.stderr  # What calculators print must not mix with messages.
        server.start_io(sys.stdin.buffer, out)
    else:
        server.start_tcp("127.0.0.1", port)
