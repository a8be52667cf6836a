"""Models built for tests, the shipped models, and the installed backends."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from model_builder import ModelBuilder

from mpgraph.framework import resources
from mpgraph.inference import TfliteModel, backends, idle_runners, load_model

MODELS = ["selfie_segmentation.tflite", "selfie_segmentation_landscape.tflite"]

# Tests of a backend are collected only if it is installed.
TESTS_OF_BACKENDS = {"litert": "test_interpreter.py", "openvino": "test_openvino.py"}
missing = {status.name for status in backends() if not status.available}
collect_ignore = [file for name, file in TESTS_OF_BACKENDS.items() if name in missing]


@pytest.fixture(autouse=True)
def no_idle_runners() -> Iterator[None]:
    """No test uses a runner that another has closed."""
    idle_runners.free_all()
    yield
    idle_runners.free_all()


@pytest.fixture
def builder() -> ModelBuilder:
    return ModelBuilder()


@pytest.fixture
def doubler(builder: ModelBuilder) -> TfliteModel:
    """out = x + x, any number of rows of 3."""
    x = builder.tensor("x", [1, 3], signature=[-1, 3])
    out = builder.tensor("out", [1, 3], signature=[-1, 3])
    builder.operator("ADD", [x, x], [out], options_type=11, options={})
    return load_model(builder.build([x], [out]), origin="doubler.tflite")


@pytest.fixture(scope="session")
def selfie_models() -> dict[str, TfliteModel]:
    """The shipped models by file name."""
    return {
        name: load_model((resources.shipped_models() / name).read_bytes(), origin=name) for name in MODELS
    }


@pytest.fixture(params=MODELS)
def selfie_model(request: pytest.FixtureRequest, selfie_models: dict[str, TfliteModel]) -> TfliteModel:
    return selfie_models[request.param]


@pytest.fixture(scope="session")
def general_model(selfie_models: dict[str, TfliteModel]) -> TfliteModel:
    return selfie_models[MODELS[0]]


@pytest.fixture
def face(portrait: npt.NDArray[np.uint8], selfie_model: TfliteModel) -> npt.NDArray[np.float32]:
    """The portrait in the input size of `selfie_model`, values in 0..1."""
    _, height, width, _ = selfie_model.inputs[0].shape
    small = np.asarray(cv2.resize(portrait, (width, height), interpolation=cv2.INTER_AREA))
    return np.ascontiguousarray(small[None], np.float32) / np.float32(255)
