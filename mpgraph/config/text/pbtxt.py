"""Protobuf text format (.pbtxt) as a lossless tree: values, locations, comments and layout.

The parser needs no schema: it reads extensions and Any types that are not known like all others, and
`mpgraph.config.text.binding` resolves the names. Comments and blank lines are kept, so that
`mpgraph.config.text.formatting` can write the text again. The language is specified in
https://protobuf.dev/reference/protobuf/textformat-spec/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import NoReturn, TypeAlias

from mpgraph.config.text.literals import STRING, number_value, string_value
from mpgraph.errors import ConfigError, Location

MAX_DEPTH = 100
"""The deepest nesting of messages; protobuf's limit for binary files is the same."""

MAX_VALUES = 1_000_000
"""The most values in a text, twice what a graph of 100,000 nodes has: each takes some 300 bytes of memory."""

# The classes of the tree are not frozen because that makes creating them four times as slow, which dominates
# the parsing of large texts. Nothing changes them; use dataclasses.replace.


@dataclass(slots=True)
class TextComment:
    """A comment, from its `#` to the end of its line without spaces at the end.

    after_blank: whether an empty line precedes it.
    """

    text: str
    location: Location
    after_blank: bool = False

    @property
    def content(self) -> str:
        """The comment without the `#` and the spaces around it."""
        return self.text[1:].strip()


@dataclass(slots=True)
class TextScalar:
    """A value that is not a message.

    kind: "string", "integer", "float" or "identifier".
    text: as written; adjacent strings are joined by a space, a minus sign and its number by nothing.
    value: bytes, int, float or, of an identifier, str; `-inf` and `-nan` are identifiers.
    one_line: whether adjacent strings are on the same line.
    """

    kind: str
    text: str
    value: bytes | int | float | str
    location: Location
    one_line: bool = field(default=True, compare=False)

    def __str__(self) -> str:
        return self.text


@dataclass(slots=True)
class TextList:
    """`[a, b]`: several values of a repeated field.

    fields: a field with the name of the list's field for each value. The others are as in TextMessage.
    """

    fields: tuple[TextField, ...]
    location: Location
    end_comments: tuple[TextComment, ...] = ()
    end_line: int = field(default=0, compare=False)
    opening_comment: TextComment | None = None

    def __str__(self) -> str:
        return f"[{', '.join(str(item.value) for item in self.fields)}]"


@dataclass(slots=True)
class TextMessage:
    """The fields between a pair of braces, or of a whole file.

    location: of the opening brace; end_line: the line of the closing brace.
    opening_comment: in the line of the opening brace; end_comments: between the last field and the end.
    """

    fields: tuple[TextField, ...]
    location: Location
    end_comments: tuple[TextComment, ...] = ()
    end_line: int = field(default=0, compare=False)
    opening_comment: TextComment | None = None

    def __str__(self) -> str:
        return "{...}"

    def all(self, name: str) -> list[TextField]:
        """Return each value of the field `name`; the i-th is the i-th value of a repeated field."""
        return [single for field in self.fields if field.name == name for single in field.singles()]

    def first(self, name: str) -> TextField | None:
        """Return the first value of the field `name`, or None."""
        return next((one for field in self.fields if field.name == name for one in field.singles()), None)


@dataclass(slots=True)
class TextField:
    """A name and its value.

    bracketed names, written `[mediapipe.GateCalculatorOptions.ext]` or
    `[type.googleapis.com/mediapipe.GateCalculatorOptions]`, are kept without the brackets.
    comments: those above the field, then those between its tokens.
    trailing_comment: the comment after the value or its separator, on the same line.
    after_blank: whether an empty line precedes the field itself, below its comments.
    has_colon: whether a colon follows the name, which before a message is optional.
    """

    name: str
    value: TextValue
    location: Location
    bracketed: bool = False
    comments: tuple[TextComment, ...] = ()
    trailing_comment: TextComment | None = None
    after_blank: bool = field(default=False, compare=False)
    has_colon: bool = field(default=False, compare=False)

    @property
    def label(self) -> str:
        """The name as written in the file."""
        return f"[{self.name}]" if self.bracketed else self.name

    def singles(self) -> tuple[TextField, ...]:
        """Return this field, or, if its value is a list, the field of each item."""
        return self.value.fields if isinstance(self.value, TextList) else (self,)


TextValue: TypeAlias = TextScalar | TextMessage | TextList


def parse_text(text: str, file: str = "<string>") -> TextMessage:
    """Parse a whole file of text format; `file` is its name in locations.

    Raises ConfigError, with the location, where the text is not text format.
    """
    return _Parser(text, file).whole()


def comments_in(value: TextValue) -> Iterator[TextComment]:
    """Yield every comment between the brackets of a message or list."""
    if isinstance(value, TextScalar):
        return
    if value.opening_comment:
        yield value.opening_comment
    for item in value.fields:
        yield from item.comments
        yield from comments_in(item.value)
        if item.trailing_comment:
            yield item.trailing_comment
    yield from value.end_comments


BRACKETED_NAME = re.compile(r"((?:[\w.-]|%[0-9A-Fa-f]{2})+/)*[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
"""What may be between the brackets of a field's name."""

_TOKEN = re.compile(
    rf"""[ \t\r\n\f\v]*(?:
      (?P<identifier>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<string>{STRING.pattern})
    | (?P<symbol>[][{{}}<>:;,/%-] | \.(?![0-9]))
    | (?P<number>\.?[0-9][0-9A-Za-z_.]*(?:(?<=[eE])[+-][0-9A-Za-z_.]*)*)
    | (?P<comment>\#[^\n\0]*)
    | (?P<end>\Z)
    | (?P<unknown>.)
    )""",
    re.VERBOSE,
)
_KINDS = ("", *_TOKEN.groupindex)
_CLOSING = {"{": "}", "<": ">"}
_SEPARATORS = (";", ",")
_CHARACTER_HINTS = {
    "=": 'A name and its value have a ":" between them.',
    "\xa0": "It is a non-breaking space: use a plain one.",
    **dict.fromkeys("“”„«»‘’", "Strings are in straight quotes, \" or '."),
}


class _Parser:
    """Recursive descent with one token of look-ahead: `kind`, `token`, `offset`.

    Comments are collected in the gap between the last token and the current one; the first of them may
    trail the last token. What the code that meets a gap does not take is inside a field and goes above it.
    `stray` is a stack of these: each field takes what was added since it began.
    """

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.next_match = _TOKEN.finditer(text).__next__
        self.line_ends = chain((newline.end() for newline in re.finditer("\n", text)), repeat(len(text) + 1))
        self.line, self.line_start, self.line_end = 1, 0, next(self.line_ends)
        self.gap: list[TextComment] = []
        self.is_trailing = False
        self.stray: list[TextComment] = []
        self.gap_end = 0
        self.next_offset = 0
        self.depth = self.values = 0
        self.columns: list[int] = []
        self.suspects: dict[int, tuple[Location, str]] = {}
        self.advance()

    def advance(self) -> None:
        if self.gap:
            self.stray += self.gap
            self.gap = []
        while True:
            self.gap_end = self.next_offset
            match = self.next_match()
            group = match.lastindex or 0
            self.offset, self.next_offset = match.span(group)
            self.token = match[group]
            self.kind = kind = _KINDS[group]
            if kind == "unknown":
                self.refuse_character()
            if kind != "comment":
                return
            newlines = self.newlines_before()
            if not self.gap:
                self.is_trailing = newlines == 0
            self.gap.append(TextComment(self.token.rstrip(), self.here(), newlines > 1))

    def newlines_before(self) -> int:
        """The number of line ends between the current token and the token or comment before it."""
        return self.text.count("\n", self.gap_end, self.offset)

    def here(self) -> Location:
        while self.offset >= self.line_end:
            self.line += 1
            self.line_start, self.line_end = self.line_end, next(self.line_ends)
        return Location(self.file, self.line, self.offset - self.line_start + 1)

    def fail(self, expected: str, hint: str = "") -> NoReturn:
        found = "the end of the text" if self.kind == "end" else _shortened(self.token)
        self.refuse(f"Expected {expected}, found {found}.", self.here(), hint)

    def refuse(self, text: str, location: Location, hint: str = "") -> NoReturn:
        raise ConfigError(text, location=location, hint=hint, rule="syntax")

    def refuse_character(self) -> NoReturn:
        character = self.token
        if character in "\"'":
            self.refuse(
                "This string has no closing quote on its line.", self.here(), f"Close it with {character}."
            )
        self.refuse(f"Unexpected character {character!r}.", self.here(), _CHARACTER_HINTS.get(character, ""))

    def take_comments(self) -> tuple[TextComment, ...]:
        if not self.gap:
            return ()
        taken = tuple(self.gap)
        self.gap = []
        return taken

    def take_trailing(self) -> TextComment | None:
        if not (self.gap and self.is_trailing):
            return None
        self.is_trailing = False
        return self.gap.pop(0)

    def whole(self) -> TextMessage:
        fields = self.fields()
        if self.kind != "end":
            if self.token in ("}", ">"):
                self.refuse(f'This "{self.token}" closes nothing.', self.here(), "Remove it.")
            self.fail("a field name", self.comment_hint())
        return TextMessage(fields, Location(self.file, 1, 1), self.take_comments(), self.here().line)

    def fields(self) -> tuple[TextField, ...]:
        fields = []
        while self.kind == "identifier" or self.token == "[":
            fields.append(self.field())
        return tuple(fields)

    def field(self) -> TextField:
        location = self.here()
        if self.depth and location.column <= self.columns[-1] and self.depth not in self.suspects:
            self.suspects[self.depth] = location, self.token
        self.columns.append(location.column)
        begun = self.begin()
        bracketed = self.token == "["
        if bracketed:
            name = self.bracketed_name()
        else:
            name = self.token
            self.advance()
        value: TextValue
        has_colon = self.token == ":"
        if has_colon:
            self.advance()
            value = self.list_of(name, bracketed, scalars=True) if self.token == "[" else self.single()
        elif self.token in _CLOSING:
            value = self.message()
        elif self.token == "[":
            value = self.list_of(name, bracketed, scalars=False)
        else:
            hint = f"Write {name}: {self.token}" if self.kind in ("string", "number", "identifier") else ""
            self.fail(f'":" or "{{" after "{name}"', hint)
        self.columns.pop()
        # As in protobuf: none behind a message whose type is given by an address.
        separators = () if bracketed and "/" in name else _SEPARATORS
        return self.finish(begun, name, value, location, bracketed, has_colon, separators)

    def begin(self) -> tuple[tuple[TextComment, ...], bool, int]:
        """What `finish` needs to know of the position where a field or an item of a list begins."""
        comments = self.take_comments() if self.gap else ()
        after_blank = self.offset - self.gap_end > 1 and self.newlines_before() > 1
        return comments, after_blank, len(self.stray)

    def finish(
        self,
        begun: tuple[tuple[TextComment, ...], bool, int],
        name: str,
        value: TextValue,
        location: Location,
        bracketed: bool,
        has_colon: bool = False,
        separators: tuple[str, ...] = _SEPARATORS,
    ) -> TextField:
        """Skip the separator behind a value and return the field, with its comments."""
        self.values += 1
        if self.values > MAX_VALUES:
            self.refuse(f"This text has more than {MAX_VALUES} values.", location)
        comments, after_blank, strays = begun
        trailing = self.take_trailing() if self.gap else None
        if self.token in separators:
            self.advance()
            if self.gap and (behind := self.take_trailing()):
                if trailing is None:
                    trailing = behind
                else:
                    self.stray.append(behind)
        if len(self.stray) > strays:
            comments += tuple(self.stray[strays:])
            del self.stray[strays:]
        return TextField(name, value, location, bracketed, comments, trailing, after_blank, has_colon)

    def bracketed_name(self) -> str:
        opened = self.here()
        self.advance()
        parts = []
        while self.kind in ("identifier", "number") or self.token in (".", "/", "-", "%"):
            parts.append(self.token)
            self.advance()
        if self.token != "]":
            self.fail(f'"]" to close the "[" at {opened}')
        name = "".join(parts)
        if not BRACKETED_NAME.fullmatch(name):
            self.refuse(f'"[{name}]" is not the name of an extension or a type.', opened)
        self.advance()
        return name

    def list_of(self, name: str, bracketed: bool, *, scalars: bool) -> TextList:
        opened = self.here()
        self.advance()
        opening_comment = self.take_trailing()
        items: list[TextField] = []
        is_open = self.token != "]"
        while is_open:
            if not scalars and self.token not in _CLOSING:
                self.fail('"{": a list of plain values needs a ":" before it')
            begun = self.begin()
            value = self.single()
            is_open = self.token != "]"
            if is_open and self.token != ",":
                self.fail(f'"," or "]" in the list opened at {opened}')
            items.append(self.finish(begun, name, value, value.location, bracketed))
        end_comments, end_line = self.take_comments(), self.here().line
        self.advance()
        return TextList(tuple(items), opened, end_comments, end_line, opening_comment)

    def single(self) -> TextScalar | TextMessage:
        return self.message() if self.token in _CLOSING else self.scalar()

    def message(self) -> TextMessage:
        location = self.here()
        if self.depth == MAX_DEPTH:
            self.refuse(f"More than {MAX_DEPTH} messages inside each other.", location)
        closing = _CLOSING[self.token]
        self.depth += 1
        self.advance()
        opening_comment = self.take_trailing()
        fields = self.fields()
        if self.token != closing:
            self.fail_to_close(closing, location)
        self.suspects.pop(self.depth, None)
        end_comments, end_line = self.take_comments(), self.here().line
        self.depth -= 1
        self.advance()
        return TextMessage(fields, location, end_comments, end_line, opening_comment)

    def fail_to_close(self, closing: str, opened: Location) -> NoReturn:
        closes = f'the "{closing}" that closes the message opened at {opened}'
        if self.kind == "end" and self.depth in self.suspects:
            # Most likely it was forgotten before a field that is not indented like those inside.
            location, name = self.suspects[self.depth]
            self.refuse(f'Expected {closes}, found "{name}".', location, f'Add "{closing}" before it.')
        self.fail(f"a field name or {closes}", self.comment_hint())

    def comment_hint(self) -> str:
        return 'Comments begin with "#".' if self.token == "/" else ""

    def scalar(self) -> TextScalar:
        location = self.here()
        kind, text = self.kind, self.token
        if kind == "string":
            return self.string(location)
        negative = text == "-"
        if negative:
            self.advance()
            kind, text = self.kind, "-" + self.token
            if kind == "identifier" and self.token.lower() not in ("inf", "infinity", "nan"):
                self.fail('a number after "-"')
        if kind == "identifier":
            self.advance()
            return TextScalar("identifier", text, text, location)
        if kind != "number":
            self.fail('a number after "-"' if negative else "a value")
        value = number_value(text)
        if value is None:
            self.refuse(f"{_shortened(text)} is not a number.", location)
        self.advance()
        return TextScalar("integer" if isinstance(value, int) else "float", text, value, location)

    def string(self, location: Location) -> TextScalar:
        literals, value = [], b""
        begin = end = self.offset
        while self.kind == "string":
            try:
                value += string_value(self.token)
            except ValueError as error:
                self.refuse(str(error), self.here())
            literals.append(self.token)
            end = self.offset
            self.advance()
        one_line = begin == end or "\n" not in self.text[begin:end]
        return TextScalar("string", " ".join(literals), value, location, one_line)


def _shortened(token: str) -> str:
    quoted = token if token[0] in "\"'" else f'"{token}"'
    return quoted if len(quoted) <= 40 else f"{quoted[:36]}..."
