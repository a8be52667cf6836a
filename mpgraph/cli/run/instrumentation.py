"""Instrumentation of `mpgraph run`: --trace, --profile, --record and the live page of --viz."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mpgraph.cli.arguments import graph_file
from mpgraph.cli.console import counted, echo, exit_code_for, show_warning
from mpgraph.cli.python_graphs import is_python_graph, page_file, text_of
from mpgraph.errors import MpgraphError

if TYPE_CHECKING:
    from mpgraph.cli.run.graph_session import GraphSession
    from mpgraph.io.loopback_server import Route
    from mpgraph.profiling.trace import Trace
    from mpgraph.testing.recorder import GraphRecorder
    from mpgraph.visualizer.live import LiveViews
    from mpgraph.visualizer.page_session import PageSession
    from mpgraph.visualizer.server import PageServer


@dataclass(frozen=True)
class WatchedPage:
    """The live page of a graph that is replaced while it runs. file: the one that the page shows."""

    session: PageSession
    views: LiveViews
    graph: Path
    file: Path

    def add(self, session: GraphSession) -> None:
        """Show a graph from its start on."""
        self.views.add(session.graph, session.model)
        if is_python_graph(self.graph):
            self.session.texts[str(self.file)] = text_of(session.graph)

    def fail(self, error: MpgraphError) -> None:
        """Show why the newest graph failed."""
        self.views.fail(error, str(self.file))


_NAME_WIDTH = 34
_PROFILE_COLUMNS = ("counter", "time_mean", "time_total", "time_percent", "input_latency_mean")
"""In microseconds; with names they fit 100 characters. `mpgraph profile` shows the others, too."""


@dataclass(frozen=True)
class RunInstrumentation:
    """What to collect during a run.

    trace, record: files for a trace and a recording. profile: print the profiler's table.
    page: show the running graph on a page, opened in the browser if `browser` is on.
    """

    trace: Path | None = None
    profile: bool = False
    record: Path | None = None
    page: bool = False
    browser: bool = True

    @property
    def is_requested(self) -> bool:
        """Whether there is anything to collect."""
        return self.trace is not None or self.record is not None or self.profile or self.page

    def check_files(self, force: bool, inputs: Iterable[Path] = ()) -> None:
        """Raise MpgraphError, before the run, for files that cannot be written.

        That is one of the inputs, an existing file, unless `force` is on, or a trace whose suffix is not a
        trace format.
        """
        from mpgraph.cli.frames.selection import refuse_inputs

        if self.trace is not None:
            from mpgraph.profiling.trace import check_trace_name

            check_trace_name(self.trace)
        refuse_inputs(inputs, [file for file in (self.record, self.trace) if file is not None], force)

    @contextmanager
    def page_of_watched(self, graph: Path) -> Iterator[WatchedPage | None]:
        """Serve the live page of graphs that are run by --watch, if it is requested."""
        if self.trace is not None or self.record is not None or self.profile:
            raise typer.BadParameter("--profile, --trace and --record are of one run: leave out --watch")
        if not self.page:
            yield None
            return
        from mpgraph.visualizer.live import LiveViews

        views = LiveViews()
        file = page_file(graph) if is_python_graph(graph) else graph_file(graph)
        with _served_page(file, "", views.routes, self.browser) as server:
            yield WatchedPage(server.session, views, graph, file)

    @contextmanager
    def attached_to(self, session: GraphSession, graph: Path) -> Iterator[None]:
        """Instrument the run in the body. A run that fails leaves its recording, trace and table, too."""
        with ExitStack() as stack:
            if self.record is not None:
                from mpgraph.testing import record

                recording = record(session.graph, self.record, outputs=False, overwrite=True)
                stack.callback(_report_recording, stack.enter_context(recording), self.record)
            if self.page:
                stack.enter_context(_live_page(session, graph, self.browser))
            if self.trace is not None:
                stack.callback(_save_trace, stack.enter_context(session.graph.trace()), self.trace)
            if self.profile:
                trace = session.graph.trace(every_call=True)
                stack.callback(_print_profile, stack.enter_context(trace))
            yield

    @contextmanager
    def attached_to_text(self, session: GraphSession, text: str, name: str) -> Iterator[None]:
        """Instrument the run of a graph that is not a file. name: for the page, as of a file."""
        with tempfile.TemporaryDirectory() as folder:
            graph = Path(folder) / name
            graph.write_text(text, "utf-8")
            with self.attached_to(session, graph):
                yield


def _report_recording(recorder: GraphRecorder, file: Path) -> None:
    echo(f"{file}: {counted(recorder.sent, 'packet')} (mpgraph replay {file})")


def _save_trace(trace: Trace, file: Path) -> None:
    trace.save(file)
    echo(f"{file}: {len(trace.timeline().slices)} calls")


def _print_profile(trace: Trace) -> None:
    from mpgraph.profiling.report import text_table

    rows = [replace(row, calculator=_shortened(row.calculator)) for row in trace.profile()]
    if rows:
        rows.sort(key=lambda row: -row.time_total)
        echo(text_table(rows, _PROFILE_COLUMNS))


def _shortened(name: str) -> str:
    """The end of a long name: nodes inside subgraphs differ there."""
    return name if len(name) <= _NAME_WIDTH else f"…{name[1 - _NAME_WIDTH :]}"


@contextmanager
def _served_page(file: Path, text: str, routes: Mapping[str, Route], browser: bool) -> Iterator[PageServer]:
    from mpgraph.visualizer.page_session import PageSession
    from mpgraph.visualizer.server import PageServer

    session = PageSession([file], texts={str(file): text}, extras={"live": True})
    with PageServer(session, routes=routes) as server:
        echo(f"The running graph: {server.url}")
        if browser and not server.open_browser():
            show_warning("cannot open a browser; open this address yourself")
        yield server


@contextmanager
def _live_page(session: GraphSession, graph: Path, browser: bool) -> Iterator[None]:
    from mpgraph.visualizer.live import LiveView

    view = LiveView(session.graph, session.model)
    is_python = is_python_graph(graph)
    file = page_file(graph) if is_python else graph_file(graph)
    text = text_of(session.graph) if is_python else ""
    with _served_page(file, text, view.routes, browser) as server:
        code = 0
        try:
            yield
            echo("The run has ended; the page stays available until Ctrl-C.")
        except MpgraphError as error:
            view.fail(error, str(file))
            code = exit_code_for(error)
            echo("The run has failed; the page shows the error, and stays available until Ctrl-C.")
        with suppress(KeyboardInterrupt):
            server.wait()
        if code:
            raise typer.Exit(code)
