"""Text format as it is written: fields with the comments and blank lines that belong to them.

`mpgraph.config.text.pbtxt` reads what a text means; this is for writing it again in another layout. It takes
only what that module has read without complaint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

_LEXEME = re.compile(
    r"""\s+
      | (?P<comment>\#[^\n]*)
      | (?P<string>"(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*')
      | (?P<symbol>[][{}<>:;,])
      | (?P<word>[^][{}<>:;,\s\#"']+)""",
    re.VERBOSE,
)
_OPENING = ("{", "<")
_CLOSING = ("}", ">")


@dataclass
class Comment:
    """A comment with its `#`. after_blank: whether an empty line stands before it."""

    text: str
    after_blank: bool = False


@dataclass
class Token:
    """One word, string or symbol. before: the comments above it; after: the one behind it in its line."""

    text: str
    line: int
    after_blank: bool = False
    before: list[Comment] = field(default_factory=list)
    after: str = ""


@dataclass
class Plain:
    """A value that is no message: a word, or strings that follow each other."""

    literals: list[str]
    one_line: bool = True


@dataclass
class Block:
    """A message in braces, or a list in brackets. opening: the comment behind the opening bracket."""

    kind: str
    items: list[Item] = field(default_factory=list)
    opening: str = ""
    end: list[Comment] = field(default_factory=list)
    one_line: bool = True


Value: TypeAlias = "Plain | Block"


@dataclass
class Item:
    """A field of a message, or an item of a list, whose name is "".

    before: comments above it; after: the comment behind it.
    after_blank: whether an empty line stands between the comments, or what is before, and it.
    """

    name: str
    value: Value
    before: list[Comment] = field(default_factory=list)
    after: str = ""
    after_blank: bool = False

    def comments(self) -> Iterator[str]:
        """Every comment of the item, those inside too."""
        yield from (comment.text for comment in self.before)
        if self.after:
            yield self.after
        if isinstance(self.value, Block):
            yield from comments_in(self.value)


def comments_in(block: Block) -> Iterator[str]:
    """Yield every comment between the brackets of a block."""
    if block.opening:
        yield block.opening
    for item in block.items:
        yield from item.comments()
    yield from (comment.text for comment in block.end)


def read(text: str) -> Block:
    """Return a whole text, which must be valid text format."""
    return _Reader(text).whole()


def _tokens(text: str) -> list[Token]:
    """The tokens, and at the end an empty one, which has the last comments."""
    tokens: list[Token] = []
    pending: list[Comment] = []
    line = 1
    newlines = 0
    for match in _LEXEME.finditer(text):
        kind = match.lastgroup
        if kind is None:
            newlines += match[0].count("\n")
            line += match[0].count("\n")
            continue
        blank = newlines > 1
        if kind == "comment":
            comment = match[0].rstrip()
            if tokens and not newlines and not pending and not tokens[-1].after:
                tokens[-1].after = comment
            else:
                pending.append(Comment(comment, blank))
        else:
            tokens.append(Token(match[0], line, blank, pending))
            pending = []
        newlines = 0
    tokens.append(Token("", line, newlines > 1, pending))
    return tokens


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.position = 0
        self.stray: list[Comment] = []

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def take(self) -> Token:
        token = self.token
        self.position += 1
        return token

    def taken(self, *, keep_after: bool = False) -> str:
        """Take a token inside a field; its comments go above the field."""
        token = self.take()
        self.stray += token.before
        if token.after and not keep_after:
            self.stray.append(Comment(token.after))
        return token.text

    def whole(self) -> Block:
        block = Block("", one_line=False)
        while self.token.text:
            block.items.append(self.field())
        block.end = self.token.before
        return block

    def field(self) -> Item:
        before, after_blank = self.token.before, self.token.after_blank
        self.token.before = []
        outer, self.stray = self.stray, []
        name = self.name()
        if self.token.text == ":":
            self.taken()
        value = self.value()
        item = Item(name, value, before, "", after_blank)
        self.finish(item, (",", ";"))
        item.before += self.stray
        self.stray = outer
        return item

    def name(self) -> str:
        if self.token.text != "[":
            return self.taken()
        parts = [self.taken()]
        while parts[-1] != "]":
            parts.append(self.taken())
        return "".join(parts)

    def finish(self, item: Item, separators: tuple[str, ...]) -> None:
        """Find the comment behind an item, and take the separator that may follow it."""
        last = self.tokens[self.position - 1]
        item.after = last.after
        if self.token.text in separators:
            separator = self.take()
            self.stray += separator.before
            if separator.after and item.after:
                self.stray.append(Comment(separator.after))
            item.after = item.after or separator.after

    def value(self) -> Value:
        if self.token.text in _OPENING:
            return self.block("{")
        if self.token.text == "[":
            return self.block("[")
        return self.plain()

    def plain(self) -> Plain:
        first = self.token
        literals = [self.taken(keep_after=True)]
        if literals[0] == "-":
            self.move_after()
            literals[0] += self.taken(keep_after=True)
        while literals[-1][0] in "\"'" and self.token.text[:1] in ('"', "'"):
            self.move_after()
            literals.append(self.taken(keep_after=True))
        return Plain(literals, self.tokens[self.position - 1].line == first.line)

    def move_after(self) -> None:
        """The comment behind the last token is inside a field, so it goes above the field."""
        last = self.tokens[self.position - 1]
        if last.after:
            self.stray.append(Comment(last.after))
            last.after = ""

    def block(self, kind: str) -> Block:
        opening = self.take()
        self.stray += opening.before
        block = Block(kind, opening=opening.after)
        outer, self.stray = self.stray, []
        while self.token.text not in (*_CLOSING, "]") or (kind == "{" and self.token.text == "["):
            block.items.append(self.field() if kind == "{" else self.list_item())
        self.stray = outer
        closing = self.take()
        block.end = closing.before
        block.one_line = opening.line == closing.line
        return block

    def list_item(self) -> Item:
        before, after_blank = self.token.before, self.token.after_blank
        self.token.before = []
        outer, self.stray = self.stray, []
        item = Item("", self.value(), before, "", after_blank)
        self.finish(item, (",",))
        item.before += self.stray
        self.stray = outer
        return item
