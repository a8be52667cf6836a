"""What validation finds wrong: errors of the right class, with their place, gathered stage by stage."""

from __future__ import annotations

from collections.abc import Sequence

from mpgraph.config.flat import FlatNode
from mpgraph.errors import ConfigError, Location, MpgraphError, UnknownError, code_of, combined, with_code


def relayed(error: Exception, prefix: str, location: Location | None, suffix: str = "") -> MpgraphError:
    """An error of a lower layer, or of a calculator's author, told with its place in the graph."""
    told = error if isinstance(error, MpgraphError) else None
    message = told.statement if told else str(error) or type(error).__name__
    place = getattr(error, "location", None) or location
    hint, rule = (told.hint, told.rule) if told else ("", "")
    text = f"{prefix}{message}{suffix}"
    kind: type[MpgraphError]
    if isinstance(error, ValueError):
        kind = ConfigError
    elif told is None:
        kind, text = UnknownError, f"{prefix}{type(error).__name__}: {message}{suffix}"
    elif type(told).__init__ is MpgraphError.__init__:
        kind = type(told)
    else:  # A class with a constructor of its own is told as the class of its status.
        kind = type(with_code(told.code, ""))
    made = kind(text, location=place, hint=hint, rule=rule)
    made.__cause__ = error
    return made


def in_node(node: FlatNode, name: str) -> str:
    """A few words that say which node an error is about, for graphs without text and nested ones."""
    path = " in " + " > ".join(use.type for use in node.path) if node.path else ""
    return f' (node "{name}"{path})'


def raise_all(comment: str, errors: Sequence[MpgraphError]) -> None:
    """Raise what was found in one stage, if anything: as MediaPipe does, all of it under a comment."""
    if not errors:
        return
    error = combined(comment, errors)
    if code_of(error) == "InvalidArgument":
        causes = error.causes
        error = ConfigError(error.message)
        error.causes = causes
    raise error from errors[0]
