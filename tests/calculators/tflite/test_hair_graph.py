"""MediaPipe's hair_segmentation_mobile_gpu.pbtxt with a model of one operator, against numpy."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.inference.flatbuffer import Number
from mpgraph.testing import run, t

Array = npt.NDArray[Any]

SIDE = 32
WEIGHTS = np.array([[-1, 2, 0.5, -1.5], [3, -2, 1, 1.5]], np.float32)
BIAS = np.array([0.2, -0.3], np.float32)

GRAPH = """
    input_stream: "video" output_stream: "out"
    node {
      calculator: "FlowLimiterCalculator" output_stream: "throttled"
      input_stream: "video" input_stream: "FINISHED:mask"
      input_stream_info { tag_index: "FINISHED" back_edge: true }
    }
    node {
      calculator: "ImageTransformationCalculator"
      input_stream: "IMAGE_GPU:throttled" output_stream: "IMAGE_GPU:small"
      options {
        [mediapipe.ImageTransformationCalculatorOptions.ext] { output_width: SIDE output_height: SIDE }
      }
    }
    node {
      calculator: "PreviousLoopbackCalculator" output_stream: "PREV_LOOP:before"
      input_stream: "MAIN:throttled" input_stream: "LOOP:mask"
      input_stream_info { tag_index: "LOOP" back_edge: true }
    }
    node {
      calculator: "SetAlphaCalculator"
      input_stream: "IMAGE_GPU:small" input_stream: "ALPHA_GPU:before" output_stream: "IMAGE_GPU:with_mask"
    }
    node {
      calculator: "TfLiteConverterCalculator"
      input_stream: "IMAGE_GPU:with_mask" output_stream: "TENSORS_GPU:image_tensor"
      options {
        [mediapipe.TfLiteConverterCalculatorOptions.ext] { zero_center: false max_num_channels: 4 }
      }
    }
    node {
      calculator: "TfLiteCustomOpResolverCalculator" output_side_packet: "op_resolver"
      options { [mediapipe.TfLiteCustomOpResolverCalculatorOptions.ext] { use_gpu: true } }
    }
    node {
      calculator: "TfLiteInferenceCalculator"
      input_stream: "TENSORS_GPU:image_tensor" output_stream: "TENSORS_GPU:scores"
      input_side_packet: "CUSTOM_OP_RESOLVER:op_resolver"
      options { [mediapipe.TfLiteInferenceCalculatorOptions.ext] { model_path: "MODEL" use_gpu: true } }
    }
    node {
      calculator: "TfLiteTensorsToSegmentationCalculator"
      input_stream: "TENSORS_GPU:scores" input_stream: "PREV_MASK_GPU:before" output_stream: "MASK_GPU:mask"
      options {
        [mediapipe.TfLiteTensorsToSegmentationCalculatorOptions.ext] {
          tensor_width: SIDE tensor_height: SIDE tensor_channels: 2
          combine_with_previous_ratio: 0.9 output_layer_index: 1
        }
      }
    }
    node {
      calculator: "RecolorCalculator"
      input_stream: "IMAGE_GPU:throttled" input_stream: "MASK_GPU:mask" output_stream: "IMAGE_GPU:out"
      options { [mediapipe.RecolorCalculatorOptions.ext] { color { r: 0 g: 0 b: 255 } mask_channel: RED } }
    }"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A 1x1 convolution from red, green, blue and the previous mask to two scores."""
    file = Path(__file__).parents[2] / "inference" / "conftest.py"
    spec = importlib.util.spec_from_file_location("model_builder", file)
    assert spec is not None and spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    builder = module.ModelBuilder()
    x, y = builder.tensor("x", (1, SIDE, SIDE, 4)), builder.tensor("y", (1, SIDE, SIDE, 2))
    constants = [builder.constant("w", WEIGHTS[:, None, None]), builder.constant("b", BIAS)]
    padding, strides = {0: Number("b", 0)}, {1: Number("i", 1), 2: Number("i", 1)}
    builder.operator("CONV_2D", [x, *constants], [y], options_type=1, options={**padding, **strides})
    file = tmp_path / "hair_segmentation.tflite"
    file.write_bytes(builder.build([x], [y]))
    return file


def rounded(bytes_: Array) -> Array:
    return np.floor(np.clip(bytes_, 0, 255) + 0.5)


def scaled(bilinear: Callable[..., Array], image: Array, width: int, height: int) -> Array:
    across = (np.arange(width) + 0.5) / width * image.shape[1]
    down = (np.arange(height)[:, None] + 0.5) / height * image.shape[0]
    return bilinear(image, across, down)


def next_mask(bilinear: Callable[..., Array], frame: Array, before: Array | None) -> Array:
    """The mask in 0..255 of a frame, given the previous mask."""
    alpha = np.zeros((SIDE, SIDE)) if before is None else before
    small = np.dstack([rounded(scaled(bilinear, frame, SIDE, SIDE)), alpha]) / 255
    scores = small @ WEIGHTS.T.astype(float) + BIAS
    new = 1 / (1 + np.exp(scores[..., 0] - scores[..., 1]))
    if before is not None:
        position = np.arange(SIDE) / (SIDE - 1) * SIDE
        old = bilinear(before / 255, position, position[:, None])
        entropy = new * np.log(new + 0.001) + (1 - new) * np.log(1 - new + 0.001)
        certainty = np.clip(1 + entropy / np.log(2), 0, 1)
        certainty *= 2 - certainty
        new = (new * certainty + old * (1 - certainty)) * 0.9 + new * 0.1
    return rounded(new * 255)


def test_each_frame_uses_the_mask_of_the_previous_frame(
    on_gpu: Any, bilinear: Any, same_greys: Any, model: Path
) -> None:
    frames = np.random.default_rng(0).integers(0, 256, (3, 45, 61, 3), np.uint8)
    graph = run(GRAPH.replace("SIDE", str(SIDE)).replace("MODEL", model.as_posix()))
    graph.send("video", *(on_gpu(frame.copy()) @ t(time) for time, frame in enumerate(frames)))
    packets = graph.take("out")
    assert [packet.timestamp.value for packet in packets] == [0, 1, 2]
    mask = None
    for frame, packet in zip(frames, packets, strict=True):
        mask = next_mask(bilinear, frame, mask)
        share = scaled(bilinear, mask / 255, 61, 45) * (frame @ [0.299, 0.587, 0.114]) / 255
        expected = frame * (1 - share[..., None]) + np.array([0, 0, 255]) * share[..., None]
        assert same_greys(packet.payload.to_frame().pixels[..., :3], expected)
