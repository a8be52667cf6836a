from __future__ import annotations

from pathlib import Path

import pytest

import mpgraph as mp
from mpgraph.framework import resources
from mpgraph.testing import CalculatorRunner, run

MODEL = "mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite"


def reads(*paths: str | bytes, options: str = "") -> CalculatorRunner:
    side = {f"FILE_PATH:{index}": path for index, path in enumerate(paths)}
    return run("LocalFileContentsCalculator", options, side=side)


def test_one_or_several_files(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\x00\xff")
    (tmp_path / "b").write_bytes(b"")
    reads(str(tmp_path / "a")).expect_side("CONTENTS", b"\x00\xff")
    both = reads(str(tmp_path / "b"), bytes(tmp_path / "a"))
    both.expect_side("CONTENTS:1", b"\x00\xff").expect_side("CONTENTS", b"")


def test_paths_of_mediapipe_find_the_shipped_models() -> None:
    model = (resources.shipped_models() / "selfie_segmentation.tflite").read_bytes()
    reads(MODEL).expect_side("CONTENTS", model)


@pytest.mark.parametrize(("options", "expected"), [("", b"a\r\nb\n"), ("text_mode: true", b"a\nb\n")])
def test_text_mode_replaces_crlf(tmp_path: Path, options: str, expected: bytes) -> None:
    (tmp_path / "text").write_bytes(b"a\r\nb\n")
    reads(str(tmp_path / "text"), options=options).expect_side("CONTENTS", expected)


def test_missing_file_is_reported(tmp_path: Path) -> None:
    missing = tmp_path / "nothing"
    reads(str(missing)).expect_error(f'There is no file "{missing}"', mp.errors.NotFoundError)


def test_paths_and_contents_must_be_paired() -> None:
    with pytest.raises(ValueError, match="as many CONTENTS"):
        reads("a", "b").expect_side("CONTENTS", b"")


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
