"""What `mpgraph run` measures on the way: a trace, the profiler's table, the page with the graph live."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mpgraph.cli.failures import exit_code_for, show_warning
from mpgraph.errors import MpgraphError
from mpgraph.framework.resources import find_resource

if TYPE_CHECKING:
    from mpgraph.cli.run.graph_session import GraphSession
    from mpgraph.graph.calculator_graph import CalculatorGraph

_MOST_CALLS = 2_000_000


@dataclass(frozen=True)
class Measuring:
    """What the user wants to know of a run.

    trace: the file for a trace; profile: whether to print the table; page: whether to show the graph live.
    """

    trace: Path | None = None
    profile: bool = False
    page: bool = False
    browser: bool = True

    @property
    def is_wanted(self) -> bool:
        """Whether anything is to be measured."""
        return self.trace is not None or self.profile or self.page

    def check(self, force: bool) -> None:
        """Refuse a trace's name that says no format, or that is taken."""
        if self.trace is not None:
            from mpgraph.cli.frames.outputs import refuse_to_replace
            from mpgraph.profiling.trace import check_trace_name

            check_trace_name(self.trace)
            refuse_to_replace(self.trace, force)

    @contextmanager
    def around(self, session: GraphSession, graph: Path) -> Iterator[None]:
        """Measure what the body runs. A run that fails leaves its trace and table too."""
        with ExitStack() as stack:
            if self.page:
                stack.enter_context(_page(session, graph, self.browser))
            if self.trace is not None:
                stack.enter_context(_traced(session.graph, self.trace))
            if self.profile:
                stack.enter_context(_profiled(session.graph))
            yield


@contextmanager
def _traced(graph: CalculatorGraph, path: Path) -> Iterator[None]:
    with graph.trace() as trace:
        try:
            yield
        finally:
            trace.save(path)
            typer.echo(f"{path}: {len(trace.timeline().slices)} calls")


@contextmanager
def _profiled(graph: CalculatorGraph) -> Iterator[None]:
    from mpgraph.profiling.report import text_table

    with graph.trace(capacity=_MOST_CALLS, every_call=True) as trace:
        try:
            yield
        finally:
            if rows := trace.profile():
                typer.echo(text_table(rows))


@contextmanager
def _page(session: GraphSession, graph: Path, browser: bool) -> Iterator[None]:
    from mpgraph.visualizer.live import LiveView
    from mpgraph.visualizer.page_session import PageSession
    from mpgraph.visualizer.server import PageServer

    view = LiveView(session.graph, session.model)
    found = graph if graph.exists() else find_resource(graph)
    with PageServer(PageSession([found], extras={"live": True}), routes=view.routes) as server:
        typer.echo(f"The running graph: {server.url}")
        if browser and not server.open_browser():
            show_warning("no browser could be opened; open this address in one")
        code = 0
        try:
            yield
            typer.echo("The run has ended; the page stays until Ctrl-C.")
        except MpgraphError as error:
            view.fail(error, str(found))
            code = exit_code_for(error)
            typer.echo("The run has failed; the page shows where, and stays until Ctrl-C.")
        with suppress(KeyboardInterrupt):
            server.wait()
        if code:
            raise typer.Exit(code)
