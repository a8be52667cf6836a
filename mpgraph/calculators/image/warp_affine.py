"""WarpAffineCalculator and its forms for ImageFrames and GpuBuffers: images through an affine map."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from mpgraph.calculators.core import families
from mpgraph.calculators.gpu.device_choice import use_gpu
from mpgraph.calculators.image.sampling import (
    BORDER_REPLICATE,
    BORDER_ZERO,
    Array,
    Rows,
    check_source_size,
    inverse_affine_map,
)
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.arrays import FLOATS_16, INT_PAIR
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image import Image
from mpgraph.formats.pixels import Pixels
from mpgraph.framework import calculator_framework as mp
from mpgraph.gpu.warp import Affine, Method, upside_down, warp
from mpgraph.protos.warp_affine_calculator_pb2 import WarpAffineCalculatorOptions

_TOP_LEFT = 2  # GpuOrigin

_REACH = 3
"""Interpolation adds less than so many pixels around an image."""


@families.register(
    {
        "WarpAffineCalculator": families.IMAGE,
        "WarpAffineCalculatorCpu": families.IMAGE_FRAME,
        "WarpAffineCalculatorGpu": families.GPU_BUFFER,
    }
)
class WarpAffine(mp.Calculator):
    """Samples an image at the positions to which an affine map takes the pixels of the output.

    IMAGE: of any format: an Image in host memory or on the GPU (WarpAffineCalculator), an ImageFrame
        (WarpAffineCalculatorCpu) or a GpuBuffer (WarpAffineCalculatorGpu).
    MATRIX: 4x4, row by row, from positions in the output to positions in IMAGE, both in 0..1; z is ignored.
    OUTPUT_SIZE: (width, height) in pixels.
    Output IMAGE: of the same type, format and device; but of VEC32F1 on the GPU, SRGBA with the value in red.

    Nothing is sent where one of the inputs is missing. Options: `border_mode` beyond the image (default:
    BORDER_REPLICATE), `interpolation` (default: INTER_LINEAR), `gpu_origin`: images on the GPU count as
    upside down unless it is TOP_LEFT. In host memory corners are mapped to corners and positions rounded to
    1/32 of a pixel, as in MediaPipe's affine_transformation_runner_opencv.cc; linear interpolation is equal
    to it to the last bit. On the GPU centers are mapped to centers, as in MediaPipe's OpenGL form.
    """

    image = mp.Input("IMAGE", families.ELEMENT)
    matrix = mp.Input("MATRIX", FLOATS_16)
    size = mp.Input("OUTPUT_SIZE", INT_PAIR)
    out = mp.Output("IMAGE", families.ELEMENT)
    Options = mp.ProtoOptions(WarpAffineCalculatorOptions)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """WarpAffineCalculatorGpu needs a GPU."""
        super().get_contract(contract)
        if cls.image.type is families.GPU_BUFFER:
            use_gpu(contract)

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options_as(self.Options)
        self._border = BORDER_ZERO if options.border_mode == options.BORDER_ZERO else BORDER_REPLICATE
        self._cubic = options.interpolation == options.INTER_CUBIC
        self._from_bottom = options.gpu_origin != _TOP_LEFT

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        image: Pixels | GpuBuffer | None = cc.get(self.image)
        matrix, size = cc.get(self.matrix), cc.get(self.size)
        if image is None or matrix is None or size is None:
            return
        width, height = size
        if min(size) < 1:
            raise InvalidArgumentError(f"OUTPUT_SIZE is {width}x{height}; an image needs pixels.")
        if not all(map(math.isfinite, matrix)):
            raise InvalidArgumentError(f"MATRIX has values that are not finite: {matrix}.")
        to_input = _in_pixels(matrix, (image.width, image.height), size)
        if isinstance(image, GpuBuffer):
            cc.emit(self.out, self._warped_on_gpu(image, to_input, width, height))
        elif isinstance(image, Image) and image.gpu_buffer is not None:
            warped = self._warped_on_gpu(image.gpu_buffer, to_input, width, height)
            cc.emit(self.out, Image.from_gpu_buffer(warped))
        else:
            pixels = self._warped(image.pixels, to_input, width, height)
            cc.emit(self.out, type(image).wrap(pixels, image.image_format))

    def _warped(self, pixels: Array, to_input: Rows, width: int, height: int) -> Array:
        source_height, source_width = pixels.shape[:2]
        check_source_size(source_width, source_height)
        columns, rows = range(width), range(height)
        if self._border == BORDER_ZERO:
            columns, rows = _reached(to_input, (source_width, source_height), columns, rows)
        warped = np.zeros((height, width, *pixels.shape[2:]), pixels.dtype)
        if columns and rows:
            part = inverse_affine_map(to_input, columns, rows).sample(pixels, self._border, cubic=self._cubic)
            warped[rows.start : rows.stop, columns.start : columns.stop] = part
        return warped

    def _warped_on_gpu(self, image: GpuBuffer, to_input: Rows, width: int, height: int) -> GpuBuffer:
        (a, b, c), (d, e, f) = to_input
        to_source = Affine(a, b, c, d, e, f)
        if self._from_bottom:
            to_source = upside_down(image.height).after(to_source).after(upside_down(height))
        method = Method.BICUBIC if self._cubic else Method.BILINEAR
        border = (0, 0, 0, 0) if self._border == BORDER_ZERO else None
        return warp(image, width, height, to_source, method=method, border=border)


def _in_pixels(matrix: Sequence[float], size: tuple[int, int], out_size: tuple[int, int]) -> Rows:
    """The two rows of a matrix for positions in 0..1 as those for pixels; rounded in MediaPipe's order."""
    across, down = (np.float32(1) / np.float32(side) for side in out_size)
    rows = []
    for start, side in zip((0, 4), size, strict=True):
        a, b, _, c = np.array(matrix[start : start + 4], np.float32) * np.float32(side)
        rows.append((float(a * across), float(b * down), float(c)))
    return rows


def _reached(to_input: Rows, size: tuple[int, int], columns: range, rows: range) -> tuple[range, range]:
    """The parts of columns and rows of the output beyond which nothing of the image is sampled."""
    (a, b, c), (d, e, f) = to_input
    determinant = a * e - b * d
    if not determinant:
        return columns, rows
    corners = [(x - c, y - f) for x in (-_REACH, size[0] + _REACH) for y in (-_REACH, size[1] + _REACH)]
    return (
        _limited(columns, [(e * x - b * y) / determinant for x, y in corners]),
        _limited(rows, [(a * y - d * x) / determinant for x, y in corners]),
    )


def _limited(whole: range, positions: list[float]) -> range:
    """The part of a range that is around some positions."""
    return range(
        max(whole.start, math.floor(max(min(positions), whole.start))),
        math.ceil(min(max(positions), whole.stop)),
    )
