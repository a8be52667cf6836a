"""Binding: the same messages as from protobuf's own parser, and more helpful errors."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import text_format
from hypothesis import given
from hypothesis import strategies as st

from mpgraph.config.text.binding import ConfigErrors, RawOption, bind
from mpgraph.config.text.pbtxt import parse_text
from mpgraph.errors import ConfigError
from mpgraph.protos import POOL, calculator_pb2, extension_for, message_class, parse_any

VALID = {
    "empty": "",
    "header": 'type: "T" input_stream: "a" input_stream: ["b", "c"] num_threads: 0x10 report_deadlock: t',
    "extension": """node { calculator: "G" options { [mediapipe.GateCalculatorOptions.ext] {
        allow: t initial_gate_state: GATE_ALLOW } } }""",
    "with colon": "node: { options: { [mediapipe.SetAlphaCalculatorOptions.ext]: { alpha_value: -3 } } }",
    "any": """node: { node_options: { [type.googleapis.com/mediapipe.RecolorCalculatorOptions] {
        color { r: 0 g: 0 b: 255 } mask_channel: RED } } }""",
    "any list": """graph_options [{ [type.googleapis.com/mediapipe.Color] < r: 1 > },
        { [type.googleapis.com/mediapipe.Color] {} }]""",
    "any in full": 'graph_options { type_url: "type.googleapis.com/mediapipe.Color" value: "\\010\\003" }',
    "empty messages": "node {} node { options {} input_stream_handler {} }",
    "nested": """node { options { [mediapipe.SwitchContainerOptions.ext] { contained_node: {
        calculator: "A" options { [mediapipe.ImageToTensorCalculatorOptions.ext] {
        output_tensor_float_range { min: 0.0 max: 1 } border_mode: BORDER_ZERO } } } } } }""",
    "map": """graph_options { [type.googleapis.com/mediapipe.DetectionLabelIdToTextCalculatorOptions] {
        label_items { key: -3 value { name: "x" } } label_items: { value { name: "y" } key: -3 }
        label_items { key: -3 value { child_name: ["a"] } } } }""",
    "packed": "graph_options { [type.googleapis.com/mediapipe.MatrixData] { packed_data: [1, -inf, 2.5f] } }",
    "strings": """input_stream: 'a' "b" '\\n\\'\\x41\\101é\\303\\251'""",
    "handler": """input_stream_handler { input_stream_handler: "X" options {
        [mediapipe.SyncSetInputStreamHandlerOptions.ext] { sync_set { tag_index: "A" } sync_set {} } } }""",
}


def graph(text: str) -> tuple[Any, tuple[RawOption, ...]]:
    config = calculator_pb2.CalculatorGraphConfig()
    return config, bind(parse_text(text, "g"), config)


def errors_of(text: str) -> list[str]:
    with pytest.raises(ConfigErrors) as raised:
        graph(text)
    assert raised.value.location == raised.value.errors[0].location
    assert str(raised.value).splitlines() == [str(error) for error in raised.value.errors]
    return [str(error) for error in raised.value.errors]


@pytest.mark.parametrize("text", VALID.values(), ids=VALID)
def test_messages_equal_those_of_protobufs_parser(text: str) -> None:
    expected = calculator_pb2.CalculatorGraphConfig()
    text_format.Parse(text, expected, descriptor_pool=POOL)
    config, unknown = graph(text)
    assert config == expected
    assert unknown == ()


def test_package_may_be_left_out_of_names() -> None:
    config, _ = graph(
        "node { options { [GateCalculatorOptions.ext] { allow: true } }"
        " node_options { [type.googleapis.com/GateCalculatorOptions] { allow: true } } }"
    )
    extension = extension_for("mediapipe.GateCalculatorOptions")
    assert config.node[0].options.Extensions[extension].allow
    assert config.node[0].node_options[0].type_url == "type.googleapis.com/mediapipe.GateCalculatorOptions"
    assert parse_any(config.node[0].node_options[0]).allow


def test_options_without_a_schema_are_kept_as_text() -> None:
    config, unknown = graph(
        'node {} node { options { [acme.X.ext] { deep { er: [1, 2] } } [acme.Y.ext]: 5 } calculator: "A"'
        " node_options { [type.googleapis.com/acme.Z] {} }"
        " node_options { [type.googleapis.com/mediapipe.Color] {} } }"
        " graph_options [{ [type.googleapis.com/acme.G] { a: 1 } }]"
    )
    assert [(option.path, option.field.name) for option in unknown] == [
        (("node", 1, "options"), "acme.X.ext"),
        (("node", 1, "options"), "acme.Y.ext"),
        (("node", 1, "node_options"), "type.googleapis.com/acme.Z"),
        (("graph_options",), "type.googleapis.com/acme.G"),
    ]
    # An empty Any in its place would later be taken for options without values.
    assert [option.type_url for option in config.node[1].node_options] == [
        "type.googleapis.com/mediapipe.Color"
    ]
    assert len(config.graph_options) == 0
    assert config.node[1].calculator == "A"


def test_all_errors_are_reported_at_once() -> None:
    found = errors_of(
        'nod {}\nnum_threads: 1.5\nnode {\n  calculater: "A"\n'
        "  options { [mediapipe.GateCalculatorOptions.ext] { alow: true } }\n"
        "  node_options { [type.googleapis.com/mediapipe.Color] { r: red g: 1 g: 2 } }\n}\n"
    )
    assert found == [
        'g:1:1: Unknown field "nod" in mediapipe.CalculatorGraphConfig. Did you mean "node"?',
        'g:2:14: "num_threads" takes an integer, found 1.5.',
        'g:4:3: Unknown field "calculater" in mediapipe.CalculatorGraphConfig.Node.'
        ' Did you mean "calculator"?',
        'g:5:53: Unknown field "alow" in mediapipe.GateCalculatorOptions. Did you mean "allow"?',
        'g:6:61: "r" takes an integer, found red.',
        'g:6:70: "g" is given twice, first at g:6:65. Keep one of them.',
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('type: "a" type: "b"', 'g:1:11: "type" is given twice, first at g:1:1.'),
        ('type: ["a"]', 'g:1:7: "type" takes one value, found a list.'),
        ("node: 1", 'g:1:7: "node" takes a message in { }, found 1.'),
        ("type {}", 'g:1:6: "type" takes a plain value, found a message.'),
        ("node { options: {} options: {} }", '"options" is given twice'),
        (
            "graph_options { [type.googleapis.com/ConstantSidePacketCalculatorOptions] {\n"
            "packet { int_value: 1 bool_value: t } } }",
            '"bool_value" cannot be combined with "int_value" at g:2:10: only one of "value" may be given.',
        ),
        ("[a.b] {}", "g:1:1: [a.b] is not allowed in mediapipe.CalculatorGraphConfig."),
        ("node { options { [type.googleapis.com/a.B] {} } }", "belong in node_options or graph_options"),
        ("graph_options { [t.c/mediapipe.Color] {} }", "Expected [type.googleapis.com/mediapipe.Color] here"),
        ("graph_options { [a.B] {} }", "Expected [type.googleapis.com/a.B] here, found [a.B]."),
        (
            "graph_options { [type.googleapis.com/mediapipe.Color]: 3 }",
            "[type.googleapis.com/mediapipe.Color] takes a message in { }, found 3.",
        ),
        (
            "graph_options { [type.googleapis.com/mediapipe.Color]: [1] }",
            "takes a message in { }, found [1].",
        ),
        (
            "graph_options { [type.googleapis.com/a.B] {} [type.googleapis.com/a.C] {} }",
            "must be the only field",
        ),
        (
            "options { [mediapipe.GateCalculatorOptions.ext] {} }",
            "belongs in mediapipe.CalculatorOptions, not in mediapipe.MediaPipeOptions",
        ),
        (
            "graph_options { [type.googleapis.com/mediapipe.Rect] { x_center: 1 y_center: 1 width: 1 } }",
            '"height" is missing',
        ),
    ],
)
def test_errors(text: str, message: str) -> None:
    assert message in errors_of(text)[0]


def test_single_messages_can_be_bound() -> None:
    options: Any = message_class("mediapipe.FlowLimiterCalculatorOptions")()
    assert bind(parse_text("max_in_queue: 2"), options) == ()
    assert (options.max_in_flight, options.max_in_queue) == (1, 2)


WORDS = [
    "node",
    "options",
    "type",
    "num_threads",
    "a",
    "true",
    "1",
    "-1",
    "1.5",
    "'s'",
    ":",
    "{",
    "}",
    "[",
    "]",
    ",",
]
EXTENSIONS = [
    "[mediapipe.GateCalculatorOptions.ext]",
    "[a.b]",
    "[type.googleapis.com/mediapipe.Color]",
    "[type.googleapis.com/a.B]",
    "graph_options",
]


@given(st.lists(st.sampled_from([*WORDS, *EXTENSIONS, "node {", "options {", "}", "}"]), max_size=40))
def test_random_tokens_are_bound_or_rejected(tokens: list[str]) -> None:
    error = None
    try:
        graph(" ".join(tokens))
    except ConfigError as raised:
        error = raised
    assert error is None or error.location
