"""`mpgraph new`: create a calculator or a project from working, tested templates."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from mpgraph.cli.console import echo


class Kind(str, enum.Enum):
    """What to create."""

    CALCULATOR = "calculator"
    PROJECT = "project"


def new(
    kind: Annotated[Kind, typer.Argument(metavar="calculator|project", help="What to create.")],
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of the calculator, or folder of the project.")
    ],
    into: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Folder for a calculator. Default: the project's package, or the working directory.",
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
    """Create a calculator with its test and a graph, or a project: a package that others can install.

    Existing files are never overwritten. Blur, blur and blur_calculator all stand
    for BlurCalculator.

    \b
    Examples:
      mpgraph new calculator Blur
      mpgraph new calculator Blur --function
      mpgraph new project image-effects --calculator Blur
    """
    from mpgraph.cli.new.names import calculator_name, project_name
    from mpgraph.cli.new.scaffold import create_calculator, create_project

    if kind is Kind.CALCULATOR:
        if calculator is not None:
            raise typer.BadParameter("--calculator is for a project; a calculator is named by NAME")
        report = create_calculator(calculator_name(name), into, as_function=function)
    else:
        if function:
            raise typer.BadParameter("--function is for a calculator, not for a project")
        if into is not None:
            raise typer.BadParameter("--into is for a calculator; give the project's path as its NAME")
        folder = Path(name)
        report = create_project(
            folder, project_name(folder), calculator_name(calculator or folder.resolve().name)
        )
    echo(report)
