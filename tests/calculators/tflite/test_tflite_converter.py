from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.calculators.tflite.tflite_converter import TfLiteConverterCalculator
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.matrix import Matrix
from mpgraph.formats.tensor import Quantization, Tensor
from mpgraph.testing import run, t

NAME = "TfLiteConverterCalculator"
PIXELS = np.array([[[0, 51, 255, 9], [255, 204, 102, 9]]], np.uint8)
FRAME = ImageFrame.wrap(PIXELS.copy())


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", [-1, -0.6, 1, 1, 0.6, -0.2]),
        ("zero_center: false", [0, 0.2, 1, 1, 0.8, 0.4]),
        ("output_tensor_float_range { min: 0 max: 255 }", [0, 51, 255, 255, 204, 102]),
        ("use_custom_normalization: true custom_div: 51 custom_sub: 1", [-1, 0, 4, 4, 3, 1]),
        ("max_num_channels: 1 zero_center: false", [0, 1]),
    ],
)
def test_pixels_are_scaled_to_a_range(options: str, expected: list[float]) -> None:
    tensor = np.array(expected, np.float32).reshape(1, 2, -1)
    run(NAME, options).send("IMAGE", FRAME @ t(3)).expect("TENSORS", [tensor] @ t(3))


def test_quantized_tensors_hold_the_bytes() -> None:
    node = run(NAME, "use_quantized_tensors: true max_num_channels: 4").send("IMAGE", FRAME @ t(0))
    node.expect("TENSORS", [Tensor(PIXELS, quantization=Quantization(1.0, 0))] @ t(0))


def test_floats_cannot_be_quantized() -> None:
    node = run(NAME, "use_quantized_tensors: true", outputs=["TENSORS"])
    node.send("IMAGE", ImageFrame.wrap(np.zeros((2, 2), np.float32)) @ t(0))
    node.expect_error("takes images of bytes, not VEC32F1", ValueError)


def test_matrix() -> None:
    expected = np.array([1, 3, 2, 4], np.float32).reshape(2, 2, 1)
    run(NAME).send("MATRIX", Matrix([[1, 2], [3, 4]]) @ t(0)).expect("TENSORS", [expected] @ t(0))


def test_input_stream_handler_drops_old_frames() -> None:
    assert TfLiteConverterCalculator.input_stream_handler == "FixedSizeInputStreamHandler"


@pytest.mark.parametrize(
    ("inputs", "output", "message"),
    [
        (["IMAGE", "MATRIX"], "TENSORS", "exactly one input stream"),
        (["IMAGE"], "TENSORS_GPU", "CPU and GPU ports cannot be mixed: IMAGE and TENSORS_GPU"),
        (["MATRIX"], "TENSORS_GPU", "CPU and GPU ports cannot be mixed: MATRIX and TENSORS_GPU"),
    ],
)
def test_ports_that_exclude_each_other_are_refused(inputs: list[str], output: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(NAME, inputs=inputs, outputs=[output])


@pytest.mark.parametrize("shape", [(1, 1, 4), (33, 51, 4), (8, 5, 3), (6, 7)])
@pytest.mark.parametrize(
    ("options", "scale", "offset"),
    [
        ("", 2 / 255, -1),
        ("zero_center: false", 1 / 255, 0),
        ("zero_center: false flip_vertically: true use_quantized_tensors: true", 1 / 255, 0),
        ("output_tensor_float_range { min: 10 max: 265 }", 1, 10),
        ("use_custom_normalization: true custom_div: 51 custom_sub: 1", 1 / 51, -1),
    ],
)
def test_gpu_scales_pixels_to_a_range(
    on_gpu: Any, shape: tuple[int, ...], options: str, scale: float, offset: float
) -> None:
    pixels = np.random.default_rng(5).integers(0, 256, shape, np.uint8)
    expected = np.dstack([pixels] * 3) if pixels.ndim == 2 else pixels[..., :3]
    expected = (expected[::-1] if "flip" in options else expected).astype(float) * scale + offset
    node = run(NAME, options).send("IMAGE_GPU", on_gpu(pixels) @ t(3))
    [packet] = node.take("TENSORS_GPU")
    [tensor] = packet.payload
    assert packet.timestamp.value == 3 and tensor.gpu is not None and tensor.shape == (*shape[:2], 3)
    np.testing.assert_allclose(tensor.array, expected, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("channels", [1, 4])
def test_gpu_keeps_the_requested_channels(on_gpu: Any, channels: int) -> None:
    options = f"output_tensor_float_range {{ min: 0 max: 255 }} max_num_channels: {channels}"
    node = run(NAME, options, tolerance=1e-4).send("IMAGE_GPU", on_gpu(PIXELS.copy()) @ t(0))
    node.expect("TENSORS_GPU", [PIXELS[..., :channels].astype(np.float32)] @ t(0))


@pytest.mark.parametrize(
    ("pixels", "message"),
    [
        (np.zeros((2, 2, 3), np.uint8), "channels is less than desired"),
        (np.zeros((2, 2), np.float32), "GPU input format VEC32F1"),
    ],
)
def test_gpu_reports_unsuitable_images(on_gpu: Any, pixels: Any, message: str) -> None:
    node = run(NAME, "max_num_channels: 4", outputs=["TENSORS_GPU"])
    node.send("IMAGE_GPU", on_gpu(pixels) @ t(0)).expect_error(message, ValueError)
