from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from model_builder import ModelBuilder
from wasm_kernels import Array, kernels

from mpgraph.framework.resources import read_resource
from mpgraph.inference import TfliteModel, create_runner, load_model
from mpgraph.web.model_export import ExportedModel, export_model


def run_exported(model: ExportedModel, inputs: list[Array]) -> list[Array]:
    """Compute an exported model from nothing but its files."""
    files = model.files()
    plan: dict[str, Any] = json.loads(files[model.plan_file])
    weights = np.frombuffer(files[model.weights_file], plan["weights"]["type"])
    assert weights.size == plan["weights"]["count"]
    wasm = kernels()
    wasm.reset()
    constants = wasm.write(weights.astype(np.float32))
    buffers = [wasm.write(np.zeros(size // 4, np.float32)) for size in plan["buffers"]]
    for endpoint, values in zip(plan["inputs"], inputs, strict=True):
        assert tuple(endpoint["shape"]) == (values.size,)
        wasm.write_at(buffers[endpoint["buffer"]], values)
    for dispatch in plan["dispatches"]:
        parameters = wasm.write(np.array(dispatch["parameters"], np.int32))
        sources = [
            constants + source[0] if isinstance(source, list) else buffers[source]
            for source in dispatch["sources"]
        ]
        addresses = [parameters, buffers[dispatch["target"]], *sources]
        wasm.call(dispatch["kernel"], *addresses[: wasm.arity(dispatch["kernel"])])
    return [wasm.read(buffers[each["buffer"]], each["shape"], np.float32) for each in plan["outputs"]]


def selfie(name: str) -> TfliteModel:
    return load_model(read_resource(f"models/{name}.tflite"), origin=f"{name}.tflite")


@pytest.mark.parametrize("name", ["selfie_segmentation", "selfie_segmentation_landscape"])
def test_files_compute_the_model(name: str, portrait: Callable[[int, int], Array]) -> None:
    model = selfie(name)
    _, height, width, _ = model.inputs[0].shape
    values = portrait(width, height)
    with create_runner(model) as runner:
        [expected] = runner.run([values])
    [actual] = run_exported(export_model(model, name), [values])
    assert actual.shape == expected.shape
    np.testing.assert_allclose(actual, expected, atol=5e-4)


def test_sizes() -> None:
    exported = export_model(selfie("selfie_segmentation"), "selfie")
    assert exported.plan["weights"]["type"] == "float16"
    assert len(exported.weights) < 230_000
    assert len(exported.files()["selfie.plan.json"]) < 13_000


@pytest.mark.parametrize(("value", "kind"), [(0.5, "float16"), (0.1, "float32"), (1e6, "float32")])
def test_weights_are_halved_only_without_loss(value: float, kind: str) -> None:
    builder = ModelBuilder()
    x, y = builder.tensor("x", (1, 1, 1, 4)), builder.tensor("y", (1, 1, 1, 4))
    builder.operator("MUL", [x, builder.constant("c", np.full(4, value, np.float32))], [y])
    model = load_model(builder.build([x], [y]), origin="mul.tflite")
    exported = export_model(model, "mul")
    assert exported.plan["weights"]["type"] == kind
    [actual] = run_exported(exported, [np.arange(4, dtype=np.float32)])
    np.testing.assert_allclose(actual.reshape(-1), np.arange(4) * np.float32(value))
