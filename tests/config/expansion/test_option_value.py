"""Options of nodes copied from those of their graph. Expected values are MediaPipe's where it has any."""

from __future__ import annotations

from typing import Any

import pytest

from mpgraph.config.expansion.option_value import apply_option_values
from mpgraph.config.flat import FlatNode
from mpgraph.config.options import message_options
from mpgraph.config.source import parse_graph_text
from mpgraph.errors import ConfigError, MpgraphError, NotFoundError
from mpgraph.protos import message_class

GATE = "mediapipe.GateCalculatorOptions"
PACKETS = "mediapipe.ConstantSidePacketCalculatorOptions"
TENSOR = "mediapipe.ImageToTensorCalculatorOptions"


def any_of(kind: str, body: str = "") -> str:
    return f"[type.googleapis.com/{kind}] {{ {body} }}"


def apply(kind: str, graph: str, node: str, *entries: str, parent: str | None = None) -> Any:
    """The node's options after the entries; `graph`, `node` and `parent` are option bodies."""
    values = "\n".join(f'option_value: "{entry}"' for entry in entries)
    given = f"node {{ node_options {{ {any_of(kind, node)} }}\n{values} }}"
    source = parse_graph_text(f"graph_options {{ {any_of(kind, graph)} }} {given}")
    outer = (
        parse_graph_text(f"node {{ node_options {{ {any_of(kind, parent)} }} }}")
        if parent is not None
        else None
    )
    flat = FlatNode(source.config.node[0], source.node_source(0))
    apply_option_values(source.config, [flat], outer.config.node[0] if outer else None)
    assert not flat.config.option_value
    return message_options(flat.config, kind)


def options(kind: str, **fields: Any) -> Any:
    return message_class(kind)(**fields)


@pytest.mark.parametrize("entry", ["allow:allow", "options/allow:options/allow", "OPTIONS/allow:allow"])
def test_copy_a_field(entry: str) -> None:
    assert apply(GATE, "allow: true", "", entry) == options(GATE, allow=True)


def test_copy_several_fields() -> None:
    found = apply(GATE, "allow: true", "", "allow:allow", "empty_packets_as_allow:allow")
    assert found == options(GATE, allow=True, empty_packets_as_allow=True)


def test_field_that_the_graph_leaves_out_is_cleared() -> None:
    assert apply(GATE, "", "allow: true", "allow:allow") == options(GATE)


def test_options_of_the_subgraph_node_take_precedence() -> None:
    found = apply(GATE, "allow: true", "", "allow:allow", parent="allow: false")
    assert found == options(GATE, allow=False)
    kept = apply(GATE, "allow: true", "", "allow:allow", parent="empty_packets_as_allow: true")
    assert kept.allow


def test_copy_the_whole_message() -> None:
    found = apply(GATE, "allow: true", "initial_gate_state: GATE_ALLOW", "options:options")
    assert found.allow and found.initial_gate_state == 2


def test_repeated_fields() -> None:
    two = "packet { int_value: 1 } packet { int_value: 2 }"

    def values(entry: str) -> list[int]:
        return [packet.int_value for packet in apply(PACKETS, two, "packet { int_value: 5 }", entry).packet]

    assert values("packet:packet") == [5, 1, 2]
    assert values("packet/0/int_value:packet/1/int_value") == [2]
    assert values("packet/1:packet/0") == [5, 1]


def test_messages_are_merged() -> None:
    entry = "output_tensor_float_range:output_tensor_float_range"
    found = apply(
        TENSOR, "output_tensor_float_range { min: 0 }", "output_tensor_float_range { max: 1 }", entry
    ).output_tensor_float_range
    assert (found.HasField("min"), found.max) == (True, 1)


def test_entry_may_name_the_options_type() -> None:
    source = parse_graph_text(
        f"graph_options {{ {any_of(PACKETS)} }} graph_options {{ {any_of(GATE, 'allow: true')} }}"
        f"node {{ options {{ [{GATE}.ext] {{}} }}"
        f' option_value: "Ext::{GATE}/allow:Ext::{GATE}/allow" }}'
    )
    flat = FlatNode(source.config.node[0], source.node_source(0))
    apply_option_values(source.config, [flat], None)
    assert message_options(flat.config, GATE).allow


def test_nothing_changes_without_options_of_the_graph() -> None:
    source = parse_graph_text(
        f'node {{ node_options {{ {any_of(GATE, "allow: true")} }} option_value: "allow:allow" }}'
    )
    flat = FlatNode(source.config.node[0], source.node_source(0))
    apply_option_values(source.config, [flat], None)
    assert message_options(flat.config, GATE).allow


@pytest.mark.parametrize(
    ("entry", "kind", "message"),
    [
        ("allow", ConfigError, "Expected"),
        ("alow:allow", ConfigError, 'Did you mean "allow"'),
        ("allow:alow", ConfigError, 'Did you mean "allow"'),
        ("allow/1:allow", ConfigError, "not repeated"),
        ("1:allow", ConfigError, "must follow"),
        ("allow/x:allow", ConfigError, "not a message"),
        ("allow:initial_gate_state/x", ConfigError, "not a message"),
        (f"Ext::{PACKETS}/packet:allow", NotFoundError, "Option extension not found"),
        (":allow", ConfigError, "Cannot merge"),
        ("allow:", ConfigError, "plain value"),
    ],
)
def test_errors(entry: str, kind: type[MpgraphError], message: str) -> None:
    with pytest.raises(kind, match=message) as raised:
        apply(GATE, "allow: true initial_gate_state: GATE_ALLOW", "", entry)
    assert str(raised.value).startswith("<string>:2:1: option_value: ")


def test_index_beyond_the_end_copies_nothing() -> None:
    with pytest.raises(ConfigError, match="out of range"):
        apply(PACKETS, "packet { int_value: 1 }", "", "packet/3:packet/0")


def test_missing_message_on_the_path_is_an_error() -> None:
    with pytest.raises(NotFoundError, match="Missing field value: output_tensor_float_range at index: 0"):
        apply(TENSOR, "", "", "output_tensor_width:output_tensor_float_range/min")
