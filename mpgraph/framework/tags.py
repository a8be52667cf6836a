"""The TAG:index:name grammar of streams and side packets, and the tag map that it defines.

A tag map's order is MediaPipe's (framework/tool/tag_map.cc): tags sorted bytewise, the empty tag
first, then the index. "Position" and "the i-th port" always refer to this order, not to that of
the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mpgraph.errors import FailedPreconditionError, InvalidArgumentError

_NAME = re.compile(r"[a-z_][a-z0-9_]*\Z")
_TAG = re.compile(r"[A-Z_][A-Z0-9_]*\Z")
_INDEX = re.compile(r"(0|[1-9][0-9]*)\Z")
_MAX_INDEX = 10_000


@dataclass(frozen=True, order=True)
class TagIndex:
    """A port: its tag ("" without a tag) and its index among the ports of that tag."""

    tag: str
    index: int

    def __str__(self) -> str:
        return f"{self.tag}:{self.index}" if self.index or not self.tag else self.tag


@dataclass(frozen=True)
class Entry:
    """A parsed entry of a port list; `index` is None for untagged entries, which are numbered in order."""

    tag: str
    index: int | None
    name: str


def is_tag(text: str) -> bool:
    """Whether a text is a valid tag: capitals, digits and underscores, no digit first."""
    return _TAG.match(text) is not None


@lru_cache(maxsize=4096)  # Subgraphs are expanded list by list, so that each entry is parsed several times.
def parse_entry(text: str) -> Entry:
    """Parse `name`, `TAG:name` or `TAG:index:name`.

    Raises:
        InvalidArgumentError: the text has none of the three forms.
    """
    parts = text.split(":")
    tag, index, name = "", None, parts[-1]
    valid = len(parts) <= 3 and _NAME.match(name) is not None
    if len(parts) >= 2:
        tag, index = parts[0], 0
        valid = valid and _TAG.match(tag) is not None
    if len(parts) == 3:
        valid = valid and _INDEX.match(parts[1]) is not None
        index = int(parts[1]) if valid else 0
    if not valid:
        raise InvalidArgumentError(
            f'"{text}" does not match name, TAG:name or TAG:index:name, with the tag in capitals '
            "([A-Z_][A-Z0-9_]*) and the name in lower case ([a-z_][a-z0-9_]*).",
            hint=_respelled(parts),
        )
    if index is not None and index > _MAX_INDEX:
        raise InvalidArgumentError(f'"{text}": index {index} is larger than {_MAX_INDEX}.')
    return Entry(tag, index, name)


def _respelled(parts: Sequence[str]) -> str:
    """The suggestion for an entry with the wrong case, blanks or hyphens; "" without one."""
    cleaned = [re.sub(r"[\s-]+", "_", part.strip()) for part in parts[:3]]
    entry = ":".join([*(part.upper() for part in cleaned[:-1]), cleaned[-1].lower()])
    if entry == ":".join(parts):
        return ""
    try:
        parse_entry(entry)
    except InvalidArgumentError:
        return ""
    return f'Write "{entry}".'


def parse_tag_index(text: str) -> TagIndex:
    """Parse `TAG`, `TAG:n`, `:n` or the empty string, as ports are written in input_stream_info and options.

    Raises:
        InvalidArgumentError: the text has none of these forms.
    """
    tag, colon, number = text.partition(":")
    if (tag and not _TAG.match(tag)) or (colon and not _INDEX.match(number)):
        raise InvalidArgumentError(f'"{text}" is not a port: it does not match TAG, TAG:index or :index.')
    return TagIndex(tag, int(number) if colon else 0)


class TagMap:
    """The ports of a port list, such as a node's input streams, in collection order.

    `names[id]` is the stream's name, `ports[id]` its tag and index, `positions[id]` the position of
    the entry in the text.
    """

    __slots__ = ("_counts", "_first", "names", "ports", "positions")

    def __init__(self, entries: Sequence[str] = ()) -> None:
        """Build the map.

        Raises:
            InvalidArgumentError: an entry does not parse.
            FailedPreconditionError: a tag and index is given twice, or a tag's indexes have a gap.
        """
        found: dict[TagIndex, tuple[str, int]] = {}
        untagged = 0
        for position, text in enumerate(entries):
            entry = parse_entry(text)
            if entry.index is None:
                port = TagIndex("", untagged)
                untagged += 1
            else:
                port = TagIndex(entry.tag, entry.index)
            if port in found:
                raise FailedPreconditionError(
                    f'tag "{port.tag}" index {port.index} already had a name "{found[port][0]}" but is '
                    f'being reassigned a name "{entry.name}".',
                    hint=f"Give each entry of a tag its own index: "
                    f'"{port.tag}:{port.index + 1}:{entry.name}".',
                )
            found[port] = (entry.name, position)
        self.ports: tuple[TagIndex, ...] = tuple(sorted(found))
        self.names: tuple[str, ...] = tuple(found[port][0] for port in self.ports)
        self.positions: tuple[int, ...] = tuple(found[port][1] for port in self.ports)
        self._counts: dict[str, int] = {}
        self._first: dict[str, int] = {}
        for position, port in enumerate(self.ports):
            count = self._counts.setdefault(port.tag, 0)
            if port.index != count:
                raise FailedPreconditionError(
                    f'Not all indexes were assigned names. Tag "{port.tag}" has index {port.index} '
                    f"but not {count}.",
                    hint="Number the indexes of a tag 0, 1, 2 ...",
                )
            self._first.setdefault(port.tag, position)
            self._counts[port.tag] = count + 1

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[tuple[TagIndex, str]]:
        return iter(zip(self.ports, self.names, strict=True))

    @property
    def tags(self) -> tuple[str, ...]:
        """The distinct tags, in order."""
        return tuple(self._counts)

    def has(self, tag: str) -> bool:
        """Whether any port has this tag."""
        return tag in self._counts

    def count(self, tag: str) -> int:
        """The number of ports with this tag."""
        return self._counts.get(tag, 0)

    def id(self, tag: str, index: int = 0) -> int | None:
        """The position of a port in collection order, or None if there is no such port."""
        return self._first[tag] + index if 0 <= index < self._counts.get(tag, 0) else None

    def same_ports(self, other: TagMap) -> bool:
        """Whether both maps have the same tags with the same counts."""
        return self._counts == other._counts

    def entry(self, position: int) -> str:
        """The canonical form of an entry: name, TAG:name, or TAG:index:name if the tag has several ports."""
        port, name = self.ports[position], self.names[position]
        if not port.tag:
            return name
        return f"{port.tag}:{name}" if self._counts[port.tag] == 1 else f"{port.tag}:{port.index}:{name}"

    def __repr__(self) -> str:
        return f"TagMap({[self.entry(i) for i in range(len(self))]})"


@lru_cache(4096)
def tag_map(entries: tuple[str, ...]) -> TagMap:
    """As TagMap(entries), which nothing changes: kept, as what one node sends is what another receives."""
    return TagMap(entries)
