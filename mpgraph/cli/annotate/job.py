"""What a command does, whatever its inputs are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from mpgraph.cli.annotate.data_files import DataFile, Frame
from mpgraph.cli.annotate.graph_text import GraphOptions, graph_text
from mpgraph.cli.annotate.parts import Part
from mpgraph.cli.annotate.session import SolutionSession
from mpgraph.cli.annotate.solution import Solution
from mpgraph.cli.run.instrumentation import RunInstrumentation


@dataclass(frozen=True)
class Job:
    """A solution with the options of its command.

    parts: what the solution finds. data_files: receive what is found.
    """

    solution: Solution
    options: GraphOptions
    parts: Sequence[Part]
    data_files: Sequence[DataFile]
    instrumentation: RunInstrumentation

    @contextmanager
    def session(
        self, file: str = "", *, images: bool = False, record: Callable[[Frame], None] | None = None
    ) -> Iterator[SolutionSession]:
        """Yield a session for the frames of a video or camera, or for unrelated images; not started yet.

        file: the file's name in the data. record: receives what was found, instead of the data files.
        """
        text = graph_text(self.solution, self.options, images=images)
        session = SolutionSession(text, self.parts, file, record or self.record)
        with self.instrumentation.attached_to_text(session, text, self.solution.graph):
            yield session

    def record(self, frame: Frame) -> None:
        """Write what was found in a frame to the data files."""
        for file in self.data_files:
            file.add(frame)

    def described(self, count: int) -> str:
        """A number of what was found, such as "2 hands" or "no hands"."""
        return f"{count or 'no'} {self.solution.noun if count == 1 else self.solution.nouns}"
