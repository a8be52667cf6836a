"""Protobuf text format (.pbtxt) as a tree that knows where everything stands in its file.

Needs no schema: extensions and Any types nobody knows are read like everything else, and
`mpgraph.config.text.binding` decides later what the names mean. The language is the one of
https://protobuf.dev/reference/protobuf/textformat-spec/.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn, TypeAlias

from mpgraph.config.text.literals import number_value, string_value
from mpgraph.errors import ConfigError, Location

MAX_DEPTH = 100
"""How many messages may be open at once; protobuf allows as many in a binary file."""


@dataclass(frozen=True, slots=True)
class TextComment:
    """One `#` comment, without the `#` and the blanks around it."""

    text: str
    location: Location


@dataclass(frozen=True, slots=True)
class TextScalar:
    """A value that is not a message.

    kind: "string", "integer", "float" or "identifier".
    text: as written, adjacent strings joined by a blank and a minus sign by nothing.
    value: bytes, int, float or, of an identifier, str; `-inf` and `-nan` are identifiers.
    """

    kind: str
    text: str
    value: bytes | int | float | str
    location: Location

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class TextList:
    """`[a, b]`: several values of one repeated field."""

    items: tuple[TextScalar | TextMessage, ...]
    location: Location

    def __str__(self) -> str:
        items = ("{...}" if isinstance(item, TextMessage) else str(item) for item in self.items)
        return f"[{', '.join(items)}]"


@dataclass(frozen=True, slots=True)
class TextMessage:
    """The fields between a pair of braces, or of a whole file.

    location is that of the opening brace. end_comments stand between the last field and the end, which
    is in line end_line.
    """

    fields: tuple[TextField, ...]
    location: Location
    end_comments: tuple[TextComment, ...] = ()
    end_line: int = field(default=0, compare=False)

    def all(self, name: str) -> list[TextField]:
        """Return each value of the field `name`; the i-th is the i-th one of a repeated field."""
        return [single for field in self.fields if field.name == name for single in field.singles()]

    def first(self, name: str) -> TextField | None:
        """Return the first value of the field `name`, or None."""
        return next((one for field in self.fields if field.name == name for one in field.singles()), None)


@dataclass(frozen=True, slots=True)
class TextField:
    """A name and its value. comments stand between the field before and this one.

    bracketed names, written `[mediapipe.GateCalculatorOptions.ext]` or
    `[type.googleapis.com/mediapipe.GateCalculatorOptions]`, are kept without the brackets.
    """

    name: str
    value: TextValue
    location: Location
    bracketed: bool = False
    comments: tuple[TextComment, ...] = ()

    @property
    def label(self) -> str:
        """The name as it is written in the file."""
        return f"[{self.name}]" if self.bracketed else self.name

    def singles(self) -> Iterator[TextField]:
        """Yield this field, or, if its value is a list, one field for each item."""
        if isinstance(self.value, TextList):
            for item in self.value.items:
                yield TextField(self.name, item, item.location, self.bracketed)
        else:
            yield self


TextValue: TypeAlias = TextScalar | TextMessage | TextList


def parse_text(text: str, file: str = "<string>") -> TextMessage:
    """Parse a whole file of text format; `file` is its name in locations.

    Raises ConfigError, with the location, where the text is not text format.
    """
    return _Parser(text, file).whole()


BRACKETED_NAME = re.compile(r"([\w.-]+/)*[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
"""What may stand between the brackets of a field's name."""

_TOKEN = re.compile(
    r"""[ \t\r\n\f\v]*(?:
      (?P<identifier>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<string>"[^"\\\n]*(?:\\.[^"\\\n]*)*" | '[^'\\\n]*(?:\\.[^'\\\n]*)*')
    | (?P<number>\.?[0-9](?:[eE][+-]|[0-9A-Za-z_.])*)
    | (?P<symbol>[][{}<>:;,/.-])
    | (?P<comment>\#[^\n]*)
    | (?P<end>\Z)
    )""",
    re.VERBOSE,
)
_CLOSING = {"{": "}", "<": ">"}
_CHARACTER_HINTS = {
    "=": 'A name and its value have a ":" between them.',
    "\xa0": "It is a blank that does not break lines: use a plain one.",
    **dict.fromkeys("“”„«»‘’", "Strings stand in straight quotes, \" or '."),
}


class _Parser:
    """Recursive descent with one token of look-ahead: `kind`, `token`, `offset`."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.lines = [0, *(newline.end() for newline in re.finditer("\n", text))]
        self.comments: list[TextComment] = []
        self.next_offset = 0
        self.depth = 0
        self.columns: list[int] = []
        self.suspects: dict[int, tuple[Location, str]] = {}
        self.advance()

    def advance(self) -> None:
        while True:
            match = _TOKEN.match(self.text, self.next_offset)
            if match is None:
                self.refuse_character()
            kind = match.lastgroup or ""
            self.token = match[kind]
            self.offset = match.start(kind)
            self.next_offset = match.end()
            self.kind = kind
            if kind != "comment":
                return
            self.comments.append(TextComment(self.token[1:].strip(), self.here()))

    def here(self) -> Location:
        line = bisect_right(self.lines, self.offset)
        return Location(self.file, line, self.offset - self.lines[line - 1] + 1)

    def fail(self, expected: str, hint: str = "") -> NoReturn:
        found = "the end of the text" if self.kind == "end" else _shortened(self.token)
        self.refuse(f"Expected {expected}, found {found}.", self.here(), hint)

    def refuse(self, text: str, location: Location, hint: str = "") -> NoReturn:
        raise ConfigError(text, location=location, hint=hint, rule="syntax")

    def refuse_character(self) -> NoReturn:
        self.offset = self.next_offset
        while self.text[self.offset] in " \t\r\n\f\v":
            self.offset += 1
        character = self.text[self.offset]
        if character in "\"'":
            self.refuse(
                "This string has no closing quote on its line.", self.here(), f"Close it with {character}."
            )
        self.refuse(f"Unexpected character {character!r}.", self.here(), _CHARACTER_HINTS.get(character, ""))

    def take_comments(self) -> tuple[TextComment, ...]:
        taken = tuple(self.comments)
        if taken:
            self.comments.clear()
        return taken

    def whole(self) -> TextMessage:
        fields = self.fields()
        if self.kind != "end":
            if self.token in ("}", ">"):
                self.refuse(f'This "{self.token}" closes nothing.', self.here(), "Remove it.")
            self.fail("a field name", self.comment_hint())
        return TextMessage(fields, Location(self.file, 1, 1), self.take_comments(), len(self.lines))

    def fields(self) -> tuple[TextField, ...]:
        fields = []
        while self.kind == "identifier" or self.token == "[":
            fields.append(self.field())
            if self.token in (";", ","):
                self.advance()
        return tuple(fields)

    def field(self) -> TextField:
        location = self.here()
        if self.depth and location.column <= self.columns[-1] and self.depth not in self.suspects:
            self.suspects[self.depth] = location, self.token
        self.columns.append(location.column)
        comments = self.take_comments()
        bracketed = self.token == "["
        if bracketed:
            name = self.bracketed_name()
        else:
            name = self.token
            self.advance()
        value: TextValue
        if self.token == ":":
            self.advance()
            value = self.list_of(scalars=True) if self.token == "[" else self.single()
        elif self.token in _CLOSING:
            value = self.message()
        elif self.token == "[":
            value = self.list_of(scalars=False)
        else:
            hint = f"Write {name}: {self.token}" if self.kind in ("string", "number", "identifier") else ""
            self.fail(f'":" or "{{" after "{name}"', hint)
        self.columns.pop()
        return TextField(name, value, location, bracketed, comments)

    def bracketed_name(self) -> str:
        opened = self.here()
        self.advance()
        parts = []
        while self.kind in ("identifier", "number") or self.token in (".", "/", "-"):
            parts.append(self.token)
            self.advance()
        if self.token != "]":
            self.fail(f'"]" to close the "[" at {opened}')
        name = "".join(parts)
        if not BRACKETED_NAME.fullmatch(name):
            self.refuse(f'"[{name}]" is not the name of an extension or a type.', opened)
        self.advance()
        return name

    def list_of(self, *, scalars: bool) -> TextList:
        location = self.here()
        self.advance()
        items: list[TextScalar | TextMessage] = []
        while self.token != "]" or items:
            if not scalars and self.token not in _CLOSING:
                self.fail('"{": a list of plain values needs a ":" before it')
            items.append(self.single())
            if self.token == "]":
                break
            if self.token != ",":
                self.fail(f'"," or "]" in the list opened at {location}')
            self.advance()
        self.advance()
        return TextList(tuple(items), location)

    def single(self) -> TextScalar | TextMessage:
        return self.message() if self.token in _CLOSING else self.scalar()

    def message(self) -> TextMessage:
        location = self.here()
        if self.depth == MAX_DEPTH:
            self.refuse(f"More than {MAX_DEPTH} messages inside each other.", location)
        closing = _CLOSING[self.token]
        self.depth += 1
        self.advance()
        fields = self.fields()
        if self.token != closing:
            self.fail_to_close(closing, location)
        self.suspects.pop(self.depth, None)
        comments = self.take_comments()
        end_line = self.here().line
        self.depth -= 1
        self.advance()
        return TextMessage(fields, location, comments, end_line)

    def fail_to_close(self, closing: str, opened: Location) -> NoReturn:
        closes = f'the "{closing}" that closes the message opened at {opened}'
        if self.kind == "end" and self.depth in self.suspects:
            # Most likely it was forgotten before a field that is not indented like what is inside.
            place, name = self.suspects[self.depth]
            self.refuse(f'Expected {closes}, found "{name}".', place, f'Add "{closing}" before it.')
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
        while self.kind == "string":
            try:
                value += string_value(self.token)
            except ValueError as error:
                self.refuse(str(error), self.here())
            literals.append(self.token)
            self.advance()
        return TextScalar("string", " ".join(literals), value, location)


def _shortened(token: str) -> str:
    quoted = token if token[0] in "\"'" else f'"{token}"'
    return quoted if len(quoted) <= 40 else f"{quoted[:36]}..."
