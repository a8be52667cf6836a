"""Types of streams and side packets, resolved through ports of any type."""

from __future__ import annotations

import pytest

from mpgraph.config.validation.diagnostics import diagnose
from mpgraph.config.validation.pipeline import validate
from mpgraph.errors import UnknownError
from mpgraph.framework import packet_type


def node(calculator: str, before: str = "", after: str = "", more: str = "") -> str:
    inputs = f'input_stream: "{before}"' if before else ""
    outputs = f'output_stream: "{after}"' if after else ""
    return f'node {{ calculator: "{calculator}" {inputs} {outputs} {more} }}\n'


def test_producer_determines_the_type() -> None:
    model = validate(node("CfgSource", "", "TEXT:t") + node("CfgPass", "t", "u") + node("CfgStrs", "u"))
    strings = frozenset([packet_type.STRING])
    assert [stream.types for stream in model.streams.values()] == [strings, strings]
    assert model.nodes[1].input_types == model.nodes[1].output_types == [strings]


def test_graph_input_has_the_type_of_its_consumer() -> None:
    model = validate('input_stream: "i"' + node("CfgPass", "i", "p") + node("CfgStrs", "p"))
    assert model.streams["i"].types == frozenset([packet_type.STRING])


def test_type_passes_through_a_long_chain() -> None:
    chain = "".join(node("CfgPass", f"s{index}", f"s{index + 1}") for index in range(1500))
    model = validate('input_stream: "s0"' + chain + node("CfgStrs", "s1500"))
    assert {stream.types for stream in model.streams.values()} == {frozenset([packet_type.STRING])}


def test_unknown_type_stays_open() -> None:
    model = validate('input_stream: "i"' + node("CfgPass", "i", "p"))
    assert [stream.types for stream in model.streams.values()] == [None, None]


def test_choice_of_types_is_narrowed() -> None:
    model = validate(node("CfgSource", "", "TEXT:t") + node("CfgStrs", "EITHER:t"))
    assert model.nodes[1].input_types == [frozenset([packet_type.STRING])]


def test_int_matches_every_integer_type() -> None:
    model = validate('input_stream: "i"' + node("CfgInts", "i"))
    types = model.streams["i"].types
    assert types is not None and {packet_type.INT, packet_type.UINT64} <= types


def test_mismatched_streams() -> None:
    text = (
        'input_stream: "i"\n'
        + node("CfgInts", "i", "TEXT:t")
        + node("CfgPass", "t", "u")
        + node("CfgInts", "u")
    )
    with pytest.raises(UnknownError) as raised:
        validate(text)
    message = str(raised.value)
    assert message.startswith(
        '<string>:4:30: Input stream "u" of calculator "[CfgInts, input stream: u, and no output streams]" '
        'expects packets of type "int" '
    )
    assert (
        'but the connected output stream will contain packets of type "string", as node "CfgPass" at '
        "<string>:3:1 produces it."
    ) in message


def test_mismatched_consumers_of_a_graph_input() -> None:
    with pytest.raises(UnknownError, match="other nodes that read this graph input require the other type"):
        validate('input_stream: "i"' + node("CfgInts", "i") + node("CfgStrs", "i"))


def test_mismatched_side_packets() -> None:
    text = (
        node("CfgSource", "", "", 'output_side_packet: "CONSTANT:s"')
        + node("CfgSource", "", "TEXT:t")
        + node("CfgInts", "", "", 'input_side_packet: "BASE:s"')
    )
    assert len(diagnose(text)) == 1  # CfgInts lacks its input.
    side = (
        'input_stream: "i"'
        + node("CfgSource", "", "", 'output_side_packet: "CONSTANT:s"')
        + node("CfgPass", "", "", 'input_side_packet: "s" output_side_packet: "t"')
        + node("CfgInts", "i", "", 'input_side_packet: "BASE:t"')
    )
    model = validate(side)
    assert model.side_packets["t"].types == frozenset([packet_type.INT])


def test_side_packet_from_outside_has_the_type_of_its_consumer() -> None:
    model = validate('input_stream: "i"' + node("CfgInts", "i", "", 'input_side_packet: "BASE:s"'))
    types = model.side_packets["s"].types
    assert types is not None and packet_type.INT in types


def test_every_mismatch_is_reported() -> None:
    text = node("CfgSource", "", "TEXT:t") + node("CfgInts", "t") * 2
    assert len(diagnose(text)) == 2
