"""Warnings; the catalogue in tests/author_errors has an example of each type."""

from __future__ import annotations

import pytest

from mpgraph.config.validation.diagnostics import diagnose

PASS = 'node { calculator: "CfgPass" input_stream: "%s" output_stream: "%s" }\n'


def codes(text: str) -> list[str]:
    return [f"{one.severity} {one.code}" for one in diagnose(text)]


@pytest.mark.parametrize(
    "text",
    [
        'input_stream: "a" output_stream: "b"' + PASS % ("a", "b"),
        # Without declared outputs the program may observe any stream.
        'input_stream: "a"' + PASS % ("a", "b"),
        # An input that is an output is used.
        'input_stream: "a" output_stream: "a"',
        # A loop that needs its back edge.
        'node { calculator: "CfgPass" input_stream: "b" output_stream: "a" '
        'input_stream_info { tag_index: "" back_edge: true } }' + PASS % ("a", "b"),
        # One of two outputs is used, and the other cannot be left out.
        'input_stream: "a" output_stream: "d" node { calculator: "CfgPass" input_stream: "A:a" '
        'input_stream: "B:a" output_stream: "A:d" output_stream: "B:e" }',
        # A side packet from outside need not be declared.
        'node { calculator: "CfgPass" input_side_packet: "weights" }',
        # An InputStreamInfo without back_edge has no effect.
        'input_stream: "a" node { calculator: "CfgPass" input_stream: "a" input_stream_info {} }',
    ],
)
def test_no_warning_for_intended_constructs(text: str) -> None:
    assert codes(text) == []


def test_back_edge_from_outside_the_graph() -> None:
    text = 'input_stream: "a" node { calculator: "CfgPass" input_stream: "a" %s }'
    assert codes(text % "input_stream_info { back_edge: true }") == ["warning needless-back-edge"]


def test_unconnected_side_packets() -> None:
    text = 'input_side_packet: "a" output_side_packet: "b"'
    assert codes(text) == ["warning unread-input", "warning unmade-output"]


def test_no_warnings_if_there_are_errors() -> None:
    assert codes('input_stream: "a"') == ["warning unread-input"]
    assert codes('input_stream: "a" node { calculator: "No" }') == ["error unknown-calculator"]
