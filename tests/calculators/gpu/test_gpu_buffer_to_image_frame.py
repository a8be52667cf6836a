from __future__ import annotations

from typing import Any

import numpy as np

from mpgraph.framework.packet import make_packet
from mpgraph.testing import run, solid, t

NAME = "GpuBufferToImageFrameCalculator"


def test_images_are_copied_in_order(on_gpu: Any) -> None:
    images = np.random.default_rng(1).integers(0, 256, (20, 33, 51, 3), np.uint8)
    node = run(NAME).send("", *(on_gpu(image) @ t(time) for time, image in enumerate(images)))
    node.expect("", *(image @ t(time) for time, image in enumerate(images)))


def test_image_frame_is_passed_on() -> None:
    frame = solid(0)
    run(NAME).send("", frame @ t(4)).expect("", (lambda image: image is frame) @ t(4))


def test_other_types_are_reported() -> None:
    node = run(NAME).send("", 5 @ t(0))
    node.expect_error("Input packets must be ImageFrame or GpuBuffer, not int", ValueError)


def test_graph_for_the_gpu_reports_how_to_upload_an_image(on_gpu: Any) -> None:
    del on_gpu  # Requested because the machine needs a GPU.
    # A packet, not a value, because the testing kit checks the class of values before it sends them.
    packet = make_packet(solid(0)).at(0)
    node = run("ImagePropertiesCalculator", inputs=["IMAGE_GPU"], outputs=["SIZE"]).send("IMAGE_GPU", packet)
    node.expect_error("type that is requested: mp.gpu.upload(frame) makes a GpuBuffer", ValueError)
