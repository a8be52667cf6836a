from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.image import Image
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.testing import run, t

NAME = "ImagePropertiesCalculator"


@pytest.mark.parametrize(
    ("port", "image"),
    [
        ("IMAGE", ImageFrame.wrap(np.zeros((3, 5, 3), np.uint8))),
        ("IMAGE_CPU", ImageFrame.wrap(np.zeros((3, 5, 3), np.uint8))),
        ("IMAGE", Image.wrap(np.zeros((3, 5), np.float32))),
    ],
)
def test_size_is_width_and_height(port: str, image: Any) -> None:
    run(NAME).send(port, image @ t(4)).expect("SIZE", (5, 3) @ t(4))


def test_size_of_an_image_on_the_gpu(on_gpu: Any) -> None:
    buffer = on_gpu(np.zeros((3, 5, 4), np.uint8))
    run(NAME).send("IMAGE_GPU", buffer @ t(4)).expect("SIZE", (5, 3) @ t(4))
    run(NAME).send("IMAGE", Image.from_gpu_buffer(buffer) @ t(4)).expect("SIZE", (5, 3) @ t(4))


def test_image_is_no_image_frame() -> None:
    with pytest.raises(ValueError, match="ImageFrame"):
        run(NAME, inputs=["IMAGE_CPU"], outputs=["SIZE"]).send(
            "IMAGE_CPU", Image.wrap(np.zeros((1, 2), np.uint8)) @ t(0)
        )


@pytest.mark.parametrize("inputs", [[], ["IMAGE", "IMAGE_CPU"]])
def test_exactly_one_input_is_required(inputs: list[str]) -> None:
    with pytest.raises(ValueError, match="One and only one of IMAGE, IMAGE_CPU and IMAGE_GPU"):
        run(NAME, inputs=inputs, outputs=["SIZE"])
