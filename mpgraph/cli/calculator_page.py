"""Descriptions of calculators as people read them in a terminal, and as programs do."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import typer

from mpgraph.config.describe.description import DESCRIPTION_ORDER, SUBGRAPH, Description, PortDescription
from mpgraph.config.describe.example_node import example_node
from mpgraph.config.describe.option_descriptions import OptionDescription

_TITLES = {
    "input_stream": "Input streams",
    "output_stream": "Output streams",
    "input_side_packet": "Input side packets",
    "output_side_packet": "Output side packets",
}


def listing(descriptions: Iterable[Description], *, short: bool) -> str:
    """The names with their summaries, by origin; mpgraph's own last, as there are many.

    short: give calculators that differ only in the type of their packets one line.
    """
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    ordered = sorted(descriptions, key=lambda one: (one.origin.startswith("mpgraph, "), one.origin, one.name))
    lines: list[str] = []
    for origin, group in groupby(ordered, lambda one: one.origin):
        rows = list(_rows(group, short))
        column = max(len(name) for name, _ in rows) + 2
        lines += ["", _heading(origin)] if lines else [_heading(origin)]
        lines += [_cut(f"  {name:{column}}{summary}".rstrip(), width) for name, summary in rows]
    return "\n".join(lines)


def _rows(descriptions: Iterable[Description], short: bool) -> Iterator[tuple[str, str]]:
    """Names and summaries; `BeginLoop*Calculator` for all with one summary whose names differ there."""
    families: dict[str, list[Description]] = {}
    for one in descriptions:
        families.setdefault(one.summary if short and one.summary else one.name, []).append(one)
    for family in families.values():
        first, names = family[0], [one.name for one in family]
        start, end = _shared_start(names), _shared_start([name[::-1] for name in names])[::-1]
        mark = "(subgraph) " if first.kind == SUBGRAPH else ""
        if len(family) > 2 and start and end:
            yield f"{start}*{end}", f"{mark}{first.summary} ({len(family)} types)"
        else:
            yield from ((name, f"{mark}{first.summary}") for name in names)


def _shared_start(names: Sequence[str]) -> str:
    """What all the names begin with."""
    least, greatest = min(names), max(names)
    return next((least[:i] for i, c in enumerate(least) if greatest[i : i + 1] != c), least)


def page(description: Description) -> str:
    """All that is known of one, for people."""
    title = f"{_heading(description.name)}  {description.kind}, {description.origin}"
    blocks = [
        "\n".join(filter(None, [title, _place(description)])),
        description.doc,
        *(_ports(description.ports_of(port_list), _TITLES[port_list]) for port_list in DESCRIPTION_ORDER),
        f"{_heading('Contract')}\n  {description.contract}" if description.contract else "",
        _options(description),
        _behaviour(description),
        f"{_heading('Example')}\n{_indented(example_node(description))}",
    ]
    return "\n\n".join(block for block in blocks if block)


def json_of(descriptions: Iterable[Description]) -> list[str]:
    """Each description as a JSON object, with the example."""
    return [
        json.dumps({**one.as_dict(), "example": example_node(one)}, indent=2, ensure_ascii=False)
        for one in descriptions
    ]


def _heading(text: str) -> str:
    return typer.style(text, bold=True)


def _place(description: Description) -> str:
    place = description.location
    return f"{place.file}:{place.line}" if place is not None else ""


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" if line else "" for line in text.rstrip().split("\n"))


def _cut(line: str, width: int) -> str:
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
        return f"as {port.same_as}" if port.same_as else "as the input without tag"
    return " | ".join(port.types) or "any type"


def _port_notes(port: PortDescription) -> str:
    notes = [
        "any number" if port.repeated else "",
        "optional" if port.optional else "",
    ]
    short = ", ".join(filter(None, notes))
    return f"{short}: {port.doc}" if short and port.doc else short or port.doc


def _options(description: Description) -> str:
    if not description.options_type:
        return ""
    title = f"{_heading('Options')}  {description.options_type}"
    doc = _indented(description.options_doc) if description.options_doc else ""
    rows = list(_option_rows(description.options)) or [("(none)", "", "")]
    return "\n".join(filter(None, [title, doc, *_table(rows)]))


def _option_rows(options: Iterable[OptionDescription], prefix: str = "") -> Iterator[tuple[str, str, str]]:
    for option in options:
        kind = f"list of {option.type}" if option.repeated else option.type
        notes = [
            "required" if option.required else "",
            f"one of {', '.join(option.choices)}" if option.choices else "",
            f"only one of the group {option.one_of}" if option.one_of else "",
            option.doc,
        ]
        value = f"{kind} = {option.default}" if option.default else kind
        yield prefix + option.name, value, "; ".join(filter(None, notes))
        inner = f"{prefix}{option.name}{'[]' if option.repeated else ''}."
        yield from _option_rows(option.fields, inner)


def _behaviour(description: Description) -> str:
    """What the class attributes say, where that is not the usual."""
    offset = description.timestamp_offset
    said = [
        "Runs on an executor's threads, as it blocks or takes long." if description.blocking else "",
        f"Works on up to {description.max_in_flight} times at once." if description.max_in_flight > 1 else "",
        "" if offset is None else f"An input at time t settles the outputs up to {_sum('t', offset)}.",
        "Is called for times that are settled without a packet, too."
        if description.process_timestamp_bounds
        else "",
        f"Input stream handler: {description.input_stream_handler}."
        if description.input_stream_handler
        else "",
    ]
    lines = [f"  {line}" for line in said if line]
    return "\n".join([_heading("Behaviour"), *lines]) if lines else ""


def _sum(name: str, offset: int) -> str:
    return name if not offset else f"{name} {'+' if offset > 0 else '-'} {abs(offset)}"


def _table(rows: Sequence[tuple[str, str, str]]) -> list[str]:
    """Rows in columns; a column that is very wide does not push the others away."""
    widths = [min(max(len(row[i]) for row in rows), 44) for i in (0, 1)]
    return [f"  {a:{widths[0]}}  {b:{widths[1]}}  {c}".rstrip() for a, b, c in rows]
