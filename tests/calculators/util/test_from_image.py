from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image import Image
from mpgraph.formats.image_frame import ImageFrame

GRAPH = """
    input_stream: "in" output_stream: "out" output_stream: "gpu"
    node {{ calculator: "FromImageCalculator" input_stream: "IMAGE:in" {} }}"""


def test_the_frame_shares_the_pixels(run: Any) -> None:
    image = Image.wrap(np.ones((2, 3, 3), np.uint8))
    ports = 'output_stream: "IMAGE_CPU:out" output_stream: "SOURCE_ON_GPU:gpu"'
    out = run(GRAPH.format(ports), [("in", 6, image)])
    [(t, frame)] = out["out"]
    assert t == 6 and isinstance(frame, ImageFrame) and frame.pixels is image.pixels
    assert frame.image_format is image.image_format
    assert out["gpu"] == [(6, False)]


def test_two_places_at_once_are_refused(run: Any) -> None:
    with pytest.raises(Exception, match="Cannot have multiple outputs"):
        run(GRAPH.format('output_stream: "IMAGE_CPU:out" output_stream: "IMAGE_GPU:gpu"'))


TO_GPU = GRAPH.format('output_stream: "IMAGE_GPU:out" output_stream: "SOURCE_ON_GPU:gpu"')


def test_an_image_in_host_memory_goes_to_the_gpu(run: Any, on_gpu: Any) -> None:
    assert on_gpu
    pixels = np.arange(18, dtype=np.uint8).reshape(2, 3, 3)
    out = run(TO_GPU, [("in", 0, Image.wrap(pixels))])
    [(_, buffer)] = out["out"]
    assert isinstance(buffer, GpuBuffer) and (buffer.to_frame().pixels == pixels).all()
    assert out["gpu"] == [(0, False)]


def test_an_image_on_the_gpu_is_shared_there_and_read_back_elsewhere(run: Any, on_gpu: Any) -> None:
    pixels = np.arange(18, dtype=np.uint8).reshape(2, 3, 3)
    buffer = on_gpu(pixels)
    out = run(TO_GPU, [("in", 0, Image.from_gpu_buffer(buffer))])
    assert out == {"out": [(0, buffer)], "gpu": [(0, True)]}
    ports = 'output_stream: "IMAGE_CPU:out" output_stream: "SOURCE_ON_GPU:gpu"'
    out = run(GRAPH.format(ports), [("in", 0, Image.from_gpu_buffer(buffer))])
    [(_, frame)] = out["out"]
    assert isinstance(frame, ImageFrame) and (frame.pixels == pixels).all() and out["gpu"] == [(0, True)]
