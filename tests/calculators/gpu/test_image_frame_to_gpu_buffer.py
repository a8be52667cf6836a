from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph import gpu
from mpgraph.errors import GpuError
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame

GRAPH = """
    input_stream: "in" output_stream: "out"
    node { calculator: "ImageFrameToGpuBufferCalculator" input_stream: "in" output_stream: "out" }"""


@pytest.mark.usefixtures("on_gpu")
@pytest.mark.parametrize("image_format", [ImageFormat.SRGB, ImageFormat.SRGBA, ImageFormat.GRAY8])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (333, 517), (1280, 720)])
def test_the_picture_is_the_same_there(run: Any, image_format: ImageFormat, width: int, height: int) -> None:
    shape = (height, width, image_format.channels)[: 2 if image_format.channels == 1 else 3]
    pixels = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    [(t, buffer)] = run(GRAPH, [("in", 3, ImageFrame.wrap(pixels, image_format))])["out"]
    assert t == 3 and isinstance(buffer, GpuBuffer)
    assert (buffer.width, buffer.height, buffer.image_format) == (width, height, image_format)
    frame = buffer.to_frame()
    assert frame.image_format is image_format and (frame.pixels == pixels).all()
    assert buffer.to_frame() is frame


@pytest.mark.usefixtures("on_gpu")
def test_floats_keep_every_bit(run: Any) -> None:
    values = np.random.default_rng(1).normal(size=(5, 7)).astype(np.float32)
    [(_, buffer)] = run(GRAPH, [("in", 0, ImageFrame.wrap(values))])["out"]
    assert (buffer.to_frame().pixels == values).all()


@pytest.mark.usefixtures("on_gpu")
@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (ImageFrame.wrap(np.zeros((2, 2), np.uint16)), "GRAY16 cannot be on the GPU. Convert it to SRGB"),
        (ImageFrame.wrap(np.zeros((2, 8193), np.uint8)), "8193x2 pixels does not fit on the GPU.* 8192"),
        (ImageFrame.wrap(np.zeros((0, 2), np.uint8)), "2x0 pixels does not fit"),
    ],
)
def test_pictures_that_cannot_be_there(run: Any, frame: ImageFrame, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(GRAPH, [("in", 0, frame)])


@pytest.mark.usefixtures("on_gpu")
def test_a_graph_without_its_gpu_does_not_start(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(gpu.ADAPTER_VARIABLE, "Voodoo 2")
    with pytest.raises(
        GpuError, match='ImageFrameToGpuBufferCalculator": No GPU fits .*="Voodoo 2".*apt-get'
    ):
        run(GRAPH)
