"""The operators of the model with attention, with its own options, against those in numpy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.errors import InferenceError
from mpgraph.framework import resources
from mpgraph.inference import TfliteModel, create_runner, load_model
from mpgraph.inference.webgpu.network import Network, read_network

MATRIX, CROP, LANDMARKS = "Landmarks2TransformMatrix", "TransformTensorBilinear", "TransformLandmarks"


@pytest.fixture(scope="module")
def model() -> TfliteModel:
    name = "face_landmark_with_attention.tflite"
    return load_model((resources.shipped_models() / name).read_bytes(), origin=name)


@pytest.fixture(scope="module")
def network(model: TfliteModel) -> Network:
    return read_network(model)


def options_of(network: Network, name: str) -> list[bytes]:
    return [operation.custom_options for operation in network.operations if operation.name == name]


def turned(angle: float, scale: float, x: float, y: float) -> npt.NDArray[np.float32]:
    """A 1x4x4 matrix that turns, scales, and moves the corner (0, 0) to (x, y)."""
    matrix = np.eye(4, dtype=np.float32)
    cosine, sine = scale * math.cos(angle), scale * math.sin(angle)
    matrix[:2] = [cosine, -sine, 0, x], [sine, cosine, 0, y]
    return matrix[None]


@pytest.mark.parametrize("angle", [0, 0.3, 2, -3])
def test_matrix(compare: Any, noise: Any, network: Network, angle: float) -> None:
    """Of landmarks around the middle of an image of 192x192, in the model's three selections."""
    rotation = turned(angle, 1, 0, 0)[0, :3, :3]
    landmarks = np.float32(96) + 30 * noise(1, 468, 3) @ rotation.T
    for options in options_of(network, MATRIX):
        compare(MATRIX, [landmarks], custom_options=options, version=2, outputs=[(1, 4, 4)], atol=1e-4)


def test_matrix_of_landmarks_in_one_place(compare: Any, network: Network) -> None:
    """The line between two of them has no direction then; atan2 makes it 0."""
    (options, *_) = options_of(network, MATRIX)
    landmarks = np.full((1, 468, 3), 7, np.float32)
    compare(MATRIX, [landmarks], custom_options=options, version=2, outputs=[(1, 4, 4)])


@pytest.mark.parametrize("place", [(0, 1, 0, 0), (0.4, 1.7, 12.3, 5.1), (2, 3, 30, -9), (0, 1, 100, 100)])
def test_crop(compare: Any, noise: Any, network: Network, place: tuple[float, ...]) -> None:
    (options, *_) = options_of(network, CROP)
    operands = [noise(1, 20, 24, 6), turned(*place)]
    compare(CROP, operands, custom_options=options, version=2, outputs=[(1, 16, 16, 6)])


@pytest.mark.parametrize("channels", [2, 3])
def test_landmarks(compare: Any, noise: Any, channels: int) -> None:
    operands = [noise(1, 71, channels), turned(0.4, 1.7, 12.3, 5.1)]
    compare(LANDMARKS, operands, version=2, outputs=[operands[0].shape])


def test_whole_model(model: TfliteModel) -> None:
    x = np.random.default_rng(1).random(model.inputs[0].shape, np.float32)
    with create_runner(model, backend="webgpu") as on_gpu, create_runner(model) as on_cpu:
        for actual, expected in zip(on_gpu.run([x]), on_cpu.run([x]), strict=True):
            np.testing.assert_allclose(actual, expected, rtol=0, atol=5e-4)  # in pixels of 192


def test_other_versions_are_refused(compare: Any, noise: Any) -> None:
    operands = [noise(1, 71, 2), turned(0, 1, 0, 0)]
    data = compare.build(LANDMARKS, operands, version=1, outputs=[operands[0].shape])
    with pytest.raises(InferenceError, match="TransformLandmarks, .* there is no kernel for its version 1"):
        compare.gpu(data, operands)


def test_invalid_options_and_operands_are_refused(compare: Any, noise: Any) -> None:
    operands = [noise(1, 8, 8, 4), turned(0, 1, 0, 0)]
    data = compare.build(CROP, operands, version=2, outputs=[(1, 4, 4, 4)], custom_options=b"?")
    with pytest.raises(InferenceError, match="it has options that are not a flexbuffer map"):
        compare.gpu(data, operands)
    data = compare.build(LANDMARKS, operands, version=2, outputs=[(1, 8, 8, 4)])
    with pytest.raises(InferenceError, match="it takes landmarks 1xNx2 or 1xNx3"):
        compare.gpu(data, operands)
