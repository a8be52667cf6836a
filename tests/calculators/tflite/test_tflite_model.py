from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mpgraph.framework import resources
from mpgraph.framework.packet import make_packet
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.inference import TfliteModel


# run() of the testing kit connects all output side packets, of which this calculator has exactly one.
def loaded(side: dict[str, Any], output: str = "MODEL") -> Any:
    ports = " ".join(f'input_side_packet: "{tag}:{tag.lower()}"' for tag in side)
    graph = CalculatorGraph(
        graph_config=f"""
        node {{ calculator: "TfLiteModelCalculator" {ports} output_side_packet: "{output}:model" }}"""
    )
    graph.run({tag.lower(): make_packet(value) for tag, value in side.items()})
    return graph.get_output_side_packet("model").payload


@pytest.fixture(scope="module")
def file() -> Path:
    return resources.shipped_models() / "selfie_segmentation.tflite"


@pytest.mark.parametrize("output", ["MODEL", "SHARED_MODEL"])
def test_model_from_a_blob(file: Path, output: str) -> None:
    model = loaded({"MODEL_BLOB": file.read_bytes()}, output)
    assert isinstance(model, TfliteModel) and model.inputs[0].shape == (1, 256, 256, 3)


def test_model_from_a_span_of_bytes(file: Path) -> None:
    assert loaded({"MODEL_SPAN": bytearray(file.read_bytes())}).custom_ops == ("Convolution2DTransposeBias",)


def test_model_from_a_part_of_an_open_file(file: Path, tmp_path: Path) -> None:
    data = file.read_bytes()
    (tmp_path / "pack").write_bytes(b"front" + data + b"back")
    with open(tmp_path / "pack", "rb") as pack:
        model = loaded({"MODEL_FD": (pack.fileno(), 5, len(data))})
        assert not pack.closed
    assert model.data == data


def test_last_of_several_sources_counts(file: Path) -> None:
    assert loaded({"MODEL_BLOB": b"no model", "MODEL_SPAN": file.read_bytes()}).ops


@pytest.mark.parametrize(
    "side",
    [{"MODEL_BLOB": b"no model"}, {"MODEL_BLOB": b""}, {"MODEL_BLOB": "text"}, {"MODEL_FD": (-1, 0, 4)}],
)
def test_invalid_models_are_reported(side: dict[str, Any]) -> None:
    with pytest.raises(RuntimeError, match="Failed to load TfLite model"):
        loaded(side)


def test_one_source_and_one_output_are_required() -> None:
    with pytest.raises(ValueError, match="needs the model as one of the side packets"):
        loaded({})
    with pytest.raises(ValueError, match="exactly one of the output side packets MODEL and SHARED_MODEL"):
        CalculatorGraph(
            graph_config="""node {
              calculator: "TfLiteModelCalculator" input_side_packet: "MODEL_BLOB:blob"
              output_side_packet: "MODEL:a" output_side_packet: "SHARED_MODEL:b"
            }"""
        )
