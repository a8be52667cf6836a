"""Nodes of the flat graph, with the source locations of their ports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mpgraph.config.model import SubgraphUse
from mpgraph.config.port_lists import PORT_LISTS
from mpgraph.config.source import NodeSource
from mpgraph.config.text.pbtxt import TextField, TextMessage, TextScalar
from mpgraph.errors import InvalidArgumentError, Location, MpgraphError
from mpgraph.framework.tags import TagMap, parse_entry, tag_map


@dataclass(eq=False)
class FlatNode:
    """One node of a graph that is being expanded.

    config: its CalculatorGraphConfig.Node message, which expansion changes.
    source: where it is in its text.
    path: the subgraphs around it, outermost first.
    keys: the identities of these subgraphs, to detect recursion; equal keys expand alike.
    kept: by port list from which entries were dropped, the indexes of the others in the text.
    hidden: names that damaged fields of the text may have been meant to connect.
    inputs_around: the input streams of the innermost subgraph, by their names inside.
    takes_options: whether the graphs that use this one as a subgraph may give it or a node around it options.
    passed: the names that cross the border of a subgraph around it, by port list and name.
    """

    config: Any
    source: NodeSource
    path: tuple[SubgraphUse, ...] = ()
    keys: tuple[object, ...] = ()
    kept: dict[str, list[int]] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    inputs_around: Sequence[str] = ()
    takes_options: bool = False
    passed: Mapping[tuple[str, str], Connection] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.hidden += hidden_names(self.source.damaged)

    @property
    def location(self) -> Location | None:
        """The location of the node, with the uses of the subgraphs around it."""
        return self.with_uses(self.source.location)

    @property
    def prefix(self) -> str:
        """The prefix of the names in the innermost subgraph; "" in the outermost graph."""
        return prefix_of(self.path[-1].name) if self.path else ""

    def with_uses(self, location: Location | None) -> Location | None:
        """Add the locations of the enclosing subgraph nodes to a location in the node's text."""
        if location is None or not self.path:
            return location
        uses = (use.location for use in reversed(self.path))
        # The nodes that a Subgraph class generates are located where the class is used.
        used_at = tuple(use for use in uses if use and use != location)
        # Not `replace`, which takes four times as long.
        return Location(location.file, location.line, location.column, used_at)

    def location_of(self, name: str, index: int) -> Location | None:
        """Return the location of the `index`-th entry of a port list, or value of another field."""
        if name in self.kept:
            if index >= len(self.kept[name]):
                return self.location
            index = self.kept[name][index]
        return self.with_uses(self.source.field_location(name, index))

    def locations(self) -> dict[str, list[Location | None]]:
        """Return the location of each entry, by port list."""
        return {
            name: [self.location_of(name, index) for index in range(len(getattr(self.config, name)))]
            for name in PORT_LISTS
        }

    def rename(self, name: str, transform: Callable[[str], str]) -> None:
        """Apply `transform` to the name in each entry of a port list."""
        entries = getattr(self.config, name)
        entries[:] = [renamed(entry, transform) for entry in entries]

    def drop(self, name: str, unwanted: set[str]) -> None:
        """Remove the entries of a port list whose names are in `unwanted`."""
        if not unwanted:
            return
        entries = getattr(self.config, name)
        indexes = self.kept.get(name, range(len(entries)))
        kept = [index for index, entry in enumerate(entries) if name_of(entry) not in unwanted]
        self.kept[name] = [indexes[index] for index in kept]
        entries[:] = [entries[index] for index in kept]


@dataclass(frozen=True)
class Connection:
    """Where the author of a graph connected a name: at a calculator, or at the subgraph around it.

    node, label: the node, and its canonical name. location: of the entry in its list of ports.
    """

    node: FlatNode
    label: str
    location: Location | None


def name_of(entry: str) -> str:
    """Return the name in an entry, even if the entry is not valid."""
    return entry.rpartition(":")[2]


def prefix_of(subgraph_node: str) -> str:
    """Return the prefix of every name inside a subgraph. subgraph_node: the canonical name of its node."""
    return subgraph_node.lower().translate(str.maketrans(". :", "___")) + "__"


def hidden_names(damaged: Sequence[TextField]) -> Iterator[str]:
    """Yield the strings in damaged fields that may be names of streams or side packets."""
    for item in damaged:
        for single in item.singles():
            value = single.value
            if isinstance(value, TextMessage):
                yield from hidden_names(value.fields)
            elif isinstance(value, TextScalar):
                text = value.value.decode(errors="replace") if isinstance(value.value, bytes) else value.text
                yield name_of(text)


def renamed(entry: str, transform: Callable[[str], str]) -> str:
    """Return an entry with another name and the same tag and index."""
    port, colon, name = entry.rpartition(":")
    return f"{port}{colon}{transform(name)}"


def parse_ports(entries: Sequence[str]) -> tuple[TagMap, list[tuple[MpgraphError, int]]]:
    """Return the ports that a field lists, and each error with the index of its entry.

    There are no ports if there is an error.
    """
    try:
        return tag_map(tuple(entries)), []
    except MpgraphError as error:
        first = error
    errors: list[tuple[MpgraphError, int]] = []
    for index, entry in enumerate(entries):
        try:
            parse_entry(entry)
        except InvalidArgumentError as error:
            errors.append((error, index))
    # Entries that parse one by one can still contradict each other.
    return TagMap(), errors or [(first, _contradicting(entries))]


def _contradicting(entries: Sequence[str]) -> int:
    """The first entry whose port is taken, or else whose index comes after a gap."""
    taken: dict[tuple[str, int], int] = {}
    for index, text in enumerate(entries):
        entry = parse_entry(text)
        if entry.index is not None:
            if (entry.tag, entry.index) in taken:
                return index
            taken[entry.tag, entry.index] = index
    after_gap = [port for port in sorted(taken) if port[1] and (port[0], port[1] - 1) not in taken]
    return taken[after_gap[0]]


def canonical_names(nodes: Sequence[Any]) -> list[str]:
    """Return MediaPipe's name of each Node message: its name or calculator, with `_1`, `_2`... if shared."""
    bases = [node.name or node.calculator for node in nodes]
    counts: dict[str, int] = {}
    for base in bases:
        counts[base] = counts.get(base, 0) + 1
    seen: dict[str, int] = {}
    names = []
    for base in bases:
        seen[base] = seen.get(base, 0) + 1
        names.append(base if counts[base] == 1 else f"{base}_{seen[base]}")
    return names


def debug_label(node: Any) -> str:
    """Return the label used by type and deadlock errors: the node's name, or its calculator and streams."""
    if node.name:
        return str(node.name)
    inputs, outputs = _edges("input stream", node.input_stream), _edges("output stream", node.output_stream)
    return f"[{node.calculator}, {inputs}, and {outputs}]"


def _edges(kind: str, entries: Sequence[str]) -> str:
    if not entries:
        return f"no {kind}s"
    return f"{kind}: {entries[0]}" if len(entries) == 1 else f"{kind}s: <{','.join(entries)}>"
