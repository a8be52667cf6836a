"""The `mpgraph` program: its commands, global options and exit codes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any

import typer
from typer.main import get_command

import mpgraph
from mpgraph.cli.address_space import warn_of_little
from mpgraph.cli.annotate.command import command_of
from mpgraph.cli.annotate.table import SOLUTIONS
from mpgraph.cli.calculators import calculators
from mpgraph.cli.check import check
from mpgraph.cli.console import echo, exit_code_for, show_library_warnings
from mpgraph.cli.demo import demo
from mpgraph.cli.doctor import doctor
from mpgraph.cli.fmt import fmt
from mpgraph.cli.interrupts import INTERRUPTED, terminate_like_interrupt
from mpgraph.cli.lsp import lsp
from mpgraph.cli.map import map_files
from mpgraph.cli.new.command import new
from mpgraph.cli.profile import profile
from mpgraph.cli.replay import replay
from mpgraph.cli.run.command import run as run_command
from mpgraph.cli.selfie.command import selfie
from mpgraph.cli.user_modules import UserModules, split_module_options
from mpgraph.cli.viz import viz
from mpgraph.cli.web import web

DEBUG_VARIABLE = "MPGRAPH_DEBUG"
WATCH_OPTIONS = {"--watch", "-w"}
"""Options of `mpgraph run` under which the command itself imports the modules given with --module."""

COMMANDS: dict[str, Callable[..., Any]] = {
    "selfie": selfie,
    **{solution.name: command_of(solution) for solution in SOLUTIONS},
    "run": run_command,
    "map": map_files,
    "replay": replay,
    "demo": demo,
    "viz": viz,
    "web": web,
    "check": check,
    "fmt": fmt,
    "lsp": lsp,
    "calculators": calculators,
    "new": new,
    "profile": profile,
    "doctor": doctor,
}
"""Functions by command name, in the order of `mpgraph --help`. Docstring and annotations are the help."""


def run(arguments: Sequence[str]) -> int:
    """Run one command and return the exit code: 0, 1 for a failure, 2 for wrong usage, 130 for Ctrl-C."""
    # --debug is accepted anywhere, because users append it to a command line that has just failed.
    debug = is_debugging(arguments)
    show_library_warnings()
    warn_of_little()
    try:
        with terminate_like_interrupt():
            names, rest = split_module_options([argument for argument in arguments if argument != "--debug"])
            modules = UserModules(names)
            if WATCH_OPTIONS.isdisjoint(rest):  # --watch reports import errors and waits for a fix.
                modules.load()
            program = build(COMMANDS.keys() & rest[:1] or COMMANDS)
            result = program(rest or ["--help"], prog_name="mpgraph", standalone_mode=False, obj=modules)
    except BaseException as error:
        if debug and isinstance(error, Exception):
            raise
        result = exit_code_for(error)
    code = result if isinstance(result, int) else 0
    if code == INTERRUPTED:
        echo("interrupted", err=True)
    return code


def is_debugging(arguments: Sequence[str]) -> bool:
    """Whether the user requests tracebacks and all output of native libraries."""
    return "--debug" in arguments or os.environ.get(DEBUG_VARIABLE, "0") not in ("", "0")


def build(names: Iterable[str] = COMMANDS) -> Any:
    """Return the program with the commands of these names, as a command of click.

    All 21 take 40 ms, a fifth of what most commands need to start.
    """
    help_names = {"help_option_names": ["-h", "--help"]}
    app = typer.Typer(
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings=help_names,
    )
    app.callback()(_program)
    for name in names:
        app.command(name)(COMMANDS[name])
    program: Any = get_command(app)
    for command in (program, *program.commands.values()):
        _hide_types_of_flags(command, help_names)
    return program


def _hide_types_of_flags(command: Any, settings: dict[str, Any]) -> None:
    """Show flags in the help without "<bool>", the type of a value that they do not take."""
    help_option = command.get_help_option(command.context_class(command, **settings))
    for option in (*command.params, help_option):
        if getattr(option, "is_flag", False):
            option.metavar = ""


def _print_version(requested: bool) -> None:
    if requested:
        echo(f"mpgraph {mpgraph.__version__}")
        raise typer.Exit


def _program(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show a traceback for errors. (Also: MPGRAPH_DEBUG=1)")
    ] = False,
    module: Annotated[
        list[str] | None,
        typer.Option(
            "--module",
            metavar="NAME",
            help="First import this module or .py file, which registers your calculators.",
        ),
    ] = None,
) -> None:
    """Run MediaPipe graphs, and cut people out of images and videos.

    [bold]mpgraph demo[/bold] is a quick start; [bold]mpgraph COMMAND --help[/bold] shows examples.
    """
