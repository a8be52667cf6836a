from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.image import Image
from mpgraph.formats.image_frame import ImageFrame

GRAPH = """
    input_stream: "in" output_stream: "size"
    node {{ calculator: "ImagePropertiesCalculator" {} output_stream: "SIZE:size" }}"""


@pytest.mark.parametrize("tag", ["IMAGE", "IMAGE_CPU"])
def test_size_is_width_and_height(run: Any, tag: str) -> None:
    frame = ImageFrame.wrap(np.zeros((3, 5, 3), np.uint8))
    assert run(GRAPH.format(f'input_stream: "{tag}:in"'), [("in", 4, frame)])["size"] == [(4, (5, 3))]


def test_image_may_be_an_image(run: Any) -> None:
    image = Image.wrap(np.zeros((1, 2), np.float32))
    assert run(GRAPH.format('input_stream: "IMAGE:in"'), [("in", 0, image)])["size"] == [(0, (2, 1))]


def test_an_image_is_no_image_frame(run: Any) -> None:
    with pytest.raises(ValueError, match="ImageFrame"):
        run(GRAPH.format('input_stream: "IMAGE_CPU:in"'), [("in", 0, Image.wrap(np.zeros((1, 2), np.uint8)))])


@pytest.mark.parametrize("ports", ["", 'input_stream: "IMAGE:in" input_stream: "IMAGE_CPU:in"'])
def test_exactly_one_input(run: Any, ports: str) -> None:
    with pytest.raises(ValueError, match="exactly one input stream"):
        run(GRAPH.format(ports))


def test_the_size_of_a_picture_on_the_gpu(run: Any, on_gpu: Any) -> None:
    buffer = on_gpu(np.zeros((3, 5, 4), np.uint8))
    assert run(GRAPH.format('input_stream: "IMAGE_GPU:in"'), [("in", 4, buffer)])["size"] == [(4, (5, 3))]
    image = Image.from_gpu_buffer(buffer)
    assert run(GRAPH.format('input_stream: "IMAGE:in"'), [("in", 4, image)])["size"] == [(4, (5, 3))]
