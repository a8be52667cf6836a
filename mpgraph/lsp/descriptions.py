"""Descriptions: what is known of the calculators and subgraphs that a file may name, also as Markdown."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import lru_cache

from mpgraph.config.describe.description import PORT_TITLES, Description, PortDescription
from mpgraph.config.describe.graph_files import describe_graph
from mpgraph.config.describe.option_descriptions import OptionDescription
from mpgraph.config.describe.registered import describe
from mpgraph.config.expansion.subgraphs import SubgraphNames
from mpgraph.config.source import GraphSource
from mpgraph.errors import MpgraphError
from mpgraph.framework.registry import CALCULATORS


class Descriptions:
    """The calculators and subgraphs as of one moment: files that change need a new one."""

    def __init__(self) -> None:
        self.subgraphs = SubgraphNames(lenient=True)

    def names(self, file: str) -> list[str]:
        """The names that nodes of a file may use, sorted."""
        return sorted({*CALCULATORS.names(), *self.subgraphs.names(file)})

    def find(self, name: str, file: str) -> Description | None:
        """The description of a calculator or subgraph that a file names, None for an unknown one."""
        try:
            found = self.subgraphs.find(name, "", file) if name else None
            return describe_graph(name, found) if isinstance(found, GraphSource) else _described(name)
        except (MpgraphError, ImportError):
            return None

    def file_of(self, name: str, file: str) -> str | None:
        """The file of the subgraph that a file names."""
        try:
            found = self.subgraphs.find(name, "", file)
        except MpgraphError:
            return None
        return os.path.abspath(found.file) if isinstance(found, GraphSource) else None


_described = lru_cache(1024)(describe)


def options_at(description: Description, path: Sequence[str]) -> Sequence[OptionDescription]:
    """The options in a block of a node's options. path: its names below the options' own block."""
    options: Sequence[OptionDescription] = description.options
    for name in path:
        options = next((each.fields for each in options if each.name == name), ())
    return options


def calculator_text(description: Description) -> str:
    """A calculator or subgraph as Markdown: what it does, its ports and options."""
    return "\n".join(_calculator_lines(description))


def _calculator_lines(description: Description) -> Iterator[str]:
    yield f"**{description.name}** ({description.kind}, {description.origin})"
    if description.doc:
        yield f"\n{description.doc}"
    for port_list, title in PORT_TITLES.items():
        if ports := description.ports_of(port_list):
            yield f"\n{title}\n"
            yield from (f"- {port_text(port)}" for port in ports)
    if description.contract:
        yield f"\n{description.contract}"
    if description.options:
        yield f"\nOptions `{description.options_type}`\n"
        yield from (f"- {option_text(option)}" for option in description.options)


def port_text(port: PortDescription) -> str:
    """A port as one line of Markdown."""
    details = [" or ".join(port.types) or ("any type" if port.same_as is None else f"as {port.same_as}")]
    details += ["optional"] * port.optional + ["repeated"] * port.repeated
    label = f"`{port.label}`" if port.label else "without a tag"
    return f"{label}: {', '.join(details)}" + (f". {port.doc}" if port.doc else "")


def option_text(option: OptionDescription) -> str:
    """An option as one line of Markdown."""
    default = f" = {option.default}" if option.default else ""
    many = "repeated " if option.repeated else ""
    choices = f" One of {', '.join(option.choices)}." if option.choices else ""
    return f"`{option.name}`: {many}{option.type}{default}.{choices}" + (
        f" {option.doc}" if option.doc else ""
    )
