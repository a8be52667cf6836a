"""`mpgraph new`: a starting point that works and is tested."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer


class Kind(str, enum.Enum):
    """What can be started."""

    CALCULATOR = "calculator"
    PROJECT = "project"


def new(
    kind: Annotated[Kind, typer.Argument(metavar="calculator|project", help="What to start.")],
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The calculator's name, or the project's folder.")
    ],
    into: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Where to put a calculator. Default: the project's package, or the working directory.",
            show_default=False,
        ),
    ] = None,
    function: Annotated[
        bool, typer.Option("--function", help="Write the calculator as a function, the shortest form.")
    ] = False,
    calculator: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="A project's first calculator. Default: named after the project."),
    ] = None,
) -> None:
    """Write a calculator with its test and a graph, or a project: a package that others can install.

    Files that exist are left alone. Blur, blur and blur_calculator all mean
    BlurCalculator.

    \b
    Examples:
      mpgraph new calculator Blur
      mpgraph new calculator Blur --function
      mpgraph new project image-effects --calculator Blur
    """
    from mpgraph.cli.new.names import calculator_name, project_name
    from mpgraph.cli.new.starting_point import start_calculator, start_project

    if kind is Kind.CALCULATOR:
        if calculator is not None:
            raise typer.BadParameter("--calculator is for a project; the calculator's name stands by itself")
        made = start_calculator(calculator_name(name), into, as_function=function)
    else:
        if function:
            raise typer.BadParameter("--function is for a calculator, not for a project")
        if into is not None:
            raise typer.BadParameter("--into is for a calculator; give the project's whole path as its name")
        folder = Path(name)
        made = start_project(
            folder, project_name(folder), calculator_name(calculator or folder.resolve().name)
        )
    typer.echo(made)
