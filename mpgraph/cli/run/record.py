"""`mpgraph run --record`: a recording of what enters the graph, beside the run itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from mpgraph.graph.calculator_graph import CalculatorGraph


@contextmanager
def recording(graph: CalculatorGraph, file: Path | None) -> Iterator[None]:
    """Record what the body runs into `file`, which is replaced; not at all for None."""
    if file is None:
        yield
        return
    from mpgraph.testing import record

    with record(graph, file, outputs=False, overwrite=True) as recorder:
        try:
            yield
        finally:
            typer.echo(f"{file}: {count_of(recorder.sent)} (mpgraph replay {file})")


def count_of(packets: int) -> str:
    """Say a number of packets in words."""
    return "1 packet" if packets == 1 else f"{packets} packets"
