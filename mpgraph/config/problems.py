"""Errors of validation: their context in the graph, and raising the errors of a stage together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from mpgraph.config.flat import FlatNode
from mpgraph.config.text.binding import ConfigErrors
from mpgraph.errors import ConfigError, Location, MpgraphError, UnknownError, code_of, combined


def with_context(
    error: Exception,
    prefix: str,
    location: Location | None,
    suffix: str = "",
    *,
    raised_at: Location | None = None,
    rule: str = "",
) -> MpgraphError:
    """Return any exception as an error about the graph: a ConfigError for a ValueError.

    prefix, suffix: are put around the message. location, rule: used if the error has none.
    raised_at: the line of Python code that raised it.
    """
    cls = ConfigError if isinstance(error, ValueError) else None
    if isinstance(error, MpgraphError):
        return error.with_context(
            prefix, suffix, location=error.location or location, rule=error.rule or rule, cls=cls
        )
    name = type(error).__name__
    text = str(error) or name
    suffix = f"{suffix} (at {raised_at})" if raised_at else suffix
    result = (cls or UnknownError)(
        f"{prefix}{text if cls else f'{name}: {text}'}{suffix}", location=location, rule=rule
    )
    result.raised_at = raised_at
    result.__cause__ = error
    return result


def each_of(errors: Iterable[MpgraphError]) -> Iterator[MpgraphError]:
    """Yield each error; replace one that combines all errors of a text by those."""
    for error in errors:
        cause = error if isinstance(error, ConfigErrors) else error.__cause__
        if not isinstance(cause, ConfigErrors):
            yield error
            continue
        used_at = error.location.used_at if error.location else ()
        for part in cause.errors:
            if used_at and part.location:
                part.location = replace(part.location, used_at=used_at)
            yield part


def in_node(node: FlatNode, name: str) -> str:
    """Return a message's suffix that names the node, since graphs may have no text or be nested."""
    path = " in " + " > ".join(use.type for use in node.path) if node.path else ""
    return f' (node "{name}"{path})'


def raise_all(comment: str, errors: Sequence[MpgraphError]) -> None:
    """Raise the errors of one stage, if there are any.

    comment: the text that MediaPipe puts before them; "" for stages of which it reports only the first error.
    """
    if not errors:
        return
    if not comment:
        raise errors[0]
    error = combined(comment, errors)
    if code_of(error) == "InvalidArgument":
        causes = error.causes
        error = ConfigError(error.message)
        error.causes = causes
    raise error from errors[0]
