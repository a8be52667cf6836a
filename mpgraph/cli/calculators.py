"""`mpgraph calculators`: list the registered calculators and subgraphs, or document one of them."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from mpgraph.cli.console import echo

if TYPE_CHECKING:
    from mpgraph.config.describe.description import Description, PortDescription
    from mpgraph.config.describe.option_descriptions import OptionDescription

_MAX_COLUMN_WIDTH = 44


def calculators(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="The calculator or subgraph to document.", show_default=False),
    ] = None,
    search: Annotated[
        str, typer.Option("--search", metavar="TEXT", help="List only names and summaries with this text.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the calculators and subgraphs that graphs can name, or document one of them.

    Includes your own: from plug-ins, from modules given with --module, and from
    graph files in the current folder.

    \b
    Examples:
      mpgraph calculators
      mpgraph calculators --search image
      mpgraph calculators GateCalculator
      mpgraph calculators BlurCalculator --module blur_calculator
    """
    from mpgraph.cli.console import show_warning
    from mpgraph.config.describe.registered import describe, describe_all

    if name is not None:
        if search:
            raise typer.BadParameter("give a NAME or --search, not both")
        description = describe(name)
        typer.echo(_json_of(description) if as_json else _page(description))
        return
    known, errors = describe_all()
    for error in errors:
        show_warning(str(error))
    found = [each for each in known if search.lower() in f"{each.name} {each.summary}".lower()]
    if as_json:
        typer.echo("[\n" + ",\n".join(map(_json_of, found)) + "\n]")
    elif found:
        typer.echo(_listing(found, grouped=not search))
    else:
        echo(f'none of the {len(known)} names and summaries contains "{search}"', err=True)
        raise typer.Exit(1)


def _json_of(description: Description) -> str:
    """The description as a JSON object, with an example node."""
    from mpgraph.config.describe.example_node import example_node

    values = {**description.as_dict(), "example": example_node(description)}
    return json.dumps(values, indent=2, ensure_ascii=False)


def _listing(descriptions: Iterable[Description], *, grouped: bool) -> str:
    """Names with their summaries, by origin; mpgraph's own last, because there are many.

    grouped: combine calculators that differ only in their packet type into one line.
    """
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    ordered = sorted(
        descriptions, key=lambda each: (each.origin.startswith("mpgraph, "), each.origin, each.name)
    )
    lines: list[str] = []
    for origin, group in groupby(ordered, lambda each: each.origin):
        rows = list(_rows(group, grouped))
        column = max(len(name) for name, _ in rows) + 2
        lines += ["", _heading(origin)] if lines else [_heading(origin)]
        lines += [_shortened(f"  {name:{column}}{summary}".rstrip(), width) for name, summary in rows]
    return "\n".join(lines)


def _rows(descriptions: Iterable[Description], grouped: bool) -> Iterator[tuple[str, str]]:
    """Names and summaries; `BeginLoop*Calculator` for several with the same summary and such names."""
    from mpgraph.config.describe.description import SUBGRAPH

    families: dict[str, list[Description]] = {}
    for each in descriptions:
        families.setdefault(each.summary if grouped and each.summary else each.name, []).append(each)
    for family in families.values():
        first, names = family[0], [each.name for each in family]
        start, end = _common_prefix(names), _common_prefix([name[::-1] for name in names])[::-1]
        mark = "(subgraph) " if first.kind == SUBGRAPH else ""
        if len(family) > 2 and start and end:
            yield f"{start}*{end}", f"{mark}{first.summary} ({len(family)} types)"
        else:
            yield from ((name, f"{mark}{first.summary}") for name in names)


def _common_prefix(names: Sequence[str]) -> str:
    least, greatest = min(names), max(names)
    return next((least[:i] for i, c in enumerate(least) if greatest[i : i + 1] != c), least)


def _page(description: Description) -> str:
    """The documentation of a calculator or subgraph as text."""
    from mpgraph.config.describe.description import PORT_TITLES
    from mpgraph.config.describe.example_node import example_node

    title = f"{_heading(description.name)}  {description.kind}, {description.origin}"
    location = description.location
    blocks = [
        title if location is None else f"{title}\n{location.file}:{location.line}",
        description.doc,
        *(_ports(description.ports_of(port_list), title) for port_list, title in PORT_TITLES.items()),
        f"{_heading('Contract')}\n  {description.contract}" if description.contract else "",
        _options(description),
        _behaviour(description),
        f"{_heading('Example')}\n{_indented(example_node(description))}",
    ]
    return "\n\n".join(block for block in blocks if block)


def _heading(text: str) -> str:
    return typer.style(text, bold=True)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" if line else "" for line in text.rstrip().split("\n"))


def _shortened(line: str, width: int) -> str:
    return line if not width or len(line) <= width else line[: width - 1] + "…"


def _ports(ports: Sequence[PortDescription], title: str) -> str:
    if not ports:
        return ""
    rows = [(_port_name(port), _port_type(port), _port_notes(port)) for port in ports]
    return "\n".join([_heading(title), *_table(rows)])


def _port_name(port: PortDescription) -> str:
    label = port.label or "(no tag)"
    return f"{label} ..." if port.repeated else label


def _port_type(port: PortDescription) -> str:
    if port.same_as is not None:
        return f"same as {port.same_as}" if port.same_as else "same as the untagged input"
    return " | ".join(port.types) or "any type"


def _port_notes(port: PortDescription) -> str:
    notes = ", ".join(filter(None, ["any number" * port.repeated, "optional" * port.optional]))
    return f"{notes}: {port.doc}" if notes and port.doc else notes or port.doc


def _options(description: Description) -> str:
    if not description.options_type:
        return ""
    title = f"{_heading('Options')}  {description.options_type}"
    doc = _indented(description.options_doc) if description.options_doc else ""
    rows = list(_option_rows(description.options)) or [("(none)", "", "")]
    return "\n".join(filter(None, [title, doc, *_table(rows)]))


def _option_rows(options: Iterable[OptionDescription], prefix: str = "") -> Iterator[tuple[str, str, str]]:
    for option in options:
        type_name = f"list of {option.type}" if option.repeated else option.type
        notes = [
            "required" if option.required else "",
            f"one of {', '.join(option.choices)}" if option.choices else "",
            f"only one of the group {option.one_of}" if option.one_of else "",
            option.doc,
        ]
        value = f"{type_name} = {option.default}" if option.default else type_name
        yield prefix + option.name, value, "; ".join(filter(None, notes))
        inner = f"{prefix}{option.name}{'[]' if option.repeated else ''}."
        yield from _option_rows(option.fields, inner)


def _behaviour(description: Description) -> str:
    """The class attributes that differ from their defaults, in words."""
    offset = description.timestamp_offset
    handler = description.input_stream_handler
    notes = [
        "Runs on an executor's threads, because it blocks or takes long." * description.blocking,
        f"Processes up to {description.max_in_flight} timestamps in parallel."
        if description.max_in_flight > 1
        else "",
        "" if offset is None else f"An input at timestamp t settles the outputs up to {_sum('t', offset)}.",
        "Is also called for timestamps that are settled without a packet."
        * description.process_timestamp_bounds,
        f"Input stream handler: {handler}." if handler else "",
    ]
    lines = [f"  {note}" for note in notes if note]
    return "\n".join([_heading("Behaviour"), *lines]) if lines else ""


def _sum(name: str, offset: int) -> str:
    return name if not offset else f"{name} {'+' if offset > 0 else '-'} {abs(offset)}"


def _table(rows: Sequence[tuple[str, str, str]]) -> list[str]:
    """Rows in columns; a very wide cell does not push the other rows' columns to the right."""
    widths = [min(max(len(row[i]) for row in rows), _MAX_COLUMN_WIDTH) for i in (0, 1)]
    return [f"  {a:{widths[0]}}  {b:{widths[1]}}  {c}".rstrip() for a, b, c in rows]
