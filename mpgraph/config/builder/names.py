"""Names for the streams and side packets that their author did not name.

A stream is called after the graph's output that it is, else after its tag; "blur" after the node
BlurCalculator if it has no tag, "blur_image" if "image" is taken, and with a number if that is too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import count

from mpgraph.config.builder.handles import Source
from mpgraph.config.builder.node import NodeHandle
from mpgraph.errors import ConfigError

_BEFORE_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def assign_names(sources: Iterable[Source[object]], wanted: Mapping[int, str]) -> dict[int, str]:
    """Return a name for each stream (or side packet), by the id of its handle.

    wanted: by id as well, names that would be good.
    Raises ConfigError, with its place, for one that bears the name of another.
    """
    names: dict[int, str] = {}
    taken: dict[str, Source[object]] = {}
    waiting: list[Source[object]] = []
    for source in sources:
        if not source._name:
            waiting.append(source)
        elif source._name in taken:
            other = taken[source._name]
            raise ConfigError(
                f'Two {source.kind}s are called "{source._name}": this one and that of {other._place}.',
                location=source._place,
                hint="Give one of them another name.",
                rule="two-producers",
            )
        else:
            taken[source._name] = source
            names[id(source)] = source._name
    for source in waiting:
        name = next(name for name in _candidates(source, wanted.get(id(source), "")) if name not in taken)
        taken[name] = source
        names[id(source)] = name
    return names


def _candidates(source: Source[object], wanted: str) -> Iterator[str]:
    tag = source._key[0].lower()
    node = node_label(source._producer) if source._producer is not None else "input"
    full = f"{node}_{tag}" if tag else node
    yield from filter(None, (wanted or tag, full))
    yield from (f"{full}_{number}" for number in count(2))


def node_label(node: NodeHandle) -> str:
    """A node's name, or its calculator's without "Calculator", in snake case."""
    label = node._message.name or node._signature.name.rpartition(".")[2]
    short = label.removesuffix("Calculator") or label
    snake = re.sub(r"\W", "_", _BEFORE_CAPITAL.sub("_", short)).lower().strip("_")
    return snake if snake and not snake[0].isdigit() else f"node_{snake}".rstrip("_")
