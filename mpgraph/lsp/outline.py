"""Outline: the blocks, field names and strings of a graph's text, also while it is being typed.

The parser of `mpgraph.config.text` stops at the first error; an editor asks in the middle of one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""
    (?P<comment> \#[^\n]* )
    | (?P<string> "(?:[^"\\\n]|\\.)*"? | '(?:[^'\\\n]|\\.)*'? )
    | (?P<name> \[[A-Za-z_][\w./-]*\]? | [A-Za-z_][\w.]* )
    | (?P<open> [{<] )
    | (?P<close> [}>] )
    | (?P<other> \S )
    """,
    re.VERBOSE,
)


@dataclass(eq=False)
class Block:
    """A message in braces, or the whole text.

    name: the field's, "" for the text. start, end: the offsets inside its braces.
    """

    name: str
    start: int
    end: int
    parent: Block | None = None

    @property
    def path(self) -> tuple[str, ...]:
        """The names of the blocks around it and its own, outermost first."""
        return (*self.parent.path, self.name) if self.parent else ()


@dataclass(frozen=True, eq=False)
class Entry:
    """A value that is a string. start, end: the offsets of what is between the quotes."""

    field: str
    text: str
    start: int
    end: int
    block: Block


@dataclass(frozen=True, eq=False)
class Name:
    """A name that is not in a string: of a field, or, if it follows the colon of `field`, a value."""

    text: str
    start: int
    end: int
    block: Block
    field: str = ""


@dataclass
class Outline:
    """What a text consists of, in its order."""

    blocks: list[Block] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)

    def block_at(self, offset: int) -> Block:
        """The innermost block around an offset."""
        inside = [each for each in self.blocks if each.start <= offset <= each.end]
        return max(inside, key=lambda each: each.start)

    def entry_at(self, offset: int) -> Entry | None:
        """The string that an offset is in."""
        return next((each for each in self.entries if each.start <= offset <= each.end), None)

    def name_at(self, offset: int) -> Name | None:
        """The name that an offset is in, or just behind."""
        return next((each for each in self.names if each.start <= offset <= each.end), None)

    def within(self, block: Block, field: str) -> list[Entry]:
        """The strings of a field right inside a block."""
        return [each for each in self.entries if each.block is block and each.field == field]

    def node_of(self, block: Block | None) -> Block | None:
        """The node that a block is, or is in."""
        while block is not None and block.path != ("node",):
            block = block.parent
        return block


def outline(text: str) -> Outline:
    """Read a text, whatever is missing in it."""
    found = Outline()
    block = Block("", 0, len(text))
    found.blocks.append(block)
    last = value_of = ""
    for match in _TOKEN.finditer(text):
        kind, token, start, end = match.lastgroup, match[0], match.start(), match.end()
        if kind == "string":
            closed = len(token) > 1 and token[-1] == token[0]
            inside = token[1 : -1 if closed else None]
            found.entries.append(Entry(last, inside, start + 1, end - closed, block))
            value_of = ""
        elif kind == "name":
            found.names.append(Name(token, start, end, block, value_of))
            if not value_of:
                last = token
            value_of = ""
        elif kind == "open":
            block = Block(last.strip("[]"), end, len(text), block)
            found.blocks.append(block)
            last = value_of = ""
        elif kind == "close":
            if block.parent is not None:
                block.end = start
                block = block.parent
            last = value_of = ""
        elif token == ":":
            value_of = last
        elif kind == "other" and token not in "[],":
            value_of = ""
    return found
