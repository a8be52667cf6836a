from __future__ import annotations

from pathlib import Path

import pytest

from mpgraph.framework import resources
from mpgraph.framework.packet import make_packet
from mpgraph.graph.calculator_graph import CalculatorGraph


def contents(*paths: str | bytes, options: str = "") -> list[bytes]:
    ports = " ".join(
        f'input_side_packet: "FILE_PATH:{i}:path{i}" output_side_packet: "CONTENTS:{i}:contents{i}"'
        for i in range(len(paths))
    )
    graph = CalculatorGraph(
        graph_config=f"""
        node {{
          calculator: "LocalFileContentsCalculator" {ports}
          options {{ [mediapipe.LocalFileContentsCalculatorOptions.ext] {{ {options} }} }}
        }}"""
    )
    graph.run({f"path{i}": make_packet(path) for i, path in enumerate(paths)})
    return [graph.get_output_side_packet(f"contents{i}").payload for i in range(len(paths))]


def test_one_or_several_files(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\x00\xff")
    (tmp_path / "b").write_bytes(b"")
    assert contents(str(tmp_path / "a")) == [b"\x00\xff"]
    assert contents(str(tmp_path / "b"), bytes(tmp_path / "a")) == [b"", b"\x00\xff"]


def test_paths_of_mediapipe_find_the_shipped_models() -> None:
    name = "mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite"
    assert contents(name) == [(resources.shipped_models() / "selfie_segmentation.tflite").read_bytes()]


@pytest.mark.parametrize(("options", "expected"), [("", b"a\r\nb\n"), ("text_mode: true", b"a\nb\n")])
def test_text_mode_replaces_crlf(tmp_path: Path, options: str, expected: bytes) -> None:
    (tmp_path / "text").write_bytes(b"a\r\nb\n")
    assert contents(str(tmp_path / "text"), options=options) == [expected]


def test_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(Exception, match='There is no file ".*nothing"'):
        contents(str(tmp_path / "nothing"))


def test_paths_and_contents_must_be_paired() -> None:
    with pytest.raises(ValueError, match="as many CONTENTS"):
        CalculatorGraph(
            graph_config="""node {
              calculator: "LocalFileContentsCalculator"
              input_side_packet: "FILE_PATH:0:a" input_side_packet: "FILE_PATH:1:b"
              output_side_packet: "CONTENTS:c"
            }"""
        )
