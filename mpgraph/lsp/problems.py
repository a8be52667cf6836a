"""The diagnostics of a text in an editor: those of `mpgraph check`, at positions in this text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mpgraph.config.subgraph_files import same_path
from mpgraph.config.validation.diagnostics import Diagnostic, diagnose
from mpgraph.lsp.descriptions import Descriptions


def problems(text: str, file: str, known: Descriptions) -> Iterator[Diagnostic]:
    """Yield what is wrong with a text; what is wrong in a subgraph's file is at the node that uses it."""
    text = text if "\n" in text else f"{text}\n"  # Else it might be taken for a path.
    for found in diagnose(text, file=file, names=known.subgraphs):
        if same_path(found.file, file):
            yield found
            continue
        use = next((each for each in found.used_at if same_path(each.file, file)), None)
        message = f"{found.position}: {found.message}"
        if use is not None:
            yield replace(
                found, message=message, file=file, line=use.line, column=use.column, end_line=0, end_column=0
            )
