from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mpgraph as mp
from mpgraph.formats.gpu_buffer import GPU_BUFFER, GpuBuffer
from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat

RGBA = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)


class Pixels:
    """Pixels that count how often they are read."""

    width, height = 3, 2

    def __init__(self, pixels: Any = RGBA) -> None:
        self._pixels = pixels
        self.reads = 0

    def read(self) -> Any:
        self.reads += 1
        return self._pixels.copy()


@pytest.mark.parametrize(
    ("image_format", "expected"),
    [
        (ImageFormat.SRGBA, RGBA),
        (ImageFormat.SRGB, RGBA[..., :3]),
        (ImageFormat.GRAY8, RGBA[..., 0]),
    ],
)
def test_image_read_back_has_its_format(image_format: ImageFormat, expected: Any) -> None:
    frame = GpuBuffer(Pixels(), image_format).to_frame()
    assert frame.image_format is image_format and (frame.pixels == expected).all()
    assert not frame.pixels.flags.writeable


def test_floats_round_trip() -> None:
    values = np.ones((2, 3), np.float32)
    assert (GpuBuffer(Pixels(values), ImageFormat.VEC32F1).to_frame().pixels == values).all()


def test_gpu_buffer_is_read_back_once() -> None:
    pixels = Pixels()
    buffer = GpuBuffer(pixels)
    assert buffer.to_frame() is buffer.to_frame() and pixels.reads == 1


def test_unsupported_formats_are_refused() -> None:
    with pytest.raises(ValueError, match="GRAY16 cannot be on the GPU. Convert it to SRGB, SRGBA"):
        GpuBuffer(Pixels(), ImageFormat.GRAY16)


def test_image_on_the_gpu_is_read_back_on_first_use() -> None:
    pixels = Pixels()
    buffer = GpuBuffer(pixels, ImageFormat.SRGB)
    image = Image.from_gpu_buffer(buffer)
    assert image.uses_gpu() and image.gpu_buffer is buffer
    assert (image.width, image.height, image.channels, image.step) == (3, 2, 3, 9)
    assert image.image_format is ImageFormat.SRGB and pixels.reads == 0
    assert (image.numpy_view() == RGBA[..., :3]).all() and (image.to_frame().pixels == RGBA[..., :3]).all()
    assert image[1, 2, 0] == RGBA[1, 2, 0] and not image.is_empty() and pixels.reads == 1
    assert image.uses_gpu()


def test_image_in_host_memory_is_not_on_the_gpu() -> None:
    image = Image.wrap(RGBA.copy())
    assert not image.uses_gpu() and image.gpu_buffer is None
    with pytest.raises(AttributeError, match="no attribute 'height_'"):
        _ = image.height_  # type: ignore[attr-defined]


def test_payload_type_and_repr() -> None:
    assert mp.make_packet(GpuBuffer(Pixels())).type is GPU_BUFFER
    assert GPU_BUFFER.name == "::mediapipe::GpuBuffer"
    assert repr(GpuBuffer(Pixels())) == "<mpgraph.GpuBuffer 3x2 SRGBA>"
