from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
import pytest

from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.tensor import Tensor
from mpgraph.testing import CalculatorRunner, run, solid, t

NAME = "TfLiteTensorsToSegmentationCalculator"
SIZE = "tensor_width: 3 tensor_height: 2 tensor_channels: 2 "
SCORES = np.array([[[0, 9], [9, 0], [1, 1]], [[2, 3], [-5, 5], [0.5, 0.25]]], np.float32)


def tensors(*arrays: Any) -> Any:
    return [Tensor(np.array(array, np.float32)) for array in arrays] @ t(4)


def segmentation(options: str = SIZE, given: Any = None, **images: Any) -> CalculatorRunner:
    node = run(NAME, options, outputs=["MASK"]).send("TENSORS", given or tensors(SCORES))
    for port, image in images.items():
        node.send(port, image @ t(4))
    return node


def segmentation_on_gpu(options: str, given: Any, **images: Any) -> Any:
    node = run(NAME, options).send("TENSORS_GPU", given)
    for port, image in images.items():
        node.send(port, image @ t(4))
    [packet] = node.take("MASK_GPU")
    return packet.payload


def expected(channel: int, old: Any = None, ratio: float = 1.0) -> list[list[int]]:
    """Evaluate the formula pixel by pixel, in double."""

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


def mask_of(bytes_: Any) -> Any:
    """The SRGBA mask with these bytes in red and alpha."""
    red = np.array(bytes_, np.uint8)
    zero = np.zeros_like(red)
    return ImageFrame.wrap(np.dstack([red, zero, zero, red]), ImageFormat.SRGBA) @ t(4)


@pytest.mark.parametrize(("options", "channel"), [("", 1), ("output_layer_index: 0", 0)])
def test_probability_of_a_channel_in_red_and_alpha(options: str, channel: int) -> None:
    segmentation(SIZE + options).expect("MASK", mask_of(expected(channel)))


@pytest.mark.parametrize("ratio", [1.0, 0.4, 0.0])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_previous_mask_counts_where_the_new_mask_is_uncertain(ratio: float, channels: int) -> None:
    before = np.array([[0, 255, 255], [51, 204, 0]], np.uint8)
    frame = np.zeros((2, 3, channels), np.uint8)
    frame[..., 0] = before
    node = segmentation(SIZE + f"combine_with_previous_ratio: {ratio}", PREV_MASK=ImageFrame.wrap(frame))
    node.expect("MASK", mask_of(expected(1, before / 255, ratio)))


def test_mask_takes_the_size_of_the_reference_and_can_be_flipped() -> None:
    node = segmentation(SIZE + "flip_vertically: true", REFERENCE_IMAGE=solid(0, 11, 7))
    node.expect("MASK", mask_of(cv2.resize(np.array(expected(1)[::-1], np.uint8), (11, 7))))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("tensor_height: 2 tensor_channels: 2", "Missing tensor_width"),
        ("tensor_width: 2 tensor_channels: 2", "Missing tensor_height"),
        ("tensor_width: 2 tensor_height: 2", "Only two channel"),
        (SIZE + "output_layer_index: 2", "output_layer_index must be 0 or 1"),
    ],
)
def test_wrong_options_are_refused(options: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(NAME, options, inputs=["TENSORS"], outputs=["MASK"])


@pytest.mark.parametrize("given", [tensors(), tensors(SCORES, SCORES), tensors(SCORES[:1])])
def test_unsuitable_tensors_are_reported(given: Any) -> None:
    segmentation(given=given).expect_error("TENSORS must be one float32 tensor of (2, 3, 2)", ValueError)


def test_previous_mask_of_floats_is_reported() -> None:
    previous = ImageFrame.wrap(np.zeros((2, 3), np.float32))
    segmentation(PREV_MASK=previous).expect_error("PREV_MASK must be uint8, not VEC32F1", ValueError)


def test_ports_of_both_devices_are_refused() -> None:
    with pytest.raises(ValueError, match="CPU and GPU ports cannot be mixed"):
        run(NAME, SIZE, inputs=["TENSORS", "PREV_MASK_GPU"], outputs=["MASK"])


def probabilities(scores: Any, channel: int, old: Any = None, ratio: float = 1.0) -> Any:
    """The formula before values become bytes. old: the previous mask at each pixel, in 0..1."""
    new = 1 / (1 + np.exp(scores[..., 1 - channel].astype(float) - scores[..., channel]))
    if old is None:
        return new
    entropy = new * np.log(new + 0.001) + (1 - new) * np.log(1 - new + 0.001)
    certainty = np.clip(1 + entropy / np.log(2), 0, 1)
    certainty *= 2 - certainty
    return (new * certainty + old * (1 - certainty)) * ratio + new * (1 - ratio)


def sized(width: int, height: int) -> str:
    return f"tensor_width: {width} tensor_height: {height} tensor_channels: 2 "


@pytest.mark.parametrize("channel", [0, 1])
@pytest.mark.parametrize("shape", [(1, 1), (33, 51)])
def test_gpu_rounds_probabilities(on_gpu: Any, same_greys: Any, shape: tuple[int, int], channel: int) -> None:
    scores = np.random.default_rng(6).normal(0, 3, (*shape, 2)).astype(np.float32)
    options = sized(shape[1], shape[0]) + f"output_layer_index: {channel}"
    mask = segmentation_on_gpu(options, tensors(scores))
    pixels = mask.to_frame().pixels
    assert mask.image_format is ImageFormat.SRGBA
    assert same_greys(pixels[..., 0], probabilities(scores, channel) * 255)
    assert (pixels[..., 3] == pixels[..., 0]).all() and not pixels[..., 1:3].any()


@pytest.mark.parametrize("ratio", [1.0, 0.4])
@pytest.mark.parametrize("shape", [(1, 1), (20, 33), (40, 17)])
def test_gpu_previous_mask_counts_where_the_new_mask_is_uncertain(
    on_gpu: Any, bilinear: Any, same_greys: Any, shape: tuple[int, int], ratio: float
) -> None:
    source = np.random.default_rng(7)
    scores = source.normal(0, 1, (20, 33, 2)).astype(np.float32)
    before = source.integers(0, 256, (*shape, 4), np.uint8)
    options = sized(33, 20) + f"combine_with_previous_ratio: {ratio}"
    mask = segmentation_on_gpu(options, tensors(scores), PREV_MASK_GPU=on_gpu(before))
    x, y = np.arange(33) / 32 * shape[1], np.arange(20)[:, None] / 19 * shape[0]
    old = bilinear(before[..., 0] / 255, x, y)
    assert same_greys(mask.to_frame().pixels[..., 0], probabilities(scores, 1, old, ratio) * 255)


def test_gpu_single_pixel_takes_the_corner_of_the_previous_mask(on_gpu: Any) -> None:
    before = np.full((5, 5, 3), 255, np.uint8)
    before[0, 0] = 0
    mask = segmentation_on_gpu(sized(1, 1), tensors([[[0, 0]]]), PREV_MASK_GPU=on_gpu(before))
    assert mask.to_frame().pixels[0, 0, 0] < 3


@pytest.mark.parametrize("size", [(517, 333), (20, 33), (4, 3)])
def test_gpu_mask_takes_the_size_of_the_reference(
    on_gpu: Any, bilinear: Any, same_greys: Any, size: tuple[int, int]
) -> None:
    scores = np.random.default_rng(6).normal(0, 3, (20, 33, 2)).astype(np.float32)
    reference = on_gpu(np.zeros((size[1], size[0], 3), np.uint8))
    options = sized(33, 20) + "flip_vertically: true"
    mask = segmentation_on_gpu(options, tensors(scores), REFERENCE_IMAGE_GPU=reference)
    flipped = segmentation_on_gpu(sized(33, 20), tensors(scores)).to_frame().pixels[::-1]
    x, y = (np.arange(size[0]) + 0.5) / size[0] * 33, (np.arange(size[1])[:, None] + 0.5) / size[1] * 20
    assert (mask.width, mask.height) == size
    assert same_greys(mask.to_frame().pixels, bilinear(flipped, x, y))


def test_gpu_accepts_tensors_that_are_there_already(on_gpu: Any) -> None:
    from mpgraph import gpu

    uploaded = [Tensor.on_gpu(gpu.current().upload_array(SCORES[None]))] @ t(4)
    first, second = segmentation_on_gpu(SIZE, uploaded), segmentation_on_gpu(SIZE, tensors(SCORES))
    assert (first.to_frame().pixels == second.to_frame().pixels).all()


def test_gpu_reports_unsuitable_tensors(on_gpu: Any) -> None:
    node = run(NAME, SIZE, outputs=["MASK_GPU"]).send("TENSORS_GPU", tensors(SCORES[:1]))
    node.expect_error("TENSORS must be one float32 tensor of (2, 3, 2)", ValueError)
