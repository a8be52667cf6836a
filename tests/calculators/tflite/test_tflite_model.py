from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mpgraph.framework import resources
from mpgraph.inference import TfliteModel
from mpgraph.testing import CalculatorRunner, run

NAME = "TfLiteModelCalculator"


def loads(side: dict[str, Any], check: Any = TfliteModel, output: str = "MODEL") -> CalculatorRunner:
    return run(NAME, side=side).expect_side(output, check)


@pytest.fixture(scope="module")
def file() -> Path:
    return resources.shipped_models() / "selfie_segmentation.tflite"


@pytest.mark.parametrize("output", ["MODEL", "SHARED_MODEL"])
def test_model_from_a_blob(file: Path, output: str) -> None:
    loads({"MODEL_BLOB": file.read_bytes()}, lambda model: model.inputs[0].shape == (1, 256, 256, 3), output)


def test_model_from_a_span_of_bytes(file: Path) -> None:
    span = bytearray(file.read_bytes())
    loads({"MODEL_SPAN": span}, lambda model: model.custom_ops == ("Convolution2DTransposeBias",))


def test_model_from_a_part_of_an_open_file(file: Path, tmp_path: Path) -> None:
    data = file.read_bytes()
    (tmp_path / "pack").write_bytes(b"front" + data + b"back")
    with open(tmp_path / "pack", "rb") as pack:
        loads({"MODEL_FD": (pack.fileno(), 5, len(data))}, lambda model: model.data == data)
        assert not pack.closed


def test_last_of_several_sources_counts(file: Path) -> None:
    loads({"MODEL_BLOB": b"no model", "MODEL_SPAN": file.read_bytes()})


@pytest.mark.parametrize(
    ("tag", "value"),
    [("MODEL_BLOB", b"no model"), ("MODEL_BLOB", b""), ("MODEL_BLOB", "text"), ("MODEL_FD", (-1, 0, 4))],
)
def test_invalid_models_are_reported(tag: str, value: Any) -> None:
    node = f'node {{ calculator: "{NAME}" input_side_packet: "{tag}:in" output_side_packet: "MODEL:out" }}'
    run(node, side={"in": value}).expect_error("Failed to load TfLite model", RuntimeError)


def test_one_source_and_one_output_are_required() -> None:
    with pytest.raises(ValueError, match="needs the model as one of the side packets"):
        loads({})
    with pytest.raises(ValueError, match="exactly one of the output side packets MODEL and SHARED_MODEL"):
        run(NAME, side={"MODEL_BLOB": b""}).expect_nothing()
