"""The text-format dialect, locations, comments and syntax errors."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpgraph.config.text import pbtxt
from mpgraph.config.text.pbtxt import (
    MAX_DEPTH,
    TextComment,
    TextList,
    TextMessage,
    TextScalar,
    comments_in,
    parse_text,
)
from mpgraph.errors import ConfigError, Location


def only_value(text: str) -> object:
    (field,) = parse_text(text).fields
    assert isinstance(field.value, TextScalar)
    return field.value.value


def message_at(tree: TextMessage, name: str) -> TextMessage:
    field = tree.first(name)
    assert field is not None
    assert isinstance(field.value, TextMessage)
    return field.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 1", 1),
        ("a:-1", -1),
        ("a: - 1", -1),
        ("a: - # sign\n 0x10", -16),
        ("a: 017", 15),
        ("a: 1.5f", 1.5),
        ("a: -.5", -0.5),
        ("a: true", "true"),
        ("a: -inf", "-inf"),
        ("a: 'x' \"y\"\n'z'", b"xyz"),
        ("a: 1;", 1),
        ("a: 1,", 1),
        ("\ta\f:\v1\r\n", 1),
    ],
)
def test_scalars(text: str, value: object) -> None:
    assert only_value(text) == value


@pytest.mark.parametrize(
    "text",
    ["a { b: 1 }", "a: { b: 1 }", "a < b: 1 >", "a: <b:1>", "a{b:1;},", "a: [{ b: 1 }]", "a [{ b: 1 }]"],
)
def test_messages(text: str) -> None:
    assert message_at(message_at(parse_text("top { " + text + " }"), "top"), "a").first("b") is not None


def test_lists() -> None:
    tree = parse_text("a: [1, 2] a: 3 b: [] c: [{}, <d: 1>]")
    assert [str(field.value) for field in tree.all("a")] == ["1", "2", "3"]
    assert tree.all("b") == []
    assert tree.first("b") is None
    assert isinstance(tree.fields[2].value, TextList)
    assert [len(field.value.fields) for field in tree.all("c") if isinstance(field.value, TextMessage)] == [
        0,
        1,
    ]
    assert str(tree.fields[3].value) == "[{...}, {...}]"


def test_bracketed_names() -> None:
    tree = parse_text(
        "[mediapipe.X.ext] {} [ a . b ]: {} [type.googleapis.com/a.B] {} [my-site.org/v1/a.B] {} "
        "[a%2Fb.org/a.B] {}"
    )
    assert [field.name for field in tree.fields] == [
        "mediapipe.X.ext",
        "a.b",
        "type.googleapis.com/a.B",
        "my-site.org/v1/a.B",
        "a%2Fb.org/a.B",
    ]
    assert all(field.bracketed for field in tree.fields)
    assert tree.fields[0].label == "[mediapipe.X.ext]"


def test_locations_count_from_one() -> None:
    tree = parse_text('node {\n\tname: "x"\n  é: 1'.replace("é", "e") + "\n}", "graph.pbtxt")
    node = message_at(tree, "node")
    assert tree.fields[0].location == Location("graph.pbtxt", 1, 1)
    assert node.location == Location("graph.pbtxt", 1, 6)
    assert [str(field.location) for field in node.fields] == ["graph.pbtxt:2:2", "graph.pbtxt:3:3"]
    assert str(node.fields[0].value.location) == "graph.pbtxt:2:8"


def test_list_items_have_their_own_locations() -> None:
    tree = parse_text("a: [1,\n 2]")
    assert [(field.location.line, field.location.column) for field in tree.all("a")] == [(1, 5), (2, 2)]


def texts(comments: tuple[TextComment, ...]) -> list[str]:
    return [comment.text for comment in comments]


def test_comments_belong_to_a_field_or_the_end_of_a_message() -> None:
    tree = parse_text("# one\n#two\na: 1 # three\nb { c: 1\n # four\n}\n# five")
    first, second = tree.fields
    assert texts(first.comments) == ["# one", "#two"]
    assert [comment.content for comment in first.comments] == ["one", "two"]
    assert first.trailing_comment == TextComment("# three", Location("<string>", 3, 6))
    assert second.comments == ()
    assert texts(message_at(tree, "b").end_comments) == ["# four"]
    assert texts(tree.end_comments) == ["# five"]


def test_comments_inside_a_field() -> None:
    text = (
        "a # 1\n: # 2\n[ # 3\n # 4\n 'x' # 5\n 'y' # 6\n, # 7\n 2, # 8\n 3\n # 9\n] # 10\n; # 11\nb { # 12\n}"
    )
    first, second = parse_text(text).fields
    assert texts(first.comments) == ["# 1", "# 2", "# 11"]
    assert first.trailing_comment is not None
    assert first.trailing_comment.text == "# 10"
    assert isinstance(first.value, TextList)
    assert first.value.opening_comment is not None
    assert first.value.opening_comment.text == "# 3"
    assert texts(first.value.end_comments) == ["# 9"]
    strings, two, three = first.value.fields
    assert texts(strings.comments) == ["# 4", "# 5", "# 7"]
    assert strings.trailing_comment is not None
    assert strings.trailing_comment.text == "# 6"
    assert two.trailing_comment is not None
    assert two.trailing_comment.text == "# 8"
    assert three.trailing_comment is None
    assert [int(comment.text[2:]) for comment in comments_in(TextMessage((first,), first.location))] == [
        *(1, 2, 11, 3, 4, 5, 7, 6, 8, 9, 10)
    ]
    assert isinstance(second.value, TextMessage)
    assert second.value.opening_comment is not None


def test_blank_lines_and_line_breaks() -> None:
    first, second, third = parse_text("a: 'x' 'y'\n\n# c\nb: 'x'\n 'y'\n# d\n\nc {\n}").fields
    assert [first.after_blank, second.after_blank, third.after_blank] == [False, False, True]
    assert [comment.after_blank for comment in (*second.comments, *third.comments)] == [True, False]
    assert isinstance(first.value, TextScalar)
    assert isinstance(second.value, TextScalar)
    assert isinstance(third.value, TextMessage)
    assert (first.value.one_line, second.value.one_line) == (True, False)
    assert (third.value.location.line, third.value.end_line) == (8, 9)


def test_empty_text_is_an_empty_message() -> None:
    for text in ("", " \n", "# only a comment"):
        assert parse_text(text).fields == ()


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("node {\n  name: 'x'\n", 3, 1, 'the "}" that closes the message opened at g:1:6, found the end'),
        ("a {\n b: 1 >", 2, 7, 'opened at g:1:3, found ">"'),
        ("a: 1 }", 1, 6, '"}" closes nothing'),
        ("a", 1, 2, '":" or "{" after "a", found the end'),
        ("a = 1", 1, 3, "Unexpected character '='"),
        ("a: 'x\n'", 1, 4, "no closing quote"),
        ("a: 'x\\", 1, 4, "no closing quote"),
        ("a: 1 'x' b: 1", 1, 6, "Expected a field name, found 'x'"),
        ("a: -x", 1, 5, 'a number after "-", found "x"'),
        ("a: -'x'", 1, 5, "a number after"),
        ("a: 08", 1, 4, '"08" is not a number'),
        ("a: " + "9" * 999, 1, 4, "... is not a number"),
        ("a: '\\q'", 1, 4, "is not known"),
        ("a: 'ok' '\\q'", 1, 9, "is not known"),
        ("a [1]", 1, 4, 'needs a ":"'),
        ("a: [1, ]", 1, 8, 'Expected a value, found "]"'),
        ("a: [1 2]", 1, 7, '"," or "]" in the list opened at g:1:4'),
        ("a: [[1]]", 1, 5, "Expected a value"),
        ("# a\0", 1, 4, r"Unexpected character '\x00'"),
        ("[a.b {}", 1, 6, 'Expected "]" to close the "[" at g:1:1, found "{"'),
        ("a { [x/b.C] {} , }", 1, 16, 'found ","'),
        ("[a/]: 1", 1, 1, "not the name of an extension or a type"),
        ("1: 2", 1, 1, "Expected a field name"),
        ("a: 1\0", 1, 5, r"Unexpected character '\\x00'"),
        ("a: ü", 1, 4, "Unexpected character 'ü'"),
        ("a {" * (MAX_DEPTH + 1), 1, 3 * MAX_DEPTH + 3, "More than 100 messages"),
    ],
)
def test_errors(text: str, line: int, column: int, message: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parse_text(text, "g")
    assert raised.value.location == Location("g", line, column)
    assert message.replace("\\\\", "\\") in str(raised.value)


def test_nesting_up_to_the_limit() -> None:
    parse_text("a {" * MAX_DEPTH + "}" * MAX_DEPTH)
    parse_text("a { b: 1 }\n" * (MAX_DEPTH + 1))


TOKENS = [
    "a",
    "node",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    ":",
    ",",
    ";",
    "-",
    ".",
    "/",
    "1",
    "0x",
    "1.5e",
    "'s'",
    '"',
    "'",
]


def error_of(text: str) -> ConfigError | None:
    try:
        parse_text(text)
    except ConfigError as error:
        return error
    return None


@given(
    st.lists(st.sampled_from([*TOKENS, "\n", " ", "#", "\\", "[a.b]", "a:", "a {", "}", "é", "\0", "-inf"]))
)
def test_random_tokens_are_parsed_or_rejected(tokens: list[str]) -> None:
    text = "".join(tokens)
    error = error_of(text)
    assert error is None or (error.location and error.location.line <= text.count("\n") + 1)


@given(st.text())
def test_random_text_is_parsed_or_rejected(text: str) -> None:
    error = error_of(text)
    assert error is None or error.location


def test_parsing_takes_linear_time() -> None:
    # Quadratic behavior would take minutes here.
    tree = parse_text('node { calculator: "X" input_stream: "a" }\n' * 20_000)
    assert len(tree.fields) == 20_000
    assert len(parse_text("a: '" + "x\\n" * 500_000 + "'").fields) == 1
    with pytest.raises(ConfigError, match="no closing quote"):
        parse_text("a: '" + "x\\n" * 500_000)


def test_number_of_values_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pbtxt, "MAX_VALUES", 4)
    parse_text("a: [1, 2, 3]")
    for text in ("a: [1, 2, 3, 4]", "a {} b { c: 1 d: 2 } e: 3"):
        with pytest.raises(ConfigError, match="more than 4 values"):
            parse_text(text)


def test_long_numbers_take_no_more_memory_than_their_text() -> None:
    text = "1" * 1_000_000
    tracemalloc.start()
    with pytest.raises(ConfigError, match="is not a number"):
        parse_text(f"a: {text}")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * len(text)
