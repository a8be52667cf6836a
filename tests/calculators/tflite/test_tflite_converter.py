from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.calculators.tflite.tflite_converter import TfLiteConverterCalculator
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.matrix import Matrix


def graph(tags: str, options: str = "") -> str:
    ports = " ".join(f'input_stream: "{tag}:in"' for tag in tags.split())
    return f"""
        input_stream: "in" output_stream: "out"
        node {{
          calculator: "TfLiteConverterCalculator" {ports} output_stream: "TENSORS:out"
          options {{ [mediapipe.TfLiteConverterCalculatorOptions.ext] {{ {options} }} }}
        }}"""


PIXELS = np.array([[[0, 51, 255, 9], [255, 204, 102, 9]]], np.uint8)


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
def test_pixels_in_a_range(run: Any, options: str, expected: list[float]) -> None:
    [(t, [tensor])] = run(graph("IMAGE", options), [("in", 3, ImageFrame.wrap(PIXELS.copy()))])["out"]
    assert t == 3 and tensor.shape == (1, 2, len(expected) // 2) and tensor.dtype == np.float32
    assert tensor.array.ravel().tolist() == pytest.approx(expected, abs=1e-6)


def test_quantized_tensors_hold_the_bytes(run: Any) -> None:
    options = "use_quantized_tensors: true max_num_channels: 4"
    [(_, [tensor])] = run(graph("IMAGE", options), [("in", 0, ImageFrame.wrap(PIXELS.copy()))])["out"]
    assert (tensor.array == PIXELS).all() and tensor.dtype == np.uint8
    assert tensor.quantization == (1.0, 0)


def test_floats_cannot_be_quantized(run: Any) -> None:
    frame = ImageFrame.wrap(np.zeros((2, 2), np.float32))
    with pytest.raises(ValueError, match="takes pictures of bytes, not VEC32F1"):
        run(graph("IMAGE", "use_quantized_tensors: true"), [("in", 0, frame)])


def test_a_matrix(run: Any) -> None:
    [(_, [tensor])] = run(graph("MATRIX"), [("in", 0, Matrix([[1, 2], [3, 4]]))])["out"]
    assert tensor.shape == (2, 2, 1) and tensor.array.ravel().tolist() == [1, 3, 2, 4]


def test_it_asks_for_the_handler_that_drops_old_frames() -> None:
    assert TfLiteConverterCalculator.input_stream_handler == "FixedSizeInputStreamHandler"


def test_exactly_one_input(run: Any) -> None:
    with pytest.raises(ValueError, match="exactly one input stream"):
        run(graph("IMAGE MATRIX"))


def on_gpu_graph(options: str = "") -> str:
    return graph("IMAGE_GPU", options).replace("TENSORS:", "TENSORS_GPU:")


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
def test_a_picture_on_the_gpu(
    run: Any, on_gpu: Any, shape: tuple[int, ...], options: str, scale: float, offset: float
) -> None:
    pixels = np.random.default_rng(5).integers(0, 256, shape, np.uint8)
    [(t, [tensor])] = run(on_gpu_graph(options), [("in", 3, on_gpu(pixels))])["out"]
    expected = np.dstack([pixels] * 3) if pixels.ndim == 2 else pixels[..., :3]
    expected = expected[::-1] if "flip" in options else expected
    assert t == 3 and tensor.gpu is not None and tensor.shape == (*shape[:2], 3)
    np.testing.assert_allclose(tensor.array, expected.astype(float) * scale + offset, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("channels", [1, 4])
def test_channels_of_a_picture_on_the_gpu(run: Any, on_gpu: Any, channels: int) -> None:
    options = f"zero_center: false max_num_channels: {channels}"
    [(_, [tensor])] = run(on_gpu_graph(options), [("in", 0, on_gpu(PIXELS.copy()))])["out"]
    np.testing.assert_allclose(tensor.array * 255, PIXELS[..., :channels], atol=1e-4)


@pytest.mark.parametrize(
    ("pixels", "message"),
    [
        (np.zeros((2, 2, 3), np.uint8), "channels is less than desired"),
        (np.zeros((2, 2), np.float32), "GPU input format VEC32F1"),
    ],
)
def test_pictures_on_the_gpu_it_cannot_take(run: Any, on_gpu: Any, pixels: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(on_gpu_graph("max_num_channels: 4"), [("in", 0, on_gpu(pixels))])


@pytest.mark.parametrize("tag", ["IMAGE", "MATRIX"])
def test_both_places_cannot_be_mixed(run: Any, tag: str) -> None:
    with pytest.raises(ValueError, match=f"CPU and GPU ports cannot be mixed: {tag} and TENSORS_GPU"):
        run(graph(tag).replace("TENSORS:", "TENSORS_GPU:"))
