"""The layout that `mpgraph fmt` gives text format; all comments are kept.

One field per line, two spaces per level, `name: "value"` and `name {`, or `name: {` where the author wrote
the colon; a short message written on one line stays on one line. Fields keep their order. Empty lines stay,
one at a time, and nodes have one around them. Comments stay above, after or at the end of what they belong
to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from mpgraph.config.text.literals import STRING
from mpgraph.config.text.pbtxt import (
    TextField,
    TextList,
    TextMessage,
    TextScalar,
    TextValue,
    comments_in,
    parse_text,
)
from mpgraph.errors import InternalError

MAX_WIDTH = 120
"""The length of the longest line that a message may stay in."""

_INDENT = "  "
_SPACED = "node"


def format_text(text: str, file: str = "<string>") -> str:
    """Return a text in the layout, with the same meaning and the same comments.

    file: its name in locations.
    Raises ConfigError, with the location, where the text is not text format.
    """
    tree = parse_text(text, file)
    lines = [line.rstrip(" ") for line in _lines_inside(tree, "", top=True)]
    result = "".join(f"{line}\n" for line in lines)
    after = parse_text(result, file)
    if _comments(after) != _comments(tree) or _meaning(after) != _meaning(tree):
        raise InternalError(
            f'"{file}" would not mean the same after formatting; please report it with the file.'
        )
    return result


def _lines_inside(block: TextMessage | TextList, indent: str, *, top: bool = False) -> Iterator[str]:
    """The lines between the brackets of a message or list."""
    fields = block.fields
    previous = ""
    for position, field in enumerate(fields):
        first = position == 0
        # If an empty line follows a comment right below a node, the comment belongs to that node.
        apart = field.after_blank or any(comment.after_blank for comment in field.comments)
        spaced = top and not first and not apart and _SPACED in (field.label, previous)
        for comment in field.comments:
            if (comment.after_blank or spaced) and not first:
                yield ""
            yield indent + comment.text
            first = spaced = False
        if (field.after_blank or spaced) and not first:
            yield ""
        is_item = isinstance(block, TextList)
        label = "" if is_item else _label(field)
        comma = "," if is_item and position < len(fields) - 1 else ""
        behind = f"{comma}  {field.trailing_comment.text}" if field.trailing_comment else comma
        yield from _lines_of(
            field.value, indent, label, comma, behind, is_node=top and field.label == _SPACED
        )
        previous = field.label
    first = not fields
    for comment in block.end_comments:
        if comment.after_blank and not first:
            yield ""
        yield indent + comment.text
        first = False


def _lines_of(
    value: TextValue, indent: str, label: str, comma: str, behind: str, *, is_node: bool
) -> Iterator[str]:
    """The lines of a value. label: the text before it; behind: its comma and the comment after that."""
    short = _in_one_line(value)
    if is_node and short != "{}":
        short = None
    if short is not None and len(indent + label + short + comma) <= MAX_WIDTH:
        yield indent + label + short + behind
    elif isinstance(value, TextScalar):
        yield from _lines_of_scalar(value, indent, label, behind)
    else:
        is_list = isinstance(value, TextList)
        opening, closing = "[]" if is_list else "{}"
        comment = f"  {value.opening_comment.text}" if value.opening_comment else ""
        yield indent + label + opening + comment
        yield from _lines_inside(value, indent + _INDENT)
        yield indent + closing + behind


def _label(field: TextField) -> str:
    is_message = isinstance(field.value, TextMessage)
    return f"{field.label} " if is_message and not field.has_colon else f"{field.label}: "


def _in_one_line(value: TextValue) -> str | None:
    """A value as it is written on one line, or None if it needs several."""
    if isinstance(value, TextScalar):
        return " ".join(_literals(value)) if value.one_line else None
    fields = value.fields
    if value.opening_comment or value.end_comments or (fields and value.location.line != value.end_line):
        return None
    parts = []
    for field in fields:
        inner = None if field.comments or field.trailing_comment else _in_one_line(field.value)
        if inner is None:
            return None
        parts.append(inner if isinstance(value, TextList) else _label(field) + inner)
    if isinstance(value, TextList):
        return f"[{', '.join(parts)}]"
    return f"{{ {' '.join(parts)} }}" if parts else "{}"


def _lines_of_scalar(value: TextScalar, indent: str, label: str, behind: str) -> Iterator[str]:
    """Adjacent strings, one per line if they were on several lines; a lone value is never broken."""
    literals = _literals(value)
    if value.one_line:
        yield indent + label + " ".join(literals) + behind
        return
    if label:
        yield indent + label.rstrip()
        indent += _INDENT
    for literal in literals[:-1]:
        yield indent + literal
    yield indent + literals[-1] + behind


def _literals(value: TextScalar) -> list[str]:
    """The literals of a value, strings in double quotes where that takes no escapes."""
    if value.kind != "string":
        return [value.text]
    return [
        f'"{literal[1:-1]}"' if literal[0] == "'" and not {'"', "\\"} & set(literal) else literal
        for literal in STRING.findall(value.text)
    ]


def _comments(tree: TextMessage) -> Counter[str]:
    return Counter(comment.text for comment in comments_in(tree))


def _meaning(value: TextValue) -> Any:
    """The content of a tree, without locations, comments and layout."""
    if isinstance(value, TextScalar):
        return value.kind, repr(value.value)
    return type(value), [(field.label, _meaning(field.value)) for field in value.fields]
