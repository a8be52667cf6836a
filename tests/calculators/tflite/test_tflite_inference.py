from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.calculators.tensor.models import OpResolver
from mpgraph.formats.tensor import Tensor
from mpgraph.framework.resources import read_resource
from mpgraph.inference import TfliteModel, load_model
from mpgraph.testing import run, t

NAME = "TfLiteInferenceCalculator"
PATH = "mediapipe/modules/selfie_segmentation/selfie_segmentation_landscape.tflite"
BY_PATH = f'model_path: "{PATH}" '


@pytest.fixture
def image(portrait: npt.NDArray[np.uint8]) -> Any:
    resized: Any = cv2.resize(portrait, (256, 144))
    return [Tensor(resized.astype(np.float32) / 255)] @ t(0)


@pytest.fixture(scope="module")
def model() -> TfliteModel:
    return load_model(read_resource(PATH), origin="landscape.tflite")


def mask(image: Any, options: str, output: str = "TENSORS", **side: Any) -> Tensor:
    [packet] = run(NAME, options, side=side, outputs=[output]).send("TENSORS", image).take(output)
    [tensor] = packet.payload
    assert tensor.shape == (1, 144, 256, 1)
    return tensor


def test_shipped_model_from_a_path_or_a_side_packet(image: Any, model: TfliteModel) -> None:
    side = {"MODEL": model, "CUSTOM_OP_RESOLVER": OpResolver()}
    by_path, by_packet = mask(image, BY_PATH).array, mask(image, "", **side).array
    plain = mask(image, "delegate { tflite {} } cpu_num_thread: 1", **side).array
    assert by_path.max() > 0.9 and by_path.min() < 0.1
    assert (by_packet == by_path).all()
    np.testing.assert_allclose(plain, by_path, atol=2e-3)


def test_model_needs_exactly_one_source(model: TfliteModel) -> None:
    for options, side in (("", {}), (BY_PATH, {"MODEL": model})):
        with pytest.raises(
            RuntimeError, match="Either model as side packet or model path in options is required"
        ):
            run(NAME, options, side=side, inputs=["TENSORS"], outputs=["TENSORS"])


def test_tensor_of_another_size_is_reported() -> None:
    node = run(NAME, BY_PATH, outputs=["TENSORS"])
    node.send("TENSORS", [Tensor(np.zeros((10, 10, 3), np.float32))] @ t(0))
    node.expect_error("[1, 144, 256, 3]", ValueError).finish()
    node = run(NAME, BY_PATH, outputs=["TENSORS"])
    node.send("TENSORS", [Tensor(np.zeros((10, 10, 3), np.float32))] @ t(0)).expect_error("[10, 10, 3]")


@pytest.mark.usefixtures("on_gpu")
@pytest.mark.parametrize(
    ("options", "output"),
    [("use_gpu: true", "TENSORS"), ("delegate { gpu {} }", "TENSORS"), ("", "TENSORS_GPU")],
)
def test_gpu_computes_the_same(image: Any, options: str, output: str) -> None:
    tensor = mask(image, BY_PATH + options, output)
    assert tensor.gpu is not None
    np.testing.assert_allclose(tensor.array, mask(image, BY_PATH).array, atol=2e-4)


def test_tensors_in_both_memories_are_refused() -> None:
    with pytest.raises(ValueError, match="Exactly one of TENSORS and TENSORS_GPU"):
        run(NAME, BY_PATH, inputs=["TENSORS", "TENSORS_GPU"], outputs=["TENSORS"])
