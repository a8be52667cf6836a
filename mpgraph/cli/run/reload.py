"""Loading a graph with its calculators, again and again: what changed, what is wrong, what is good."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import typer

from mpgraph.cli.failures import lines_of, show_error
from mpgraph.cli.modules import Forgotten, UserModules
from mpgraph.cli.run.graph_session import GraphSession
from mpgraph.cli.run.watched_files import WatchedFiles
from mpgraph.config.model import GraphModel
from mpgraph.config.validation.diagnostics import ERROR, diagnose
from mpgraph.errors import Location, MpgraphError
from mpgraph.framework.resources import find_resource

_FILE_NAME = re.compile(r"""["']([^"'\\]+\.\w+)["']""")


class Reload:
    """Makes sessions of one graph: the first one, and another whenever its files have changed.

    graph: the graph's file. make: loads it. modules: the user's, which are imported anew too.
    extra: other files that count, such as the input.
    """

    def __init__(
        self,
        graph: Path,
        make: Callable[[], GraphSession],
        modules: UserModules,
        extra: Iterable[Path] = (),
    ) -> None:
        self._graph = graph
        self._make = make
        self._modules = modules
        self._extra = tuple(extra)
        self._files = WatchedFiles()
        self._files.watch(self._candidates())
        self._before: Forgotten | None = None
        self._was_wrong = False

    def changed(self) -> list[Path]:
        """The files that have changed. Quick: call it at every frame."""
        return self._files.changed()

    def wait(self) -> list[Path]:
        """Wait until files have changed."""
        return self._files.wait()

    def load(self, changed: Sequence[Path] = ()) -> GraphSession | None:
        """Load the graph, and the user's modules anew if one of them changed.

        Returns a session that is to be accepted or refused; None if the graph or a module is wrong,
        which has then been shown, while everything is as it was.
        """
        if changed and (self._was_wrong or any(file.suffix == ".py" for file in changed)):
            self._before = self._modules.forget()
        lines: list[str] = []
        places: list[Location] = []
        try:
            self._modules.load()
            lines = [str(one) for one in diagnose(self._graph) if one.severity == ERROR]
            session = None if lines else self._make()
        except MpgraphError as error:
            lines = list(lines_of(error))
            places = [error.location] if error.location else []
        if lines:
            self._refuse(lines, [Path(place.file) for place in places])
            return None
        assert session is not None
        self._files.watch([*self._candidates(), *files_of(session.model)])
        return session

    def accept(self, changed: Iterable[Path]) -> None:
        """The session runs: forget what was before it, and say so if it is not the first one."""
        self._before = None
        self._was_wrong = False
        names = ", ".join(dict.fromkeys(file.name for file in changed))
        if names:
            typer.echo(typer.style("reloaded", fg="green", bold=True) + f": {names} changed", err=True)

    def refuse(self, error: Exception) -> None:
        """The session fails: show why, and let the user's modules be as they were before it."""
        self._refuse(list(lines_of(error)))

    def _refuse(self, lines: Iterable[str], places: Iterable[Path] = ()) -> None:
        for line in dict.fromkeys(lines):
            show_error(line)
        self._was_wrong = True
        modules = [*self._modules.files(), *places]
        if self._before is not None:
            self._modules.restore(self._before)
            self._before = None
            modules += self._modules.files()
        # What is missing may appear beside what there is.
        folders = {Path(), self._graph.parent, *(file.parent for file in modules)}
        self._files.watch_more(modules, folders)

    def _candidates(self) -> list[Path]:
        return [self._graph, *self._modules.files(), *self._extra]


def files_of(model: GraphModel) -> Iterator[Path]:
    """The files that a graph is made of: its subgraphs', and the models and others that its options name."""
    for node in model.nodes:
        for location in (node.location, *(use.location for use in node.path)):
            if location is not None and not location.file.startswith("<"):
                yield Path(location.file)
        for name in _FILE_NAME.findall(str(node.options)):
            try:
                yield find_resource(name)
            except MpgraphError:
                continue  # It names something else, or a file that is not there.
