from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.tensor import Tensor
from mpgraph.testing import CalculatorRunner, run, t

NAME = "TensorsToSegmentationCalculator"
VALUES = np.random.default_rng(4).random((1, 6, 8, 1), dtype=np.float32)


def segmentation(options: str, *arrays: Any, size: tuple[int, int] | None = None) -> CalculatorRunner:
    tensors = [array if isinstance(array, Tensor) else Tensor(np.asarray(array)) for array in arrays]
    node = run(NAME, options).send("TENSORS", tensors @ t(3))
    return node if size is None else node.send("OUTPUT_SIZE", size @ t(3))


def test_mask_is_the_first_tensor_itself() -> None:
    mask = Image.wrap(VALUES[0, :, :, 0].copy(), ImageFormat.VEC32F1) @ t(3)
    segmentation("", VALUES).expect("MASK", mask, tolerance=0)
    segmentation("", VALUES[0], VALUES * 2).expect("MASK", mask, tolerance=0)


@pytest.mark.parametrize("size", [(16, 12), (5, 3), (8, 6), (1, 1)])
def test_mask_is_scaled_bilinearly(size: tuple[int, int]) -> None:
    expected = cv2.resize(VALUES[0, :, :, 0], size)
    segmentation("", VALUES, size=size).expect("MASK", expected.reshape(size[::-1]) @ t(3))


def test_sigmoid() -> None:
    scores = np.array([[[-2.0], [0.0], [2.0]]], np.float32)
    expected = np.array([[0.1192029, 0.5, 0.8807971]], np.float32)
    segmentation("activation: SIGMOID", scores).expect("MASK", expected @ t(3))


@pytest.mark.parametrize(("index", "expected"), [("", 0.8807971), ("output_layer_index: 0", 0.1192029)])
def test_softmax_takes_one_channel(index: str, expected: float) -> None:
    scores = np.array([[[[1.0, 3.0]]]], np.float32)
    mask = np.array([[expected]], np.float32) @ t(3)
    segmentation("activation: SOFTMAX " + index, scores).expect("MASK", mask)


def test_nothing_is_sent_without_tensors() -> None:
    node = run(NAME, inputs=["TENSORS", "OUTPUT_SIZE"]).send("OUTPUT_SIZE", (1, 1) @ t(0), (1, 1) @ t(1))
    node.bound("TENSORS", 1).send("TENSORS", [] @ t(1)).expect_nothing().settles("MASK", 1)


@pytest.mark.parametrize(
    ("options", "array", "message"),
    [
        ("", np.zeros((2, 2, 2), np.float32), "activation NONE takes 1 channels, but the tensor has 2"),
        ("activation: SOFTMAX", np.zeros((2, 2, 1), np.float32), "SOFTMAX takes 2 channels"),
        ("", np.zeros((2, 2, 1), np.uint8), "not from <mpgraph.Tensor uint8[2, 2, 1]>"),
        ("", np.zeros((2, 2, 2, 1), np.float32), "A mask is computed from"),
        ("", np.zeros((2, 2), np.float32), "A mask is computed from"),
    ],
)
def test_unsuitable_tensors_are_reported(options: str, array: Any, message: str) -> None:
    segmentation(options, array).expect_error(message, ValueError)


def test_empty_size_is_reported() -> None:
    segmentation("", VALUES, size=(0, 5)).expect_error("OUTPUT_SIZE is 0x5", ValueError)


def test_missing_size_is_reported() -> None:
    node = run(NAME, inputs=["TENSORS", "OUTPUT_SIZE"]).bound("OUTPUT_SIZE", 1)
    node.send("TENSORS", [Tensor(VALUES)] @ t(0)).expect_error("empty at", ValueError)


def test_softmax_has_only_two_channels() -> None:
    with pytest.raises(ValueError, match="output_layer_index is 2"):
        run(NAME, "activation: SOFTMAX output_layer_index: 2", inputs=["TENSORS"], outputs=["MASK"])


def uploaded(values: Any) -> Tensor:
    from mpgraph import gpu

    return Tensor.on_gpu(gpu.current().upload_array(np.asarray(values, np.float32)))


def softmax(values: Any, channel: int) -> Any:
    powers = np.exp(values - values.max(-1, keepdims=True))
    return powers[..., channel] / powers.sum(-1)


@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (256, 144)])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (333, 517)])
@pytest.mark.parametrize("activation", ["NONE", "SIGMOID", "SOFTMAX"])
@pytest.mark.usefixtures("on_gpu")
def test_gpu(
    bilinear: Any, same_greys: Any, columns: int, rows: int, width: int, height: int, activation: str
) -> None:
    values = np.random.default_rng(6).normal(size=(rows, columns, 2 if activation == "SOFTMAX" else 1))
    values = values.astype(np.float32).astype(np.float64)
    options = f"activation: {activation} output_layer_index: 0 gpu_origin: TOP_LEFT"
    [packet] = segmentation(options, uploaded(values), size=(width, height)).take("MASK")
    mask = packet.payload
    share = {
        "NONE": lambda: values[..., 0],
        "SIGMOID": lambda: 1 / (1 + np.exp(-values[..., 0])),
        "SOFTMAX": lambda: softmax(values, 0),
    }[activation]()
    small = np.floor(np.clip(share, 0, 1) * 255 + 0.5)
    x, y = (np.arange(width) + 0.5) * columns / width, (np.arange(height) + 0.5) * rows / height
    assert mask.uses_gpu() and mask.image_format is ImageFormat.SRGBA
    red, green, blue, alpha = np.moveaxis(mask.pixels, -1, 0)
    assert same_greys(red, bilinear(small, x, y[:, None]))
    assert (alpha == red).all() and not green.any() and not blue.any()


@pytest.mark.usefixtures("on_gpu")
def test_gpu_mask_is_upside_down_by_default() -> None:
    values = np.arange(6, dtype=np.float32).reshape(1, 3, 2, 1) / 6
    [flipped] = segmentation("", uploaded(values)).take("MASK")
    [upright] = segmentation("gpu_origin: TOP_LEFT", uploaded(values)).take("MASK")
    assert (flipped.payload.pixels[::-1] == upright.payload.pixels).all()
    assert upright.payload.pixels[..., 0].ravel().tolist() == [0, 43, 85, 128, 170, 213]


@pytest.mark.usefixtures("on_gpu")
def test_gpu_tensors_with_other_channels_are_reported() -> None:
    segmentation("", uploaded(np.zeros((2, 2, 3)))).expect_error(
        "NONE takes 1 channels, but the tensor has 3", ValueError
    )
