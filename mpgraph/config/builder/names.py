"""Names of the streams and side packets that their author did not name.

A stream is named after the graph's output that it is, else after its tag. Without a tag it is "blur" if its
node is a BlurCalculator; "blur_image" if "image" is taken; with a number if that is taken, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import count

from mpgraph.config.builder.handles import Source
from mpgraph.errors import ConfigError

_BEFORE_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def assign_names(sources: Iterable[Source[object]], preferred: Mapping[int, str]) -> dict[int, str]:
    """Return a name for each stream or side packet, by the id of its handle.

    preferred: names to use if they are free, by id.
    Raises ConfigError, with the location, if two have been given the same name.
    """
    names: dict[int, str] = {}
    taken: dict[str, Source[object]] = {}
    unnamed: list[Source[object]] = []
    for source in sources:
        if not source._name:
            unnamed.append(source)
        elif source._name in taken:
            other = taken[source._name]
            raise ConfigError(
                f'Two {source.kind}s are called "{source._name}": this one and that of {other._location}.',
                location=source._location,
                hint="Give one of them another name.",
                rule="two-producers",
            )
        else:
            taken[source._name] = source
            names[id(source)] = source._name
    for source in unnamed:
        name = next(name for name in _candidates(source, preferred.get(id(source), "")) if name not in taken)
        taken[name] = source
        names[id(source)] = name
    return names


def _candidates(source: Source[object], preferred: str) -> Iterator[str]:
    tag = source._key[0].lower()
    prefix = source._producer._name_prefix() if source._producer is not None else "input"
    full = f"{prefix}_{tag}" if tag else prefix
    yield from filter(None, (preferred or tag, full))
    yield from (f"{full}_{number}" for number in count(2))


def snake_case(name: str) -> str:
    """The name of a node or calculator in snake case, as a valid beginning of stream names."""
    snake = re.sub(r"\W", "_", _BEFORE_CAPITAL.sub("_", name)).lower().strip("_")
    return snake if snake and not snake[0].isdigit() else f"node_{snake}".rstrip("_")
