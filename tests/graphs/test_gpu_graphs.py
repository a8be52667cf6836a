"""The published GPU graphs, unmodified, against the GPU's formulas computed with numpy."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

import mpgraph as mp
from mpgraph import gpu
from mpgraph.framework import resources
from mpgraph.framework.packet import make_packet
from mpgraph.inference import create_runner, load_model

Array = npt.NDArray[Any]
SelfieSegmentation = mp.solutions.selfie_segmentation.SelfieSegmentation

MODELS = ["selfie_segmentation.tflite", "selfie_segmentation_landscape.tflite"]
BLUE = np.array([0, 0, 255], float)


def centred(image: Array, height: int, width: int) -> Array:
    """An image scaled by bilinear sampling at the centres of pixels, as the GPU does it: HxWxC."""
    for axis, size in ((0, height), (1, width)):
        have = image.shape[axis]
        position = (np.arange(size) + 0.5) * have / size - 0.5
        low = np.floor(position).astype(int)
        share = (position - low).reshape((-1, 1, 1) if axis == 0 else (1, -1, 1))
        before, after = (image.take(np.clip(low + i, 0, have - 1), axis) for i in (0, 1))
        image = before * (1 - share) + after * share
    return image


def expected_mask(image: Array, model_selection: int) -> Array:
    """The mask by the GPU graph's formulas, with the network on the CPU, and 256 levels before scaling up."""
    name = MODELS[model_selection]
    model = load_model((resources.shipped_models() / name).read_bytes(), origin=name)
    _, height, width, _ = model.inputs[0].shape
    small = np.ascontiguousarray(centred(image / 255, height, width)[None], np.float32)
    with create_runner(model) as runner:
        mask = np.round(runner.run([small])[0][0] * 255.0) / 255
    return centred(mask, *image.shape[:2])[..., 0]


def overlap(one: Array, other: Array) -> float:
    """The intersection over union of two masks, thresholded at 0.5."""
    union = ((one > 0.5) | (other > 0.5)).sum()
    return float(((one > 0.5) & (other > 0.5)).sum() / union) if union else 1.0


@pytest.fixture(params=[(512, 512), (1280, 720), (333, 517)], ids="{0[0]}x{0[1]}".format)
def image(request: pytest.FixtureRequest, portrait: npt.NDArray[np.uint8]) -> Array:
    return np.asarray(cv2.resize(portrait, request.param))


@pytest.mark.parametrize("model_selection", [0, 1])
def test_masks_match_the_gpu_formulas(image: Array, model_selection: int) -> None:
    with SelfieSegmentation(model_selection, device="gpu") as solution:
        mask = solution.process(image).segmentation_mask
    expected = expected_mask(image, model_selection)
    assert mask.shape == image.shape[:2] and mask.dtype == np.float32 and not mask.flags.writeable
    assert np.abs(mask - expected).max() < 1.6 / 255  # a level of the small mask, and rounding the large one
    assert overlap(mask, expected) > 0.9999


@pytest.mark.parametrize(("model_selection", "least"), [(0, 0.985), (1, 0.96)])
def test_masks_are_close_to_the_cpu_graphs(image: Array, model_selection: int, least: float) -> None:
    """The only difference is that the graphs sample half a pixel apart, as MediaPipe's do."""
    masks = []
    for device in ("cpu", "gpu"):
        with SelfieSegmentation(model_selection, device=device) as solution:
            masks.append(solution.process(image).segmentation_mask)
    assert overlap(*masks) > least


def run_published_graph(image: Array, *streams: str) -> list[Array]:
    """Send an image through selfie_segmentation_gpu.pbtxt; return the output of these streams as bytes."""
    path = resources.find_resource("mediapipe/graphs/selfie_segmentation/selfie_segmentation_gpu.pbtxt")
    graph = mp.CalculatorGraph(graph_config=path.read_text())
    found: dict[str, Array] = {}
    for stream in streams:
        graph.observe_output_stream(
            stream, lambda name, packet: found.setdefault(name, packet.payload.to_frame().numpy_view())
        )
    graph.start_run()
    buffer = gpu.upload(mp.ImageFrame(mp.ImageFormat.SRGB, image))
    graph.add_packet_to_input_stream("input_video", make_packet(buffer, 0))
    graph.close_all_input_streams()
    graph.wait_until_done()
    return [found[stream] for stream in streams]


def test_published_graph_paints_the_background_blue(image: Array) -> None:
    painted, mask = run_published_graph(image, "output_video", "segmentation_mask")
    share = mask[..., :1] / 255
    expected = image * share + BLUE * (1 - share)
    difference = np.abs(painted[..., :3] - np.round(expected))
    assert difference.max() <= 1
    assert (difference.max(-1) > 0).mean() <= 0.001


def test_image_of_one_pixel() -> None:
    (painted,) = run_published_graph(np.full((1, 1, 3), 128, np.uint8), "output_video")
    assert painted.shape == (1, 1, 4)


def test_frames_are_independent(portrait: npt.NDArray[np.uint8]) -> None:
    with SelfieSegmentation(device="gpu") as solution:
        first = solution.process(portrait).segmentation_mask
        solution.process(np.ascontiguousarray(portrait[::-1]))
        np.testing.assert_array_equal(solution.process(portrait).segmentation_mask, first)
