from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
import pytest

from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.tensor import Tensor
from mpgraph.formats.tflite_tensor import TFLITE_TENSORS
from mpgraph.framework import packet as packets

SIZE = "tensor_width: 3 tensor_height: 2 tensor_channels: 2 "
SCORES = np.array([[[0, 9], [9, 0], [1, 1]], [[2, 3], [-5, 5], [0.5, 0.25]]], np.float32)


def graph(options: str = SIZE, inputs: str = "") -> str:
    streams = " ".join(f'input_stream: "{tag.lower()}"' for tag in inputs.split())
    ports = " ".join(f'input_stream: "{tag}:{tag.lower()}"' for tag in inputs.split())
    return f"""
        input_stream: "tensors" {streams} output_stream: "mask"
        node {{
          calculator: "TfLiteTensorsToSegmentationCalculator"
          input_stream: "TENSORS:tensors" {ports} output_stream: "MASK:mask"
          options {{ [mediapipe.TfLiteTensorsToSegmentationCalculatorOptions.ext] {{ {options} }} }}
        }}"""


def tensors(*arrays: Any) -> packets.Packet:
    return packets.make([Tensor(np.array(array, np.float32)) for array in arrays], TFLITE_TENSORS)


def expected(channel: int, old: Any = None, ratio: float = 1.0) -> list[list[int]]:
    """The formula in its own words, a pixel at a time, in double."""

    def byte(scores: Any, before: float | None) -> int:
        share = math.exp(scores[channel]) / (math.exp(scores[0]) + math.exp(scores[1]))
        if before is not None:
            entropy = share * math.log(share + 0.001) + (1 - share) * math.log(1 - share + 0.001)
            certainty = min(max(1 + entropy / math.log(2), 0), 1)
            certainty *= 2 - certainty
            mixed = share * certainty + before * (1 - certainty)
            share = mixed * ratio + share * (1 - ratio)
        return int(share * 255)

    return [
        [byte(SCORES[row, column], None if old is None else old[row][column]) for column in range(3)]
        for row in range(2)
    ]


@pytest.mark.parametrize(("options", "channel"), [("", 1), ("output_layer_index: 0", 0)])
def test_the_share_of_a_channel_in_red_and_alpha(run: Any, options: str, channel: int) -> None:
    [(t, mask)] = run(graph(SIZE + options), [("tensors", 4, tensors(SCORES))])["mask"]
    assert t == 4 and mask.image_format is ImageFormat.SRGBA
    assert mask.pixels[..., 0].tolist() == expected(channel)
    assert (mask.pixels[..., 3] == mask.pixels[..., 0]).all() and not mask.pixels[..., 1:3].any()


@pytest.mark.parametrize("ratio", [1.0, 0.4, 0.0])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_the_mask_before_counts_where_the_new_one_is_uncertain(run: Any, ratio: float, channels: int) -> None:
    before = np.array([[0, 255, 255], [51, 204, 0]], np.uint8)
    frame = np.zeros((2, 3, channels), np.uint8)
    frame[..., 0] = before
    text = graph(SIZE + f"combine_with_previous_ratio: {ratio}", "PREV_MASK")
    events = [("tensors", 0, tensors(SCORES)), ("prev_mask", 0, ImageFrame.wrap(frame))]
    [(_, mask)] = run(text, events)["mask"]
    assert mask.pixels[..., 0].tolist() == expected(1, before / 255, ratio)


def test_the_mask_takes_the_size_of_the_reference_and_may_stand_on_its_head(run: Any) -> None:
    reference = ImageFrame.wrap(np.zeros((7, 11, 3), np.uint8))
    events = [("tensors", 0, tensors(SCORES)), ("reference_image", 0, reference)]
    [(_, mask)] = run(graph(SIZE + "flip_vertically: true", "REFERENCE_IMAGE"), events)["mask"]
    small = np.array(expected(1)[::-1], np.uint8)
    assert (mask.pixels[..., 3] == cv2.resize(small, (11, 7))).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("tensor_height: 2 tensor_channels: 2", "Missing tensor_width"),
        ("tensor_width: 2 tensor_channels: 2", "Missing tensor_height"),
        ("tensor_width: 2 tensor_height: 2", "Only two channel"),
        (SIZE + "output_layer_index: 2", "output_layer_index must be 0 or 1"),
    ],
)
def test_wrong_options_are_told_when_the_graph_is_built(run: Any, options: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(graph(options))


@pytest.mark.parametrize("given", [tensors(), tensors(SCORES, SCORES), tensors(SCORES[:1])])
def test_tensors_it_cannot_take(run: Any, given: Any) -> None:
    with pytest.raises(ValueError, match=r"TENSORS must be one float32 tensor of \(2, 3, 2\)"):
        run(graph(), [("tensors", 0, given)])


def test_a_mask_before_of_floats_is_told(run: Any) -> None:
    events = [
        ("tensors", 0, tensors(SCORES)),
        ("prev_mask", 0, ImageFrame.wrap(np.zeros((2, 3), np.float32))),
    ]
    with pytest.raises(ValueError, match="PREV_MASK must be uint8, not VEC32F1"):
        run(graph(inputs="PREV_MASK"), events)


def graph_on_gpu(options: str = SIZE, inputs: str = "") -> str:
    text = graph(options, inputs)
    for tag in ["TENSORS", "MASK", *inputs.split()]:
        text = text.replace(f'"{tag}:', f'"{tag}_GPU:')
    return text


def shares(scores: Any, channel: int, old: Any = None, ratio: float = 1.0) -> Any:
    """The formula once more, before it becomes bytes; old: what is at each pixel, in 0..1."""
    share = 1 / (1 + np.exp(scores[..., 1 - channel].astype(float) - scores[..., channel]))
    if old is None:
        return share
    entropy = share * np.log(share + 0.001) + (1 - share) * np.log(1 - share + 0.001)
    certainty = np.clip(1 + entropy / np.log(2), 0, 1)
    certainty *= 2 - certainty
    return (share * certainty + old * (1 - certainty)) * ratio + share * (1 - ratio)


def sized(width: int, height: int) -> str:
    return f"tensor_width: {width} tensor_height: {height} tensor_channels: 2 "


@pytest.mark.parametrize("channel", [0, 1])
@pytest.mark.parametrize("shape", [(1, 1), (33, 51)])
def test_on_the_gpu_shares_are_rounded(
    run: Any, on_gpu: Any, same_greys: Any, shape: tuple[int, int], channel: int
) -> None:
    scores = np.random.default_rng(6).normal(0, 3, (*shape, 2)).astype(np.float32)
    text = graph_on_gpu(sized(shape[1], shape[0]) + f"output_layer_index: {channel}")
    [(t, mask)] = run(text, [("tensors", 4, tensors(scores))])["mask"]
    pixels = mask.to_frame().pixels
    assert t == 4 and mask.image_format is ImageFormat.SRGBA
    assert same_greys(pixels[..., 0], shares(scores, channel) * 255)
    assert (pixels[..., 3] == pixels[..., 0]).all() and not pixels[..., 1:3].any()


@pytest.mark.parametrize("ratio", [1.0, 0.4])
@pytest.mark.parametrize("shape", [(1, 1), (20, 33), (40, 17)])
def test_on_the_gpu_the_mask_before_counts_where_the_new_one_is_uncertain(
    run: Any, on_gpu: Any, bilinear: Any, same_greys: Any, shape: tuple[int, int], ratio: float
) -> None:
    source = np.random.default_rng(7)
    scores = source.normal(0, 1, (20, 33, 2)).astype(np.float32)
    before = source.integers(0, 256, (*shape, 4), np.uint8)
    text = graph_on_gpu(sized(33, 20) + f"combine_with_previous_ratio: {ratio}", "PREV_MASK")
    [(_, mask)] = run(text, [("tensors", 0, tensors(scores)), ("prev_mask", 0, on_gpu(before))])["mask"]
    x, y = np.arange(33) / 32 * shape[1], np.arange(20)[:, None] / 19 * shape[0]
    old = bilinear(before[..., 0] / 255, x, y)
    assert same_greys(mask.to_frame().pixels[..., 0], shares(scores, 1, old, ratio) * 255)


def test_on_the_gpu_a_single_pixel_takes_the_corner_of_the_mask_before(run: Any, on_gpu: Any) -> None:
    before = np.full((5, 5, 3), 255, np.uint8)
    before[0, 0] = 0
    text = graph_on_gpu(sized(1, 1), "PREV_MASK")
    events = [("tensors", 0, tensors([[[0, 0]]])), ("prev_mask", 0, on_gpu(before))]
    [(_, mask)] = run(text, events)["mask"]
    assert mask.to_frame().pixels[0, 0, 0] < 3


@pytest.mark.parametrize("size", [(517, 333), (20, 33), (4, 3)])
def test_on_the_gpu_the_mask_takes_the_size_of_the_reference(
    run: Any, on_gpu: Any, bilinear: Any, same_greys: Any, size: tuple[int, int]
) -> None:
    scores = np.random.default_rng(6).normal(0, 3, (20, 33, 2)).astype(np.float32)
    text = graph_on_gpu(sized(33, 20) + "flip_vertically: true", "REFERENCE_IMAGE")
    reference = on_gpu(np.zeros((size[1], size[0], 3), np.uint8))
    [(_, mask)] = run(text, [("tensors", 0, tensors(scores)), ("reference_image", 0, reference)])["mask"]
    [(_, small)] = run(graph_on_gpu(sized(33, 20)), [("tensors", 0, tensors(scores))])["mask"]
    flipped = small.to_frame().pixels[::-1]
    x, y = (np.arange(size[0]) + 0.5) / size[0] * 33, (np.arange(size[1])[:, None] + 0.5) / size[1] * 20
    assert (mask.width, mask.height) == size
    assert same_greys(mask.to_frame().pixels, bilinear(flipped, x, y))


def test_tensors_that_are_on_the_gpu_already(run: Any, on_gpu: Any) -> None:
    from mpgraph import gpu

    there = packets.make([Tensor.on_gpu(gpu.current().upload_array(SCORES[None]))], TFLITE_TENSORS)
    [(_, one)] = run(graph_on_gpu(), [("tensors", 0, there)])["mask"]
    [(_, other)] = run(graph_on_gpu(), [("tensors", 0, tensors(SCORES))])["mask"]
    assert (one.to_frame().pixels == other.to_frame().pixels).all()


def test_on_the_gpu_tensors_it_cannot_take(run: Any, on_gpu: Any) -> None:
    with pytest.raises(ValueError, match=r"TENSORS must be one float32 tensor of \(2, 3, 2\)"):
        run(graph_on_gpu(), [("tensors", 0, tensors(SCORES[:1]))])


def test_both_places_cannot_be_mixed(run: Any) -> None:
    text = graph(inputs="PREV_MASK").replace('"PREV_MASK:', '"PREV_MASK_GPU:')
    with pytest.raises(ValueError, match="CPU and GPU ports cannot be mixed"):
        run(text)
