"""The layout of formatted graphs; formatting keeps meaning and comments."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_messages import messages

from mpgraph.config.source import parse_graph_text
from mpgraph.config.text.formatting import format_text
from mpgraph.config.text.printing import message_to_text
from mpgraph.errors import ConfigError

CHECKOUT = Path(__file__).resolve().parents[3]
GRAPHS = sorted((CHECKOUT / "graphs").rglob("*.pbtxt"))

UNTIDY = """# Header.

# Second paragraph.
type: 'X'   # the type


input_stream: "a";input_stream: "b",
node: < # opened
  calculator: "Foo" # of Foo
  # above
  options: { [acme.Bar.ext] : { x: - 5 list: [1, # one
   2, 3 # three
   ] part: [ {a:1}, {b:2} ] } }  # closed
  color{r:0   g:0 b:255}
  name: "a" # why
     'b'
     # at the end

  # of the node
  >
executor { name: "x" type: "y" }
node{}
# the end
"""

TIDY = """# Header.

# Second paragraph.
type: "X"  # the type

input_stream: "a"
input_stream: "b"

node: {  # opened
  calculator: "Foo"  # of Foo
  # above
  options: {
    [acme.Bar.ext]: {
      x: -5
      list: [
        1,  # one
        2,
        3  # three
      ]
      part: [{ a: 1 }, { b: 2 }]
    }
  }  # closed
  color { r: 0 g: 0 b: 255 }
  # why
  name:
    "a"
    "b"
  # at the end

  # of the node
}

executor { name: "x" type: "y" }

node {}
# the end
"""


def test_layout() -> None:
    assert format_text(UNTIDY) == TIDY
    assert format_text(TIDY) == TIDY


@pytest.mark.parametrize(
    ("text", "formatted"),
    [
        ("", ""),
        ("\n\n# only a comment", "# only a comment\n"),
        ("node { calculator: 'A' }", 'node {\n  calculator: "A"\n}\n'),
        ("node {}\n\n\n\nnode {}", "node {}\n\nnode {}\n"),
        ("type: 'x\"y'", "type: 'x\"y'\n"),
        ("type: 'x\\'y'", "type: 'x\\'y'\n"),
        ('type: "x" "#y"', 'type: "x" "#y"\n'),
        ("# a\nnode {}\n# b\nnode {}", "# a\nnode {}\n\n# b\nnode {}\n"),
        ("node {}\n# a\n\nnode {}", "node {}\n# a\n\nnode {}\n"),
        ("a: 1\nb {\n\n  c: 2\n\n}\n", "a: 1\nb {\n  c: 2\n}\n"),
        ("a { b {} }", "a { b {} }\n"),
        ("a {\n\n}", "a {}\n"),
        ("a {\n  b: 1 }", "a {\n  b: 1\n}\n"),
        ("a { b: 1 # c\n}", "a {\n  b: 1  # c\n}\n"),
        ("a: []", "a: []\n"),
        ("a [{b: 1}]", "a: [{ b: 1 }]\n"),
        ("a: 1 # x\n; # y\nb: 2", "# y\na: 1  # x\nb: 2\n"),
        ("a # x\n: # y\n1", "# x\n# y\na: 1\n"),
        ("a: -\n# x\n1", "# x\na: -1\n"),
        ("[a.b /c.D] { }", "[a.b/c.D] {}\n"),
        (f'a {{ b: "{"x" * 120}" }}', f'a {{\n  b: "{"x" * 120}"\n}}\n'),
    ],
)
def test_small_texts(text: str, formatted: str) -> None:
    assert format_text(text) == formatted
    assert format_text(formatted) == formatted


def test_syntax_errors_have_a_location() -> None:
    with pytest.raises(ConfigError, match=r"^g\.pbtxt:2:6: "):
        format_text("a: 1\nnode } {", "g.pbtxt")


@pytest.mark.parametrize("graph", GRAPHS, ids=[graph.stem for graph in GRAPHS])
def test_shipped_graphs_are_formatted(graph: Path) -> None:
    text = graph.read_text("utf-8")
    assert format_text(text, str(graph)) == text


def test_printed_graphs_are_formatted() -> None:
    text = message_to_text(parse_graph_text(TIDY.replace("color", "#")).config)
    assert format_text(text) == text


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[][{}<>:;,]|[^][{}<>:;,\s"]+')
_GAPS = st.lists(
    st.one_of(
        st.sampled_from([" ", "\n", "\n\n\n", "\t", "\r\n", "\n  "]),
        st.text(st.characters(codec="utf-8", exclude_characters="\n\r\0"), max_size=6).map(
            lambda text: f"#{text}\n"
        ),
    ),
    min_size=1,
    max_size=3,
).map("".join)


@st.composite
def layouts(draw: st.DrawFn) -> tuple[Any, str]:
    """A random graph, and its text with blanks, line ends and comments anywhere between the tokens."""
    config = draw(messages("mediapipe.CalculatorGraphConfig", 3))
    tokens = _TOKEN.findall(message_to_text(config))
    gaps = draw(st.lists(_GAPS, min_size=1, max_size=8))
    text = "".join(gaps[index % len(gaps)] + token for index, token in enumerate(tokens))
    return config, text + draw(_GAPS)


def comments(text: str) -> Counter[str]:
    without_strings = re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', text)
    return Counter(found.strip(" \t\r\n\f\v") for found in re.findall(r"#([^\n]*)", without_strings))


@given(layouts())
def test_formatting_keeps_meaning_and_comments(layout: tuple[Any, str]) -> None:
    config, text = layout
    formatted = format_text(text)
    assert format_text(formatted) == formatted
    assert parse_graph_text(formatted).config == config
    assert Counter(c.strip() for c in comments(formatted).elements()) == Counter(
        c.strip() for c in comments(text).elements()
    )


@given(messages("mediapipe.CalculatorGraphConfig"))
def test_random_printed_graphs_are_formatted(config: Any) -> None:
    text = message_to_text(config)
    assert format_text(text) == text
