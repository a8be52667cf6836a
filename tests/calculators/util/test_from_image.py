from __future__ import annotations

from typing import Any

import pytest

from mpgraph.formats.image import Image
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.testing import gradient, run, t

NAME = "FromImageCalculator"
PIXELS = gradient(3, 2).pixels


def test_frame_shares_the_pixels() -> None:
    image = gradient(3, 2, cls=Image)
    node = run(NAME, outputs=["IMAGE_CPU", "SOURCE_ON_GPU"]).send("IMAGE", image @ t(6))
    node.expect("SOURCE_ON_GPU", False @ t(6))
    [packet] = node.take("IMAGE_CPU")
    frame = packet.payload
    assert packet.timestamp.value == 6 and isinstance(frame, ImageFrame) and frame.pixels is image.pixels
    assert frame.image_format is image.image_format


def test_outputs_in_both_memories_are_refused() -> None:
    with pytest.raises(Exception, match="Cannot have multiple outputs"):
        run(NAME, inputs=["IMAGE"], outputs=["IMAGE_CPU", "IMAGE_GPU"])


def test_image_in_host_memory_is_uploaded(on_gpu: Any) -> None:
    del on_gpu  # Requested because the machine needs a GPU.
    node = run(NAME, outputs=["IMAGE_GPU", "SOURCE_ON_GPU"]).send("IMAGE", gradient(3, 2, cls=Image) @ t(0))
    node.expect("IMAGE_GPU", (lambda buffer: (buffer.to_frame().pixels == PIXELS).all()) @ t(0))
    node.expect("SOURCE_ON_GPU", False @ t(0))


def test_image_on_the_gpu_is_shared_there_and_read_back_for_the_cpu(on_gpu: Any) -> None:
    buffer = on_gpu(PIXELS.copy())
    node = run(NAME, outputs=["IMAGE_GPU", "SOURCE_ON_GPU"])
    node.send("IMAGE", Image.from_gpu_buffer(buffer) @ t(0)).expect("SOURCE_ON_GPU", True @ t(0))
    node.expect("IMAGE_GPU", (lambda output: output is buffer) @ t(0))
    node = run(NAME, outputs=["IMAGE_CPU", "SOURCE_ON_GPU"])
    node.send("IMAGE", Image.from_gpu_buffer(buffer) @ t(0)).expect("SOURCE_ON_GPU", True @ t(0))
    node.expect("IMAGE_CPU", gradient(3, 2) @ t(0))
