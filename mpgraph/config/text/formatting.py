"""Text format in the layout of the graphs that come with mpgraph, with all its comments.

One field a line, two blanks for each level, `name: "value"` and `name {`; a short message may stay in one
line if it is written so. Fields keep their order. Empty lines stay, one at a time, and nodes have
one around them. Comments stay above, behind or at the end of what they were.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from mpgraph.config.text.formatting_tree import Block, Comment, Item, Plain, Value, comments_in, read
from mpgraph.config.text.pbtxt import TextField, TextList, TextMessage, TextScalar, parse_text
from mpgraph.errors import InternalError

MAX_WIDTH = 120
"""A message that is written in one line stays so if that is no longer than this."""

_INDENT = "  "
_SPACED = "node"


def format_text(text: str, file: str = "<string>") -> str:
    """Return a text in the layout; what it means and each of its comments stay the same.

    file: its name in locations.
    Raises ConfigError, with the location, where the text is not text format.
    """
    before = parse_text(text, file)
    tree = read(text)
    lines = [line.rstrip(" ") for line in _inside(tree, "", top=True)]
    result = "".join(f"{line}\n" for line in lines)
    kept = Counter(comments_in(read(result))) == Counter(comments_in(tree))
    if not kept or _meaning(parse_text(result, file)) != _meaning(before):
        raise InternalError(
            f'"{file}" would not mean the same after formatting; please report it with the file.'
        )
    return result


def _inside(block: Block, indent: str, *, top: bool = False) -> Iterator[str]:
    """The lines between the brackets of a block."""
    last = len(block.items) - 1
    previous = ""
    for position, item in enumerate(block.items):
        first = position == 0
        # A comment close to the node above it is about that one, if an empty line follows the comment.
        apart = item.after_blank or any(comment.after_blank for comment in item.before)
        spaced = top and not first and not apart and _SPACED in (item.name, previous)
        comma = "," if block.kind == "[" and position < last else ""
        for comment in item.before:
            if (comment.after_blank or spaced) and not first:
                yield ""
            yield indent + comment.text
            first = spaced = False
        if (item.after_blank or spaced) and not first:
            yield ""
        yield from _item(item, indent, comma, is_node=top and item.name == _SPACED)
        previous = item.name
    yield from _comments(block.end, indent, first=not block.items)


def _comments(comments: Sequence[Comment], indent: str, *, first: bool) -> Iterator[str]:
    for comment in comments:
        if comment.after_blank and not first:
            yield ""
        yield indent + comment.text
        first = False


def _item(item: Item, indent: str, comma: str, *, is_node: bool = False) -> Iterator[str]:
    label = _label(item)
    behind = f"  {item.after}" if item.after else ""
    short = _short(item.value)
    if is_node and short != "{}":
        short = None
    if short is not None and len(indent + label + short + comma) <= MAX_WIDTH:
        yield indent + label + short + comma + behind
    elif isinstance(item.value, Plain):
        yield from _long(item.value, label, indent, comma + behind)
    else:
        opening, closing = ("[", "]") if item.value.kind == "[" else ("{", "}")
        yield indent + label + opening + (f"  {item.value.opening}" if item.value.opening else "")
        yield from _inside(item.value, indent + _INDENT)
        yield indent + closing + comma + behind


def _label(item: Item) -> str:
    if not item.name:
        return ""
    if isinstance(item.value, Block) and item.value.kind == "{":
        return f"{item.name} "
    return f"{item.name}: "


def _short(value: Value) -> str | None:
    """A value as it stands in one line, or None if it needs several."""
    if isinstance(value, Plain):
        return " ".join(map(_literal, value.literals)) if value.one_line else None
    if value.opening or value.end or not (value.one_line or not value.items):
        return None
    parts = []
    for item in value.items:
        inner = None if item.before or item.after else _short(item.value)
        if inner is None:
            return None
        parts.append(_label(item) + inner)
    if value.kind == "[":
        return f"[{', '.join(parts)}]"
    return f"{{ {' '.join(parts)} }}" if parts else "{}"


def _long(value: Plain, label: str, indent: str, behind: str) -> Iterator[str]:
    """Strings that follow each other, one a line if they were in several; a lone value is never broken."""
    literals = [_literal(literal) for literal in value.literals]
    if value.one_line or len(literals) == 1:
        yield indent + label + " ".join(literals) + behind
        return
    if label:
        yield indent + label.rstrip()
        indent += _INDENT
    for literal in literals[:-1]:
        yield indent + literal
    yield indent + literals[-1] + behind


def _literal(text: str) -> str:
    """A literal in double quotes, if that asks for no more than other quotes."""
    if text.startswith("'") and not {'"', "\\"} & set(text):
        return f'"{text[1:-1]}"'
    return text


def _meaning(value: Any) -> Any:
    """What a tree says, without places, comments and ways of writing it."""
    if isinstance(value, TextMessage):
        return [_meaning(field) for field in value.fields]
    if isinstance(value, TextField):
        return (value.label, _meaning(value.value))
    if isinstance(value, TextList):
        return ("list", [_meaning(item) for item in value.items])
    assert isinstance(value, TextScalar)
    return (value.kind, repr(value.value))
