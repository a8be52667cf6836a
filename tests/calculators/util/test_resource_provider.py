from __future__ import annotations

from pathlib import Path

import pytest

import mpgraph as mp

MODEL = "mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite"


def contents(text: str, **side: str) -> bytes:
    graph = mp.CalculatorGraph(graph_config=text)
    graph.start_run({name: mp.packet_creator.create_string(value) for name, value in side.items()})
    graph.wait_until_idle()
    packet = graph.get_output_side_packet("resource")
    graph.close()
    return bytes(packet.payload)


def test_a_resource_named_by_a_side_packet_is_found_among_the_shipped_files() -> None:
    text = """input_stream: "tick"
    node { calculator: "ResourceProviderCalculator"
           input_side_packet: "RESOURCE_ID:path" output_side_packet: "RESOURCE:resource" }"""
    assert contents(text, path=MODEL)[4:8] == b"TFL3"


@pytest.mark.parametrize(("mode", "expected"), [("BINARY", b"a\r\nb"), ("TEXT", b"a\nb")])
def test_options_name_resources_too_and_text_gets_plain_line_ends(
    tmp_path: Path, mode: str, expected: bytes
) -> None:
    file = tmp_path / "lines.txt"
    file.write_bytes(b"a\r\nb")
    text = f"""input_stream: "tick"
    node {{ calculator: "ResourceProviderCalculator" output_side_packet: "RESOURCE:resource"
      node_options {{ [type.googleapis.com/mediapipe.ResourceProviderCalculatorOptions] {{
        resource_id: "{file}" read_mode: READ_MODE_{mode} }} }} }}"""
    assert contents(text) == expected


def test_a_model_comes_from_a_resource() -> None:
    graph = mp.CalculatorGraph(
        graph_config=f"""input_stream: "tick"
    node {{ calculator: "ResourceProviderCalculator" output_side_packet: "RESOURCE:resource"
      node_options {{ [type.googleapis.com/mediapipe.ResourceProviderCalculatorOptions] {{
        resource_id: "{MODEL}" }} }} }}
    node {{ calculator: "TfLiteModelCalculator"
           input_side_packet: "MODEL_RESOURCE:resource" output_side_packet: "MODEL:model" }}"""
    )
    graph.start_run()
    graph.wait_until_idle()
    assert graph.get_output_side_packet("model").payload.inputs[0].shape == (1, 256, 256, 3)
    graph.close()


def test_paths_come_from_one_place() -> None:
    text = """node { calculator: "ResourceProviderCalculator" output_side_packet: "RESOURCE:resource" }"""
    with pytest.raises(ValueError, match="Either side packets or options must be used"):
        mp.CalculatorGraph(graph_config=text)
