"""The streams and side packets of a text: where each is named, which node sends it and which read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mpgraph.errors import InvalidArgumentError
from mpgraph.lsp.outline import Entry, Outline

INPUTS = {"input_stream": "stream", "input_side_packet": "side packet"}
OUTPUTS = {"output_stream": "stream", "output_side_packet": "side packet"}
PORTS = {**INPUTS, **OUTPUTS}
_NAME = re.compile(r"[a-z_][a-z0-9_]*")


@dataclass(frozen=True)
class Use:
    """One use of the name of a stream or side packet.

    kind: "stream" or "side packet". start, end: of the name. sends: whether it comes from there.
    """

    name: str
    kind: str
    entry: Entry
    start: int
    end: int

    @property
    def sends(self) -> bool:
        """Whether the stream comes from here: a graph's input, or the output of a node."""
        return (self.entry.field in INPUTS) != bool(self.entry.block.path)


def uses(outline: Outline) -> Iterator[Use]:
    """Yield the uses in the graph itself, not those in options."""
    for entry in outline.entries:
        kind = PORTS.get(entry.field)
        if kind is not None and entry.block.path in ((), ("node",)):
            start = entry.start + entry.text.rfind(":") + 1
            yield Use(entry.text.rpartition(":")[2], kind, entry, start, entry.end)


def use_at(outline: Outline, offset: int) -> Use | None:
    """The stream or side packet that is named at an offset."""
    return next((each for each in uses(outline) if each.start <= offset <= each.end and each.name), None)


def same(outline: Outline, use: Use) -> list[Use]:
    """All uses of what `use` names."""
    return [each for each in uses(outline) if (each.name, each.kind) == (use.name, use.kind)]


def renamed(outline: Outline, use: Use, name: str) -> list[Use]:
    """Return the uses to change for another name.

    Raises:
        InvalidArgumentError: it is not a name, or that of another stream.
    """
    if not _NAME.fullmatch(name):
        raise InvalidArgumentError(f'"{name}" is not a name of a stream: a to z, 0 to 9 and _ only.')
    if name != use.name and any(each.name == name and each.kind == use.kind for each in uses(outline)):
        raise InvalidArgumentError(f'There is a {use.kind} "{name}" already.')
    return same(outline, use)


def calculator_of(outline: Outline, entry: Entry) -> str:
    """The calculator of the node that an entry is in; "" for the graph."""
    node = outline.node_of(entry.block)
    found = outline.within(node, "calculator") if node else []
    return found[0].text if found else ""
