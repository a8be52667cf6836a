from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from mpgraph import packet as packets
from mpgraph.formats.arrays import INT_PAIR
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.tensor import TENSORS, Tensor


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
