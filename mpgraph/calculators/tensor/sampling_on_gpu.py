"""A picture on the GPU, or a turned rectangle of it, as a tensor there."""

from __future__ import annotations

from mpgraph.calculators.image.rotated_rect import RotatedRect
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.tensor import Tensor
from mpgraph.gpu.warp import from_rectangle, sample_tensor, scaling, shift

TOP_LEFT = 2  # GpuOrigin


def sample(
    image: GpuBuffer,
    roi: RotatedRect,
    width: int,
    height: int,
    *,
    low: float,
    high: float,
    zero_border: bool,
    from_bottom: bool,
) -> Tensor:
    """Sample `roi` bilinearly, middles of pixels onto middles, into (1, height, width, 3) float32.

    Unlike on the CPU nothing is rounded to bytes. from_bottom: the picture's last row is its top (what
    MediaPipe assumes of pictures from OpenGL), so that the place y is sampled at the height - y.

    Raises:
        InvalidArgumentError: the picture has no colours.
        GpuError: the GPU fails.
    """
    if image.image_format is ImageFormat.VEC32F1:
        raise InvalidArgumentError(
            f"Only SRGB, SRGBA and GRAY8 formats are supported, passed format: {image.image_format.name}."
        )
    to_source = from_rectangle(
        (float(roi.center_x), float(roi.center_y)),
        (float(roi.width), float(roi.height)),
        float(roi.rotation),
        width,
        height,
    )
    if from_bottom:
        to_source = shift(0, image.height).after(scaling(1, -1)).after(to_source)
    values = sample_tensor(
        image, width, height, to_source, channels=3, low=low, high=high, zero_border=zero_border
    )
    return Tensor.on_gpu(values)
