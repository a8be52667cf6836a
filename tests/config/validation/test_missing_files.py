"""Warnings about missing files that a graph names."""

from __future__ import annotations

from pathlib import Path

import pytest

from mpgraph.config.validation.diagnostics import diagnose

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
