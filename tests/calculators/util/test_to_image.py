from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.image import Image
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.testing import run, t

NAME = "ToImageCalculator"
FRAME = ImageFrame.wrap(np.ones((2, 3), np.float32))


@pytest.mark.parametrize("port", ["IMAGE", "IMAGE_CPU"])
def test_image_shares_the_pixels(port: str) -> None:
    [packet] = run(NAME).send(port, FRAME @ t(6)).take("IMAGE")
    image = packet.payload
    assert packet.timestamp.value == 6 and isinstance(image, Image) and image.pixels is FRAME.pixels
    assert image.image_format is FRAME.image_format


def test_image_is_passed_on() -> None:
    image = Image.from_frame(FRAME)
    run(NAME).send("IMAGE", image @ t(0)).expect("IMAGE", (lambda output: output is image) @ t(0))


@pytest.mark.parametrize("inputs", [[], ["IMAGE", "IMAGE_CPU"]])
def test_exactly_one_input_is_required(inputs: list[str]) -> None:
    with pytest.raises(Exception, match="Cannot have multiple inputs"):
        run(NAME, inputs=inputs, outputs=["IMAGE"])


@pytest.mark.parametrize("port", ["IMAGE", "IMAGE_GPU"])
def test_image_on_the_gpu_stays_there(on_gpu: Any, port: str) -> None:
    buffer = on_gpu(FRAME.pixels)
    [packet] = run(NAME).send(port, buffer @ t(0)).take("IMAGE")
    image = packet.payload
    assert isinstance(image, Image) and image.gpu_buffer is buffer and (image.pixels == FRAME.pixels).all()
