from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph import gpu
from mpgraph.errors import GpuError
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.testing import noise, run, t

NAME = "ImageFrameToGpuBufferCalculator"
pytestmark = pytest.mark.usefixtures("on_gpu")


def uploaded(frame: ImageFrame) -> Any:
    [packet] = run(NAME).send("", frame @ t(3)).take("")
    assert packet.timestamp.value == 3
    return packet.payload


@pytest.mark.parametrize("image_format", [ImageFormat.SRGB, ImageFormat.SRGBA, ImageFormat.GRAY8])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (333, 517), (1280, 720)])
def test_image_is_the_same_on_the_gpu(image_format: ImageFormat, width: int, height: int) -> None:
    source = noise(width, height, image_format)
    buffer = uploaded(source)
    assert isinstance(buffer, GpuBuffer)
    assert (buffer.width, buffer.height, buffer.image_format) == (width, height, image_format)
    frame = buffer.to_frame()
    assert frame.image_format is image_format and (frame.pixels == source.pixels).all()
    assert buffer.to_frame() is frame


def test_floats_keep_every_bit() -> None:
    values = np.random.default_rng(1).normal(size=(5, 7)).astype(np.float32)
    assert (uploaded(ImageFrame.wrap(values)).to_frame().pixels == values).all()


@pytest.mark.parametrize(
    ("pixels", "message"),
    [
        (np.zeros((2, 2), np.uint16), "GRAY16 cannot be on the GPU. Convert it to SRGB"),
        (np.zeros((2, 8193), np.uint8), "8193x2 pixels does not fit on the GPU"),
        (np.zeros((0, 2), np.uint8), "2x0 pixels does not fit"),
    ],
)
def test_unsuitable_images_are_reported(pixels: Any, message: str) -> None:
    run(NAME).send("", ImageFrame.wrap(pixels) @ t(0)).expect_error(message, ValueError)


def test_graph_without_its_gpu_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(gpu.ADAPTER_VARIABLE, "Voodoo 2")
    with pytest.raises(
        GpuError, match='ImageFrameToGpuBufferCalculator": No GPU fits .*="Voodoo 2".*apt-get'
    ):
        run(NAME)
