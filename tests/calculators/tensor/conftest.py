"""Models small enough to compute by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from model_builder import ModelBuilder

from mpgraph.inference import TfliteModel, load_model

ADD_OPTIONS, SUB_OPTIONS = 11, 28


@pytest.fixture(scope="session")
def sum_and_difference_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A .tflite file: inputs "a" and "b", outputs "sum" and "difference", all float32 of shape (1, 3)."""
    builder = ModelBuilder()
    a, b, total, difference = (builder.tensor(name, (1, 3)) for name in ("a", "b", "sum", "difference"))
    builder.operator("ADD", [a, b], [total], options_type=ADD_OPTIONS, options={})
    builder.operator("SUB", [a, b], [difference], options_type=SUB_OPTIONS, options={})
    file = tmp_path_factory.mktemp("models") / "sum_and_difference.tflite"
    file.write_bytes(builder.build([a, b], [total, difference]))
    return file


@pytest.fixture(scope="session")
def sum_and_difference(sum_and_difference_file: Path) -> TfliteModel:
    """The model in `sum_and_difference_file`."""
    return load_model(sum_and_difference_file.read_bytes(), origin="sum_and_difference.tflite")


@pytest.fixture(scope="session")
def waves() -> TfliteModel:
    """A model with an operator that the GPU does not support."""
    builder = ModelBuilder()
    x, y = builder.tensor("x", (1, 3)), builder.tensor("y", (1, 3))
    builder.operator("SIN", [x], [y])
    return load_model(builder.build([x], [y]), origin="waves.tflite")
