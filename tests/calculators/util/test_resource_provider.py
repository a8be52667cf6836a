from __future__ import annotations

from pathlib import Path

import pytest

from mpgraph.testing import run

NAME = "ResourceProviderCalculator"
MODEL = "mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite"


def test_side_packet_names_a_shipped_file() -> None:
    node = run(NAME, side={"RESOURCE_ID": MODEL})
    node.expect_side("RESOURCE", lambda resource: resource[4:8] == b"TFL3")


@pytest.mark.parametrize(("mode", "expected"), [("BINARY", b"a\r\nb"), ("TEXT", b"a\nb")])
def test_option_names_a_file_and_text_mode_replaces_crlf(tmp_path: Path, mode: str, expected: bytes) -> None:
    file = tmp_path / "lines.txt"
    file.write_bytes(b"a\r\nb")
    node = run(NAME, f'resource_id: "{file}" read_mode: READ_MODE_{mode}')
    node.expect_side("RESOURCE", lambda resource: bytes(resource) == expected)


def test_model_is_loaded_from_a_resource() -> None:
    graph = run(
        f"""
        output_side_packet: "model"
        node {{
          calculator: "{NAME}" output_side_packet: "RESOURCE:resource"
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
            run(NAME, options, side=side).close()
