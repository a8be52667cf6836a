"""Errors of validation: their context in the graph, and raising the errors of a stage together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from mpgraph.config.flat import FlatNode
from mpgraph.config.text.binding import ConfigErrors
from mpgraph.errors import ConfigError, Location, MpgraphError, UnknownError, code_of, combined


def relayed(error: Exception, prefix: str, location: Location | None, suffix: str = "") -> MpgraphError:
    """An error of a lower layer, or of a calculator's author, told with its place in the graph."""
    cls = ConfigError if isinstance(error, ValueError) else None
    if isinstance(error, MpgraphError):
        return error.with_context(prefix, suffix, location=error.location or location, cls=cls)
    name = type(error).__name__
    text = str(error) or name
    made = (cls or UnknownError)(f"{prefix}{text if cls else f'{name}: {text}'}{suffix}", location=location)
    made.__cause__ = error
    return made


def blamed(error: MpgraphError, raised_at: Location | None, rule: str) -> MpgraphError:
    """The error with the line of Python that raised it."""
    made = error.with_context(suffix=f" (at {raised_at})" if raised_at else "", rule=error.rule or rule)
    made.raised_at = raised_at
    made.__cause__ = error.__cause__
    return made


def each_of(errors: Iterable[MpgraphError]) -> Iterator[MpgraphError]:
    """Yield each error; for one that combines all errors of a text, yield each of those instead."""
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
    """The node of an error as a suffix for its message, for graphs without text and nested graphs."""
    path = " in " + " > ".join(use.type for use in node.path) if node.path else ""
    return f' (node "{name}"{path})'


def raise_all(comment: str, errors: Sequence[MpgraphError]) -> None:
    """Raise the errors of one stage, if there are any, combined under a comment as MediaPipe does."""
    if not errors:
        return
    error = combined(comment, errors)
    if code_of(error) == "InvalidArgument":
        causes = error.causes
        error = ConfigError(error.message)
        error.causes = causes
    raise error from errors[0]
