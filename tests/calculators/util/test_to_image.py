from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.image import Image
from mpgraph.formats.image_frame import ImageFrame

GRAPH = """
    input_stream: "in" output_stream: "out"
    node {{ calculator: "ToImageCalculator" {} output_stream: "IMAGE:out" }}"""
FRAME = ImageFrame.wrap(np.ones((2, 3), np.float32))


@pytest.mark.parametrize("tag", ["IMAGE", "IMAGE_CPU"])
def test_the_image_shares_the_pixels(run: Any, tag: str) -> None:
    [(t, image)] = run(GRAPH.format(f'input_stream: "{tag}:in"'), [("in", 6, FRAME)])["out"]
    assert t == 6 and isinstance(image, Image) and image.pixels is FRAME.pixels
    assert image.image_format is FRAME.image_format


def test_an_image_passes(run: Any) -> None:
    image = Image.from_frame(FRAME)
    assert run(GRAPH.format('input_stream: "IMAGE:in"'), [("in", 0, image)])["out"] == [(0, image)]


@pytest.mark.parametrize("ports", ["", 'input_stream: "IMAGE:in" input_stream: "IMAGE_CPU:in"'])
def test_exactly_one_input(run: Any, ports: str) -> None:
    with pytest.raises(Exception, match="Cannot have multiple inputs"):
        run(GRAPH.format(ports))


@pytest.mark.parametrize("tag", ["IMAGE", "IMAGE_GPU"])
def test_a_picture_on_the_gpu_stays_there(run: Any, on_gpu: Any, tag: str) -> None:
    buffer = on_gpu(FRAME.pixels)
    [(_, image)] = run(GRAPH.format(f'input_stream: "{tag}:in"'), [("in", 0, buffer)])["out"]
    assert isinstance(image, Image) and image.gpu_buffer is buffer and (image.pixels == FRAME.pixels).all()
