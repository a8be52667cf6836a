"""Precedence of a node's options, and errors in them."""

from __future__ import annotations

from typing import Any

import pytest

from mpgraph.config.options import adopt_options, node_options, refuse_duplicates, unread_framework_options
from mpgraph.config.source import GraphSource, parse_graph_text
from mpgraph.errors import ConfigError, InternalError
from mpgraph.framework.options import ProtoOptions

GATE = ProtoOptions("GateCalculatorOptions")
EXTENSION = "options { [mediapipe.GateCalculatorOptions.ext] { %s } }"
ANY = "node_options { [type.googleapis.com/mediapipe.GateCalculatorOptions] { %s } }"


def graph(*options: str) -> GraphSource:
    return parse_graph_text("node { " + "\n".join(options) + " }")


def options_of(*options: str) -> Any:
    return node_options(graph(*options).config.node[0], GATE)


def test_missing_options_are_default_options() -> None:
    assert options_of() == GATE.message_class()()


def test_extension_overrides_node_options() -> None:
    found = options_of(ANY % "allow: true", EXTENSION % "empty_packets_as_allow: true")
    assert not found.allow
    assert found.empty_packets_as_allow


def test_empty_extension_hides_node_options_too() -> None:
    assert not options_of(ANY % "allow: true", EXTENSION % "").allow


def test_last_node_options_win() -> None:
    assert not options_of(ANY % "allow: true", ANY % "allow: false").allow


def test_other_types_are_ignored() -> None:
    other = "node_options { [type.googleapis.com/mediapipe.ThresholdingCalculatorOptions] { threshold: 1 } }"
    assert options_of(other, ANY % "allow: true").allow


def test_class_without_options_has_none() -> None:
    assert node_options(graph(ANY % "").config.node[0], object) is None


def test_duplicate_type_is_rejected() -> None:
    source = graph(ANY % "", ANY % "")
    with pytest.raises(InternalError, match="specified more than once") as raised:
        refuse_duplicates(source.config.node[0], source.node_source(0))
    assert raised.value.location is not None and raised.value.location.line == 2


def test_damaged_bytes_are_rejected() -> None:
    source = graph(ANY % "")
    source.config.node[0].node_options[0].value = b"\xff"
    with pytest.raises(ConfigError, match="not a message of that type"):
        node_options(source.config.node[0], GATE)


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ("options { [mediapipe.GateCalculatorOption.ext] {} }", '"mediapipe.GateCalculatorOptions"'),
        ("node_options { [type.googleapis.com/mediapipe.GateOptions] {} }", "no message"),
        ("options { [mediapipe.GateCalculatorOptions.extra] {} }", "no message"),
        (
            "options { [mediapipe.GateCalculatorOptions] {} }",
            r"options \{ \[mediapipe.GateCalculatorOptions.ext\]",
        ),
    ],
)
def test_unknown_options_are_rejected(options: str, hint: str) -> None:
    source = graph(options)
    with pytest.raises(ConfigError, match=hint) as raised:
        adopt_options(source.config.node[0], object, source.node_source(0))
    assert str(raised.value).startswith("<string>:1:")


def test_unknown_options_of_executors_and_handlers() -> None:
    source = parse_graph_text(
        "executor { options { [acme.One.ext] {} } }\n"
        "graph_options { [type.googleapis.com/acme.Two] {} }\n"
        "node { input_stream_handler { options { [acme.Three.ext] {} } } }"
    )
    assert [error.location.line for error in unread_framework_options(source) if error.location] == [1, 3]
