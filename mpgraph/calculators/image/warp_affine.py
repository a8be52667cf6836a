"""WarpAffineCalculator and its form for ImageFrames: images through an affine map."""

from __future__ import annotations

import numpy as np

from mpgraph.calculators.core import families
from mpgraph.calculators.image.sampling import (
    BORDER_REPLICATE,
    BORDER_ZERO,
    Rows,
    check_source_size,
    inverse_affine_map,
)
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.arrays import FLOATS_16, INT_PAIR
from mpgraph.formats.pixels import Pixels
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos.warp_affine_calculator_pb2 import WarpAffineCalculatorOptions


@families.register(
    {"WarpAffineCalculator": families.IMAGE, "WarpAffineCalculatorCpu": families.IMAGE_FRAME},
)
class WarpAffine(mp.Calculator):
    """Samples an image at the positions to which an affine map takes the pixels of the output.

    IMAGE: Image (WarpAffineCalculator) or ImageFrame (WarpAffineCalculatorCpu) of any format.
    MATRIX: 4x4, row by row, from positions in the output to positions in IMAGE, both in 0..1; z is ignored.
    OUTPUT_SIZE: (width, height) in pixels.
    Output IMAGE: of the same type and format.

    Nothing is sent where one of the inputs is missing. Options: `border_mode` beyond the image (default:
    BORDER_REPLICATE), `interpolation` (default: INTER_LINEAR). Corners are mapped to corners and positions
    rounded to 1/32 of a pixel, equal to MediaPipe's affine_transformation_runner_opencv.cc.
    """

    image = mp.Input("IMAGE", families.ELEMENT)
    matrix = mp.Input("MATRIX", FLOATS_16)
    size = mp.Input("OUTPUT_SIZE", INT_PAIR)
    out = mp.Output("IMAGE", families.ELEMENT)
    Options = mp.ProtoOptions(WarpAffineCalculatorOptions)
    timestamp_offset = 0

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options_as(self.Options)
        self._border = BORDER_ZERO if options.border_mode == options.BORDER_ZERO else BORDER_REPLICATE
        self._cubic = options.interpolation == options.INTER_CUBIC

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        image: Pixels | None = cc.get(self.image)
        matrix, size = cc.get(self.matrix), cc.get(self.size)
        if image is None or matrix is None or size is None:
            return
        width, height = size
        check_source_size(image.width, image.height)
        if min(size) < 1:
            raise InvalidArgumentError(f"OUTPUT_SIZE is {width}x{height}; an image needs pixels.")
        to_input = _in_pixels(matrix, image, width, height)
        pixels = inverse_affine_map(to_input, width, height).sample(
            image.pixels, self._border, cubic=self._cubic
        )
        cc.emit(self.out, type(image).wrap(pixels, image.image_format))


def _in_pixels(matrix: tuple[float, ...], image: Pixels, width: int, height: int) -> Rows:
    """The two rows of a matrix for positions in 0..1 as those for pixels; rounded in MediaPipe's order."""
    across, down = (np.float32(1) / np.float32(side) for side in (width, height))
    rows = []
    for start, side in ((0, image.width), (4, image.height)):
        a, b, _, c = np.array(matrix[start : start + 4], np.float32) * np.float32(side)
        rows.append((float(a * across), float(b * down), float(c)))
    return rows
