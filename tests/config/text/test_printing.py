"""Printing messages: the layout, and round trips through this parser and protobuf's."""

from __future__ import annotations

from typing import Any

from google.protobuf import text_format
from hypothesis import given
from hypothesis import strategies as st
from random_messages import messages, texts

from mpgraph.config.source import load_graph, parse_graph_text
from mpgraph.config.text.binding import RawOption, bind
from mpgraph.config.text.pbtxt import TextField, TextMessage, parse_text
from mpgraph.config.text.printing import message_to_text
from mpgraph.protos import POOL, calculator_pb2, message_class

LAYOUT = """type: "T"
input_stream: "IMAGE:in"
output_stream: "out"
num_threads: 2

node {
  calculator: "PassThroughCalculator"
  name: "first"
  input_stream: "in"
  output_stream: "out"
  options {
    [mediapipe.GateCalculatorOptions.ext] {
      allow: true
      initial_gate_state: GATE_ALLOW
    }
    [acme.Thing.ext] {
      # How much.
      level: 0x10  # In units.
      list: [1, 2]
      part {}  # Empty.
      part {
        name: "a" 'b'
        # The end.
      }
    }
  }
  node_options {
    [type.googleapis.com/mediapipe.ThresholdingCalculatorOptions] {
      threshold: 0.1
    }
  }
  node_options {
    [type.googleapis.com/acme.Other] {}
  }
}

node {
  calculator: "SwitchContainer"
  options {
    [mediapipe.SwitchContainerOptions.ext] {
      contained_node {
        calculator: "A"
        options {
          [acme.Inner.ext]: 3
        }
      }
    }
  }
}
"""


def test_layout_is_stable() -> None:
    source = parse_graph_text(LAYOUT)
    assert message_to_text(source.config, source.unknown) == LAYOUT


def test_other_layouts_are_normalized() -> None:
    source = parse_graph_text(" ".join(line for line in LAYOUT.splitlines() if "#" not in line))
    expected = "".join(f"{line}\n" for line in LAYOUT.splitlines() if "#" not in line)
    assert message_to_text(source.config, source.unknown) == expected


def test_comments_of_options_without_a_schema_are_kept() -> None:
    source = parse_graph_text(
        "graph_options { [type.googleprod.com/acme.A] { # open\n a: [ # 1\n 2 # 2\n] # a\n"
        "b: [ # first\n {c: 3 # c\n}, # one\n {} # two\n # end\n] # b\n } }"
    )
    assert message_to_text(source.config, source.unknown).splitlines()[2:-2] == [
        "    # open",
        "    # 1",
        "    # 2",
        "    a: [2]  # a",
        "    # first",
        "    # end",
        "    # b",
        "    b {",
        "      c: 3  # c",
        "    }  # one",
        "    b {}  # two",
    ]


def test_empty_message_prints_nothing() -> None:
    assert message_to_text(calculator_pb2.CalculatorGraphConfig()) == ""


def test_maps_are_sorted() -> None:
    options: Any = message_class("mediapipe.DetectionLabelIdToTextCalculatorOptions")()
    options.label_items[3].name = "x"
    options.label_items[-1].SetInParent()
    assert message_to_text(options) == (
        'label_items {\n  key: -1\n  value {}\n}\nlabel_items {\n  key: 3\n  value {\n    name: "x"\n  }\n}\n'
    )


def test_any_of_an_unknown_type_or_with_unknown_content_stays_bytes() -> None:
    config = calculator_pb2.CalculatorGraphConfig()
    config.graph_options.add(type_url="type.googleapis.com/acme.X", value=b"\x08\x01")
    # A field unknown to mediapipe.Color, bytes that are not a message, a type without a prefix.
    config.graph_options.add(type_url="type.googleapis.com/mediapipe.Color", value=b"\x50\x01")
    config.graph_options.add(type_url="type.googleapis.com/mediapipe.Color", value=b"\xff")
    config.graph_options.add(type_url="mediapipe.Color", value=b"\x08\x01")
    text = message_to_text(config)
    assert text.count("type_url") == 4
    assert parse_graph_text(text).config == config


def test_fields_without_a_schema_are_listed_in_a_comment() -> None:
    source = load_graph(b"\xa2\x01\x01T\xa0\x46\x01")
    assert message_to_text(source.config) == 'type: "T"\n# Omitted, since they have no schema: 1124\n'


def parsed(text: str) -> Any:
    config = calculator_pb2.CalculatorGraphConfig()
    assert bind(parse_text(text), config) == ()
    return config


@given(messages("mediapipe.CalculatorGraphConfig"))
def test_random_graphs_round_trip(config: Any) -> None:
    text = message_to_text(config)
    assert parsed(text) == config
    by_protobuf = calculator_pb2.CalculatorGraphConfig()
    assert text_format.Parse(text, by_protobuf, descriptor_pool=POOL) == parsed(text)


@given(messages("mediapipe.CalculatorGraphConfig"), st.booleans())
def test_text_of_protobufs_printer_is_parsed_to_the_same_message(config: Any, one_line: bool) -> None:
    assert parsed(text_format.MessageToString(config, as_one_line=one_line)) == config
    assert parsed(text_format.MessageToString(config, as_utf8=True, descriptor_pool=POOL)) == config


@given(messages("mediapipe.CalculatorGraphConfig", nan=True))
def test_nan_and_unknown_types_round_trip(config: Any) -> None:
    text = message_to_text(config)
    assert message_to_text(parsed(text)) == text
    assert parsed(text).SerializeToString(deterministic=True) == config.SerializeToString(deterministic=True)


@given(st.lists(texts(), min_size=1, max_size=3), st.lists(texts(), max_size=2), texts())
def test_options_without_a_schema_round_trip(
    extensions: list[str], anys: list[str], graph_options: str
) -> None:
    options = " ".join(f"[acme.N{i}.ext] {{ {text} }}" for i, text in enumerate(extensions))
    node_options = " ".join(
        f"node_options {{ [type.googleprod.com/acme.Any{i}] {{ {text} }} }}" for i, text in enumerate(anys)
    )
    node = f'calculator: "A" options {{ {options} }} {node_options} executor: "e"'
    source = parse_graph_text(
        f"node {{ {node} }} graph_options {{ [type.googleprod.com/acme.Any] {{ {graph_options} }} }}"
    )
    written = parse_graph_text(message_to_text(source.config, source.unknown))
    assert written.config == source.config
    assert sorted(map(content, written.unknown)) == sorted(map(content, source.unknown))


def content(option: RawOption) -> str:
    """The path and value of an option, without locations."""
    return f"{option.path} {meaning(option.field)}"


def meaning(value: Any) -> str:
    if isinstance(value, TextField):
        # A list of messages may become several fields.
        return " ".join(f"{single.label} {meaning(single.value)}" for single in value.singles())
    if isinstance(value, TextMessage):
        return "{" + " ".join(map(meaning, value.fields)) + "}"
    return f"{value.kind} {value.value!r}"
