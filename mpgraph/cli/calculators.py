"""`mpgraph calculators`: what is registered, and how each is used."""

from __future__ import annotations

from typing import Annotated

import typer


def calculators(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME", help="Document this one: a calculator or a subgraph.", show_default=False
        ),
    ] = None,
    search: Annotated[
        str, typer.Option("--search", metavar="TEXT", help="List those with this in the name or summary.")
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="Print the same as JSON.")] = False,
) -> None:
    """List the calculators and subgraphs that graphs can name, or document one of them.

    With your own too: those of plug-ins, of modules given with --module, and of
    graphs in this folder.

    \b
    Examples:
      mpgraph calculators
      mpgraph calculators --search image
      mpgraph calculators GateCalculator
      mpgraph calculators BlurCalculator --module blur_calculator
    """
    from mpgraph.cli.calculator_page import json_of, listing, page
    from mpgraph.cli.failures import show_warning
    from mpgraph.config.describe.registered import describe, describe_all

    if name is not None:
        if search:
            raise typer.BadParameter("give a NAME or --search, not both")
        description = describe(name)
        typer.echo(json_of([description])[0] if json else page(description))
        return
    found, errors = describe_all()
    for error in errors:
        show_warning(str(error))
    wanted = [one for one in found if search.lower() in f"{one.name} {one.summary}".lower()]
    if json:
        typer.echo("[\n" + ",\n".join(json_of(wanted)) + "\n]")
    elif wanted:
        typer.echo(listing(wanted, short=not search))
    else:
        typer.echo(f'none of the {len(found)} has "{search}" in its name or summary', err=True)
        raise typer.Exit(1)
