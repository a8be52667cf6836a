"""Tables for the terminal and for Markdown files, and a progress bar for the measurements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as RichTable

_FOLDED = 20  # longer tables are folded on GitHub

GOOD, MISSED = "yes", "**no**"


@dataclass
class Table:
    """Rows of text with a title above and a note below."""

    title: str
    columns: Sequence[str]
    note: str = ""
    rows: list[tuple[str, ...]] = field(default_factory=list)

    def add(self, *cells: object) -> None:
        """Append a row."""
        self.rows.append(tuple(str(cell) for cell in cells))

    def markdown(self) -> str:
        """The table in GitHub's Markdown."""
        lines = [f"### {self.title}", ""]
        rows = ["| " + " | ".join(self.columns) + " |", "|" + "---|" * len(self.columns)]
        rows += ["| " + " | ".join(row) + " |" for row in self.rows]
        if len(self.rows) > _FOLDED:
            summary = f"<details><summary>{len(self.rows)} rows</summary>"
            rows = [summary, "", *rows, "", "</details>"]
        return "\n".join([*lines, *rows, *(["", self.note] if self.note else []), ""])

    def show(self, console: Console) -> None:
        """Print the table on a terminal."""
        table = RichTable(*self.columns, title=self.title, caption=self.note or None)
        for row in self.rows:
            bad = MISSED in row
            table.add_row(*(cell.strip("*") for cell in row), style="bold red" if bad else None)
        console.print(table)


class Report:
    """Prints tables as they are completed, and a progress bar in between.

    markdown: print plain Markdown instead of tables for a terminal.
    """

    def __init__(self, *, markdown: bool) -> None:
        self._markdown = markdown
        self._console = Console()
        log = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=log,
            transient=True,
            disable=not log.is_terminal,
        )
        self._task = self._progress.add_task("", total=None)

    def begin(self, what: str, steps: int) -> None:
        """Announce the next section and its number of steps."""
        self._progress.reset(self._task, description=what, total=steps)

    def step(self) -> None:
        """Advance the progress bar by one step."""
        self._progress.advance(self._task)

    def show(self, table: Table) -> None:
        """Print a completed table."""
        if self._markdown:
            print(table.markdown(), flush=True)
        else:
            table.show(self._console)

    def __enter__(self) -> Report:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()


def verdict(good: bool) -> str:
    """The table cell for whether a target is met."""
    return GOOD if good else MISSED
