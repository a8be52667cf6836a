"""`mpgraph doctor`: what is installed, what is found, and whether the main job works."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, NamedTuple

import typer


class CheckResult(NamedTuple):
    """One line of the report. state: True good, False wrong, None neither."""

    topic: str
    text: str
    state: bool | None = True


def doctor(
    quick: Annotated[bool, typer.Option("--quick", help="Leave out the trial run of the network.")] = False,
) -> None:
    """Report versions, inference backends, video, display, GPU, models, plug-ins, and try the main job.

    Exits with 1 if the main job, segmenting a picture, cannot work here.

    \b
    Example:
      mpgraph doctor
    """
    from mpgraph.cli import diagnosis

    broken = False
    for finding in _findings(quick):
        mark, color = {True: ("ok", "green"), False: ("!!", "red"), None: ("--", "yellow")}[finding.state]
        typer.echo(f"{typer.style(mark, fg=color)}  {finding.topic:<10}  {finding.text}")
        broken = broken or (finding.state is False and finding.topic in diagnosis.VITAL)
    if broken:
        raise typer.Exit(1)


def _findings(quick: bool) -> Iterator[CheckResult]:
    from mpgraph.cli import diagnosis

    for check in diagnosis.CHECKS if quick else (*diagnosis.CHECKS, diagnosis.trial):
        for topic, text, state in check():
            yield CheckResult(topic, text, state)
