from __future__ import annotations

from pathlib import Path

import pytest

from mpgraph.framework import resources
from mpgraph.framework.packet import make_packet
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.testing import run

MODEL = "mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite"


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
    assert contents(MODEL) == [(resources.shipped_models() / "selfie_segmentation.tflite").read_bytes()]


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


def test_side_packet_names_a_shipped_file() -> None:
    node = run("ResourceProviderCalculator", side={"RESOURCE_ID": MODEL})
    node.expect_side("RESOURCE", lambda resource: resource[4:8] == b"TFL3")


@pytest.mark.parametrize(("mode", "expected"), [("BINARY", b"a\r\nb"), ("TEXT", b"a\nb")])
def test_option_names_a_file_and_text_mode_replaces_crlf(tmp_path: Path, mode: str, expected: bytes) -> None:
    file = tmp_path / "lines.txt"
    file.write_bytes(b"a\r\nb")
    node = run("ResourceProviderCalculator", f'resource_id: "{file}" read_mode: READ_MODE_{mode}')
    node.expect_side("RESOURCE", lambda resource: bytes(resource) == expected)


def test_model_is_loaded_from_a_resource() -> None:
    graph = run(
        f"""
        output_side_packet: "model"
        node {{
          calculator: "ResourceProviderCalculator" output_side_packet: "RESOURCE:resource"
          node_options {{
            [type.googleapis.com/mediapipe.ResourceProviderCalculatorOptions] {{ resource_id: "{MODEL}" }}
          }}
        }}
        node {{
          calculator: "TfLiteModelCalculator"
          input_side_packet: "MODEL_RESOURCE:resource" output_side_packet: "MODEL:model"
        }}"""
    )
    graph.expect_side("model", lambda model: model.inputs[0].shape == (1, 256, 256, 3))


def test_paths_need_exactly_one_source() -> None:
    for options, side in (("", {}), (f'resource_id: "{MODEL}"', {"RESOURCE_ID": MODEL})):
        with pytest.raises(ValueError, match="Either side packets or options must be used"):
            run("ResourceProviderCalculator", options, side=side).close()
