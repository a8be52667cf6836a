from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from mpgraph.formats.arrays import INT_PAIR
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.tensor import TENSORS, Tensor
from mpgraph.framework import packet as packets


def graph(options: str = "", *, size: bool = False) -> str:
    return f"""
        input_stream: "tensors" {'input_stream: "size"' if size else ""} output_stream: "mask"
        node {{
          calculator: "TensorsToSegmentationCalculator"
          input_stream: "TENSORS:tensors" {'input_stream: "OUTPUT_SIZE:size"' if size else ""}
          output_stream: "MASK:mask"
          options {{ [mediapipe.TensorsToSegmentationCalculatorOptions.ext] {{ {options} }} }}
        }}"""


def tensors(*arrays: Any) -> packets.Packet:
    return packets.make([Tensor(np.asarray(array)) for array in arrays], TENSORS)


def output_size(width: int, height: int) -> packets.Packet:
    return packets.make((width, height), INT_PAIR)


VALUES = np.random.default_rng(4).random((1, 6, 8, 1), dtype=np.float32)


def test_the_mask_is_the_tensor_itself(run: Any) -> None:
    [(t, mask)] = run(graph(), [("tensors", 3, tensors(VALUES))])["mask"]
    assert t == 3 and mask.image_format is ImageFormat.VEC32F1
    assert (mask.pixels == VALUES[0, :, :, 0]).all()


def test_the_first_of_several_tensors_counts_and_a_leading_1_does_not_matter(run: Any) -> None:
    [(_, mask)] = run(graph(), [("tensors", 0, tensors(VALUES[0], VALUES * 2))])["mask"]
    assert (mask.pixels == VALUES[0, :, :, 0]).all()


@pytest.mark.parametrize("size", [(16, 12), (5, 3), (8, 6), (1, 1)])
def test_scaled_bilinearly(run: Any, size: tuple[int, int]) -> None:
    [(_, mask)] = run(graph(size=True), [("tensors", 0, tensors(VALUES)), ("size", 0, output_size(*size))])[
        "mask"
    ]
    np.testing.assert_allclose(mask.pixels, cv2.resize(VALUES[0, :, :, 0], size), atol=1e-6)


def test_sigmoid(run: Any) -> None:
    scores = np.array([[[-2.0], [0.0], [2.0]]], np.float32)
    [(_, mask)] = run(graph("activation: SIGMOID"), [("tensors", 0, tensors(scores))])["mask"]
    assert mask.pixels.tolist() == [pytest.approx([0.1192029, 0.5, 0.8807971])]


@pytest.mark.parametrize(("index", "expected"), [("", 0.8807971), ("output_layer_index: 0", 0.1192029)])
def test_softmax_takes_one_channel(run: Any, index: str, expected: float) -> None:
    scores = np.array([[[[1.0, 3.0]]]], np.float32)
    [(_, mask)] = run(graph("activation: SOFTMAX " + index), [("tensors", 0, tensors(scores))])["mask"]
    assert mask.pixels.tolist() == [[pytest.approx(expected)]]


def test_without_tensors_nothing_comes_out(run: Any) -> None:
    events = [("tensors", 0, None), ("size", 0, output_size(1, 1)), ("tensors", 1, tensors())]
    assert run(graph(size=True), [*events, ("size", 1, output_size(1, 1))])["mask"] == []


@pytest.mark.parametrize(
    ("options", "array", "message"),
    [
        ("", np.zeros((2, 2, 2), np.float32), "activation NONE takes 1 channels, but the tensor has 2"),
        ("activation: SOFTMAX", np.zeros((2, 2, 1), np.float32), "SOFTMAX takes 2 channels"),
        ("", np.zeros((2, 2, 1), np.uint8), r"not of <mpgraph.Tensor uint8\[2, 2, 1\]>"),
        ("", np.zeros((2, 2, 2, 1), np.float32), "A mask is made of"),
        ("", np.zeros((2, 2), np.float32), "A mask is made of"),
    ],
)
def test_tensors_it_cannot_take(run: Any, options: str, array: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(graph(options), [("tensors", 0, tensors(array))])


@pytest.mark.parametrize(("size", "message"), [(output_size(0, 5), "OUTPUT_SIZE is 0x5"), (None, "empty at")])
def test_sizes_it_cannot_take(run: Any, size: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(graph(size=True), [("size", 0, size), ("tensors", 0, tensors(VALUES))])


def test_softmax_has_two_channels_only(run: Any) -> None:
    with pytest.raises(ValueError, match="output_layer_index is 2"):
        run(graph("activation: SOFTMAX output_layer_index: 2"))


def gpu_tensor(values: Any) -> packets.Packet:
    from mpgraph import gpu

    on_gpu = Tensor.on_gpu(gpu.current().upload_array(np.asarray(values, np.float32)))
    return packets.make([on_gpu], TENSORS)


def softmax(values: Any, channel: int) -> Any:
    powers = np.exp(values - values.max(-1, keepdims=True))
    return powers[..., channel] / powers.sum(-1)


@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (256, 144)])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (333, 517)])
@pytest.mark.parametrize("activation", ["NONE", "SIGMOID", "SOFTMAX"])
@pytest.mark.usefixtures("on_gpu")
def test_on_the_gpu(
    run: Any,
    bilinear: Any,
    same_greys: Any,
    columns: int,
    rows: int,
    width: int,
    height: int,
    activation: str,
) -> None:
    values = np.random.default_rng(6).normal(size=(rows, columns, 2 if activation == "SOFTMAX" else 1))
    values = values.astype(np.float32).astype(np.float64)
    text = graph(f"activation: {activation} output_layer_index: 0 gpu_origin: TOP_LEFT", size=True)
    [(_, mask)] = run(text, [("tensors", 0, gpu_tensor(values)), ("size", 0, output_size(width, height))])[
        "mask"
    ]
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
def test_masks_on_the_gpu_are_turned_upside_down_unless_told(run: Any) -> None:
    values = np.arange(6, dtype=np.float32).reshape(1, 3, 2, 1) / 6
    [(_, turned)] = run(graph(), [("tensors", 0, gpu_tensor(values))])["mask"]
    [(_, upright)] = run(graph("gpu_origin: TOP_LEFT"), [("tensors", 0, gpu_tensor(values))])["mask"]
    assert (turned.pixels[::-1] == upright.pixels).all()
    assert upright.pixels[..., 0].ravel().tolist() == [0, 43, 85, 128, 170, 213]


@pytest.mark.usefixtures("on_gpu")
def test_tensors_on_the_gpu_that_are_no_mask(run: Any) -> None:
    with pytest.raises(ValueError, match="NONE takes 1 channels, but the tensor has 3"):
        run(graph(), [("tensors", 0, gpu_tensor(np.zeros((2, 2, 3))))])
