"""Example nodes for calculators, ready to be pasted into a graph."""

from __future__ import annotations

from collections.abc import Iterable

from mpgraph.config.describe.description import PORT_TITLES, Description, PortDescription
from mpgraph.config.describe.option_descriptions import OptionDescription
from mpgraph.config.port_lists import INPUT, OUTPUT

_URL = "type.googleapis.com/"
_PLACEHOLDERS = {"bool": "false", "str": '""', "bytes": '""', "string": '""'}


def example_node(description: Description) -> str:
    """Return the text of a node with all required ports and options.

    Optional ports, and options with their defaults, are comments.
    """
    lines = ["node {", f'  calculator: "{description.name}"']
    taken: set[str] = set()
    for port_list in PORT_TITLES:
        for port in description.ports_of(port_list):
            name = _name_for(port, taken)
            entry = f"{port.tag}:{port.index}:{name}" if port.index or port.repeated else f"{port.tag}:{name}"
            mark = "# " if port.optional else ""
            lines.append(f'  {mark}{port.list}: "{entry if port.tag else name}"')
    if not description.ports:
        lines.append("  # its streams and side packets")
    lines += _options(description)
    return "\n".join([*lines, "}"]) + "\n"


def _name_for(port: PortDescription, taken: set[str]) -> str:
    """A name for the stream, derived from the tag or the attribute, and unique in the node."""
    base = (port.tag or port.name).lower() or ("in" if port.list == INPUT else "out")
    if port.index:
        base = f"{base}_{port.index}"
    name = base if base not in taken else f"{'out' if port.list == OUTPUT else 'side'}_{base}"
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def _options(description: Description) -> list[str]:
    if not description.options:
        return []
    key = f"{_URL}{description.options_type}"
    holder = "node_options"
    if description.extension:
        holder, key = "options", f"{description.options_type}.ext"
    fields = [f"      {line}" for line in _fields(description.options)]
    return [f"  {holder} {{", f"    [{key}] {{", *fields, "    }", "  }"]


def _fields(options: Iterable[OptionDescription]) -> list[str]:
    lines = []
    for option in options:
        if option.required and option.fields:
            lines += [f"{option.name} {{", *(f"  {line}" for line in _fields(option.fields)), "}"]
        elif option.required:
            lines.append(f"{option.name}: {_placeholder(option)}")
        elif option.default:
            lines.append(f"# {option.name}: {option.default}")
    return lines


def _placeholder(option: OptionDescription) -> str:
    """A placeholder of the option's type."""
    if option.choices:
        value = option.choices[0]
        return f'"{value}"' if option.type.startswith("str") else value
    return _PLACEHOLDERS.get(option.type.partition(" ")[0], "1")
