"""LiteRT through mpgraph computes what the library computes by itself, for every published model."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from mpgraph.errors import ResourceNotFoundError
from mpgraph.framework import resources
from mpgraph.framework.model_manifest import ModelFile
from mpgraph.inference import create_runner, load_model

# The library alone refuses these. test_lowering.py is about the first two, test_segments.py about the third.
WITH_CUSTOM_OPERATORS = {
    "selfie_segmentation",
    "selfie_segmentation_landscape",
    "face_landmark_with_attention",
}


ROUNDED_AS_IN_MEDIAPIPE = ("hand_recrop", "hand_landmark", "object_detection_3d")


def is_installed(path: str) -> bool:
    """Models of mpgraph-models are tested where it is installed."""
    try:
        resources.find_resource(path)
    except ResourceNotFoundError:
        return False
    return True


MODELS = [
    model
    for model in resources.model_manifest().models
    if model.name not in WITH_CUSTOM_OPERATORS and is_installed(model.mediapipe_path)
]


@pytest.mark.parametrize("known", MODELS, ids=lambda known: known.name)
def test_models_compute_the_same_as_in_the_library(known: ModelFile) -> None:
    data = resources.read_resource(known.mediapipe_path)
    model = load_model(data, origin=known.file)
    assert not model.custom_ops
    rng = np.random.default_rng(7)
    inputs = [rng.random(spec.shape, np.float32) for spec in model.inputs]
    with create_runner(model, backend="litert") as runner:
        outputs = runner.run(inputs)
        threads = runner.num_threads

    library = importlib.import_module("ai_edge_litert.interpreter")
    interpreter = library.Interpreter(model_content=data, num_threads=threads)
    interpreter.allocate_tensors()
    for detail, array in zip(interpreter.get_input_details(), inputs, strict=True):
        interpreter.set_tensor(detail["index"], array)
    interpreter.invoke()
    for output, detail, described in zip(
        outputs, interpreter.get_output_details(), known.outputs, strict=True
    ):
        assert (detail["name"], output.shape) == (described.name, described.shape)
        # See channelwise.py and narrow_layers.py of mpgraph/inference.
        tolerance = 1e-5 if known.name.startswith(ROUNDED_AS_IN_MEDIAPIPE) else 0
        np.testing.assert_allclose(output, interpreter.get_tensor(detail["index"]), tolerance, tolerance)
