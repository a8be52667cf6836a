"""The commands joined into one program, and how it starts and ends."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

from mpgraph.cli import calculators, check, demo, doctor, fmt, profile, replay, viz
from mpgraph.cli.failures import INTERRUPTED, exit_code_for, show_warnings
from mpgraph.cli.frames.interrupts import terminate_like_interrupt
from mpgraph.cli.modules import UserModules, taken_from
from mpgraph.cli.new.command import new
from mpgraph.cli.run.command import run as run_command
from mpgraph.cli.selfie.command import selfie
from mpgraph.cli.versions import version_of

DEBUG_VARIABLE = "MPGRAPH_DEBUG"
WATCH = {"--watch", "-w"}
"""The option of `mpgraph run`, which then imports the modules given by itself."""

COMMANDS: dict[str, Callable[..., Any]] = {
    "selfie": selfie,
    "run": run_command,
    "replay": replay.replay,
    "demo": demo.demo,
    "viz": viz.viz,
    "check": check.check,
    "fmt": fmt.fmt,
    "calculators": calculators.calculators,
    "new": new,
    "profile": profile.profile,
    "doctor": doctor.doctor,
}
"""Name to function; its docstring and annotations are the command's help. In the order of the help."""


def run(arguments: Sequence[str]) -> int:
    """Run one command and return the exit code: 0, 1 for a failure, 2 for wrong usage, 130 for Ctrl-C."""
    # The switch is accepted at any place, since it is added to a command line that has just failed.
    debug = wants_debugging(arguments)
    show_warnings()
    try:
        with terminate_like_interrupt():
            given, rest = taken_from([argument for argument in arguments if argument != "--debug"])
            modules = UserModules(given)
            if WATCH.isdisjoint(rest):  # Who watches is shown what is wrong, and mends it.
                modules.load()
            outcome = build()(rest or ["--help"], prog_name="mpgraph", standalone_mode=False, obj=modules)
    except BaseException as error:
        if debug and isinstance(error, Exception):
            raise
        outcome = exit_code_for(error)
    code = outcome if isinstance(outcome, int) else 0
    if code == INTERRUPTED:
        typer.echo("interrupted", err=True)
    return code


def wants_debugging(arguments: Sequence[str]) -> bool:
    """Whether the user asks for tracebacks, and for all that libraries print."""
    return "--debug" in arguments or os.environ.get(DEBUG_VARIABLE, "0") not in ("", "0")


def build() -> typer.Typer:
    """Return the program with all its commands."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False)
    app.callback()(_program)
    for name, command in COMMANDS.items():
        app.command(name)(command)
    return app


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mpgraph {version_of('mpgraph') or '(run from its folder, not installed)'}")
        raise typer.Exit


def _program(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where in the code an error arose. (Also: MPGRAPH_DEBUG=1)")
    ] = False,
    module: Annotated[
        list[str] | None,
        typer.Option(
            "--module", metavar="NAME", help="Import this module, or .py file, with your calculators first."
        ),
    ] = None,
) -> None:
    """Run MediaPipe graphs, and cut people out of pictures and videos.

    [bold]mpgraph demo[/bold] needs nothing but a moment; [bold]mpgraph COMMAND --help[/bold] shows examples.
    """
