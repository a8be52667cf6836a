"""The CPU's module graphs with the GPU's sampling, for comparison with the GPU's module graphs.

MediaPipe's CPU graphs map the corners of the image's pixels to the corners of the tensor's, and round to
bytes; its GPU graphs map centres to centres, and do not round. Apart from that the graphs are the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mpgraph.calculators.image.rotated_rect import RotatedRect
from mpgraph.calculators.tensor.image_to_tensor import ImageToTensorCalculator
from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.formats.arrays import FLOATS_16, INT_PAIR
from mpgraph.formats.image import Image
from mpgraph.formats.tensor import Tensor
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework.resources import find_resource
from mpgraph.protos import calculator_pb2
from mpgraph.solutions.packet_data_type import PacketDataType
from mpgraph.solutions.solution_base import SolutionBase

Array = npt.NDArray[np.float64]


def sample(pixels: Array, x: Array, y: Array, zero_border: bool) -> Array:
    """The image at these positions, with the centres of pixels at whole numbers: bilinear, HxWxC."""
    height, width = pixels.shape[:2]
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    across, down = (x - left)[..., None], (y - top)[..., None]

    def at(row: Any, column: Any) -> Array:
        found = pixels[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)]
        inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
        return np.where(inside[..., None], found, 0) if zero_border else found

    above = at(top, left) * (1 - across) + at(top, left + 1) * across
    below = at(top + 1, left) * (1 - across) + at(top + 1, left + 1) * across
    return above * (1 - down) + below * down


@mp.register
class CentredImageToTensorCalculator(ImageToTensorCalculator):
    """ImageToTensorCalculator that samples images in host memory as the GPU does; floats only."""

    @mp.override
    def _sample(self, image: Any, roi: RotatedRect, width: int, height: int) -> Tensor:
        x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
        a, b, c, d, e, f = roi.from_output(width, height)
        zero_border = self.options.border_mode == 1
        values = sample(image.pixels / 255, a * x + b * y + c - 0.5, d * x + e * y + f - 0.5, zero_border)
        span = self.options.output_tensor_float_range
        return Tensor((values * (span.max - span.min) + span.min).astype(np.float32)[None])

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        super().open(cc)
        self.options: Any = cc.options


@mp.register
class CentredWarpAffineCalculator(mp.Calculator):
    """WarpAffineCalculator of masks in host memory that samples as the GPU does, with zeros outside."""

    image = mp.Input("IMAGE", Image)
    matrix = mp.Input("MATRIX", FLOATS_16)
    size = mp.Input("OUTPUT_SIZE", INT_PAIR)
    out = mp.Output("IMAGE", Image)
    timestamp_offset = 0

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        if not cc.has(self.image):
            return
        mask, (width, height), matrix = cc[self.image], cc[self.size], cc[self.matrix]
        x, y = np.meshgrid((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)
        across = (matrix[0] * x + matrix[1] * y + matrix[3]) * mask.width
        down = (matrix[4] * x + matrix[5] * y + matrix[7]) * mask.height
        inside = (across >= 0) & (across <= mask.width) & (down >= 0) & (down <= mask.height)
        values = sample(mask.pixels[..., None], across - 0.5, down - 0.5, zero_border=False)[..., 0]
        cc.emit(self.out, Image.wrap((values * inside).astype(np.float32)))


CENTRED = {
    "ImageToTensorCalculator": "CentredImageToTensorCalculator",
    "WarpAffineCalculator": "CentredWarpAffineCalculator",
}


def centred(module: str, **settings: Any) -> SolutionBase:
    """A CPU module that samples as the GPU does; other arguments are those of SolutionBase."""
    validated = ValidatedGraphConfig()
    validated.initialize(graph_path=find_resource(f"mediapipe/modules/{module}_cpu.pbtxt"))
    config = calculator_pb2.CalculatorGraphConfig.FromString(validated.binary_config)
    for node in config.node:
        node.calculator = CENTRED.get(node.calculator, node.calculator)
    return SolutionBase(graph_config=config, **settings)


def on_gpu(module: str, **settings: Any) -> SolutionBase:
    """A GPU module; other arguments are those of SolutionBase."""
    path = f"mediapipe/modules/{module}_gpu.pbtxt"
    hints = {"image": PacketDataType.GPU_BUFFER}
    return SolutionBase(binary_graph_path=path, stream_type_hints=hints, **settings)
