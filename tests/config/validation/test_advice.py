"""Warnings; the catalogue in tests/author_errors has an example of each type."""

from __future__ import annotations

from pathlib import Path

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
        # The graph that uses this one as a node may close the loop.
        'type: "Tracking" input_stream: "a" node { calculator: "CfgPass" input_stream: "a" '
        "input_stream_info { back_edge: true } }",
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


def test_no_warnings_if_an_error_may_cause_them() -> None:
    assert codes('input_stream: "a"') == ["warning unread-input"]
    assert codes('input_stream: "a" node { inptu_stream: "a" calculator: "CfgPass" }') == [
        "error unknown-field"
    ]


@pytest.mark.parametrize("limit", ["max_in_flight: -1", "buffer_size_hint: -2"])
def test_negative_limits_have_no_effect(limit: str) -> None:
    """MediaPipe accepts and ignores them."""
    text = f'input_stream: "a" node {{ calculator: "CfgPass" input_stream: "a" {limit} }}'
    assert codes(text) == ["warning bad-value"]


INFERENCE = """
input_stream: "in" output_stream: "out"
node {
  calculator: "%s" input_stream: "TENSORS:in" output_stream: "TENSORS:out"
  node_options {
    [type.googleapis.com/mediapipe.InferenceCalculatorOptions] { model_path: "%s" }
  }
}
"""
READER = """
output_side_packet: "a" output_side_packet: "b"
node {
  calculator: "ResourceProviderCalculator"
  output_side_packet: "RESOURCE:0:a" output_side_packet: "RESOURCE:1:b"
  node_options {
    [type.googleapis.com/mediapipe.ResourceProviderCalculatorOptions] {
      resource_id: "here.txt" resource_id: "gone.txt"
    }
  }
}
"""
GIVEN = """
input_side_packet: "path" output_side_packet: "out"
node {
  calculator: "LocalFileContentsCalculator"
  input_side_packet: "FILE_PATH:path" output_side_packet: "CONTENTS:out"
}
"""
NO_PATH = """
output_side_packet: "text"
node {
  calculator: "ConstantSidePacketCalculator" output_side_packet: "PACKET:text"
  options { [mediapipe.ConstantSidePacketCalculatorOptions.ext] { packet { string_value: "no/path.txt" } } }
}
"""


def warnings_of(text: str) -> list[tuple[str, str, int]]:
    return [(one.severity, one.code, one.line) for one in diagnose(text)]


@pytest.mark.parametrize("name", ["InferenceCalculator", "InferenceCalculatorCpu"])
def test_missing_model_is_reported_at_its_line(name: str) -> None:
    assert warnings_of(INFERENCE % (name, "no/such.tflite")) == [("warning", "missing-file", 6)]


@pytest.mark.parametrize("folder", ["", "mediapipe/modules/selfie_segmentation/", "models/"])
def test_shipped_models_are_found_by_all_their_names(folder: str) -> None:
    assert not warnings_of(INFERENCE % ("InferenceCalculator", f"{folder}selfie_segmentation.tflite"))


def test_each_path_of_a_list_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("here.txt").write_text("", encoding="utf-8")
    (found,) = diagnose(READER)
    assert (found.code, found.line, found.column) == ("missing-file", 8, 44)
    assert '"gone.txt"' in found.message


@pytest.mark.parametrize("text", [GIVEN, NO_PATH])
def test_unknown_paths_and_other_strings_are_not_checked(text: str) -> None:
    assert warnings_of(text) == []


def test_shipped_graphs_find_their_files() -> None:
    for graph in sorted(Path(__file__).parents[3].joinpath("graphs").rglob("*.pbtxt")):
        assert "missing-file" not in [one.code for one in diagnose(graph)], graph
