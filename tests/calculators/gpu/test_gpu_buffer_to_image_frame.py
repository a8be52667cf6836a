from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.image_frame import ImageFrame

GRAPH = """
    input_stream: "in" output_stream: "out"
    node { calculator: "GpuBufferToImageFrameCalculator" input_stream: "in" output_stream: "out" }"""


def test_pictures_come_back_in_order(run: Any, on_gpu: Any) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (20, 33, 51, 3), np.uint8)
    events = [("in", t, on_gpu(picture)) for t, picture in enumerate(pixels)]
    out = run(GRAPH, events)["out"]
    assert [t for t, _ in out] == list(range(20))
    assert all((frame.pixels == picture).all() for (_, frame), picture in zip(out, pixels, strict=True))


def test_an_image_frame_passes(run: Any) -> None:
    frame = ImageFrame.wrap(np.zeros((2, 2), np.uint8))
    assert run(GRAPH, [("in", 4, frame)])["out"] == [(4, frame)]


def test_anything_else_is_refused(run: Any) -> None:
    with pytest.raises(ValueError, match="Input packets must be ImageFrame or GpuBuffer, not int"):
        run(GRAPH, [("in", 0, 5)])


def test_a_graph_for_the_gpu_says_how_a_picture_gets_there(run: Any, on_gpu: Any) -> None:
    assert on_gpu
    text = """
        input_stream: "in" output_stream: "out"
        node {
          calculator: "ImagePropertiesCalculator"
          input_stream: "IMAGE_GPU:in" output_stream: "SIZE:out"
        }"""
    frame = ImageFrame.wrap(np.zeros((2, 2), np.uint8))
    with pytest.raises(
        ValueError, match=r"type that is requested: mp\.gpu\.upload\(frame\) makes a GpuBuffer"
    ):
        run(text, [("in", 0, frame)])
