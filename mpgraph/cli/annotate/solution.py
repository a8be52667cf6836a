"""The description of a solution, from which its command is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Settings = Mapping[str, Any]
"""The values of a command's settings, by name."""


@dataclass(frozen=True)
class Setting:
    """An option of one solution's command, which changes a value in its graph.

    name: that of the option, with underscores. A bool is a flag, off by default.
    default: a bool, an int of at least 1, or one of the keys of `texts`.
    constant: the value that it changes: a side packet of a ConstantSidePacketCalculator, or the name of a
        calculator.
    texts: the value in the graph's text for each value of the option; by default that of text format.
    """

    name: str
    default: bool | int | str
    help: str
    constant: str
    texts: Mapping[Any, str] = field(default_factory=dict)

    def text(self, value: bool | int | str) -> str:
        """Return what the graph's text contains if the option has this value."""
        return self.texts.get(value) or str(value).lower()


@dataclass(frozen=True)
class Solution:
    """A solution: its graph, and what its command can change and says.

    name: that of the command. noun, nouns: what it finds, one and several.
    about: the first sentence of the help. examples: lines of the help.
    graph: the file, one of graphs/annotation.
    for_images: the constants for unrelated images, as in `Setting.constant`, where they differ.
    thresholds: the options of nodes, as "node.field", that --min-detection-confidence and
        --min-tracking-confidence set; the end of the node's name is sufficient.
    """

    name: str
    noun: str
    nouns: str
    about: str
    examples: tuple[str, ...]
    graph: str
    settings: tuple[Setting, ...] = ()
    for_images: Mapping[str, str] = field(default_factory=dict)
    thresholds: Mapping[str, str] = field(default_factory=dict)
