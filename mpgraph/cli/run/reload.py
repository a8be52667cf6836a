"""Reload a graph and the user's modules when their files change; roll the modules back if that fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mpgraph.cli.arguments import graph_file
from mpgraph.cli.console import error_lines, show_error
from mpgraph.cli.python_graphs import is_python_graph, python_file
from mpgraph.cli.run.file_watcher import FileWatcher
from mpgraph.cli.run.graph_session import GraphSession
from mpgraph.cli.user_modules import UnloadedModules, UserModules
from mpgraph.config.model import GraphModel
from mpgraph.config.validation.diagnostics import ERROR, diagnose
from mpgraph.errors import Location, MpgraphError
from mpgraph.framework.resources import find_resource

if TYPE_CHECKING:
    from mpgraph.cli.run.instrumentation import WatchedPage

_FILE_NAME = re.compile(r"""["']([^"'\\]+\.\w+)["']""")


class GraphReloader:
    """Creates sessions of one graph: the first one, and another whenever its files have changed.

    graph: the graph file, or FILE.py:NAME. load_session: loads it. modules: the user's modules, which are
        reloaded too.
    extra: other files to watch, such as the input. files: reports changes. page: shows the running graph.
    """

    def __init__(
        self,
        graph: Path,
        load_session: Callable[[], GraphSession],
        modules: UserModules,
        extra: Iterable[Path] = (),
        page: WatchedPage | None = None,
    ) -> None:
        self._graph = python_file(graph) if is_python_graph(graph) else graph_file(graph)
        self._is_python = is_python_graph(graph)
        self._load_session = load_session
        self._modules = modules
        self._extra = tuple(extra)
        self._page = page
        self.files = FileWatcher()
        self.files.watch(self._known_files())
        self._previous: UnloadedModules | None = None
        self._failed = False

    def load(self, changed: Sequence[Path] = ()) -> GraphSession | None:
        """Load the graph, after reloading the user's modules if one of them changed.

        Returns a session, to be passed to `accept` or `refuse`. If the graph or a module has errors, reports
        them, restores the previous modules and returns None.
        """
        if changed and (self._failed or any(file.suffix == ".py" for file in changed)):
            self._previous = self._modules.unload()
        lines: list[str] = []
        locations: list[Location] = []
        try:
            self._modules.load()
            lines = [] if self._is_python else self._errors()
            session = None if lines else self._load_session()
        except MpgraphError as error:
            lines = list(error_lines(error))
            locations = [error.location] if error.location else []
        if lines:
            self._roll_back(lines, [Path(location.file) for location in locations])
            return None
        assert session is not None
        if self._page is not None:
            self._page.add(session)
        self.files.watch([*self._known_files(), *files_of(session.model)])
        return session

    def _errors(self) -> list[str]:
        return [str(found) for found in diagnose(self._graph) if found.severity == ERROR]

    def accept(self, changed: Iterable[Path]) -> None:
        """Keep the modules of a session that works, and report the files whose change it includes."""
        self._previous = None
        self._failed = False
        names = ", ".join(dict.fromkeys(file.name for file in changed))
        if names:
            typer.echo(typer.style("reloaded", fg="green", bold=True) + f": {names} changed", err=True)

    def refuse(self, error: Exception) -> None:
        """Report why a session failed, and restore the user's modules of the session before it."""
        if self._page is not None and isinstance(error, MpgraphError):
            self._page.fail(error)
        self._roll_back(list(error_lines(error)))

    def _roll_back(self, lines: Iterable[str], failing: Iterable[Path] = ()) -> None:
        for line in dict.fromkeys(lines):
            show_error(line)
        self._failed = True
        modules = [*self._modules.files(), *failing]
        if self._previous is not None:
            self._modules.restore(self._previous)
            self._previous = None
            modules += self._modules.files()
        # The fix may be a new file, such as a missing module or subgraph, next to the existing ones.
        folders = {Path(), self._graph.parent, *(file.parent for file in modules)}
        self.files.watch_more(modules, folders)

    def _known_files(self) -> list[Path]:
        return [self._graph, *self._modules.files(), *self._extra]


def files_of(model: GraphModel) -> Iterator[Path]:
    """Yield the files that a graph consists of: its subgraphs, and models and others named in options."""
    for node in model.nodes:
        for location in (node.location, *(use.location for use in node.path)):
            if location is not None and not location.file.startswith("<"):
                yield Path(location.file)
        for name in _FILE_NAME.findall(str(node.options)):
            try:
                yield find_resource(name)
            except MpgraphError:
                continue  # Not a file name after all, or a file that does not exist.
