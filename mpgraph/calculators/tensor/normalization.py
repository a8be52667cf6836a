"""The options that TensorConverterCalculator and TfLiteConverterCalculator share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.matrix import Matrix
from mpgraph.framework import calculator_framework as mp

Array = npt.NDArray[Any]

_FORMATS = (ImageFormat.SRGB, ImageFormat.SRGBA, ImageFormat.GRAY8, ImageFormat.VEC32F1)
_CHANNELS = (1, 3, 4)


def check_options(contract: mp.Contract) -> None:
    """Raise InvalidArgumentError for channels, ranges or divisors that are not possible."""
    options = contract.options
    contract.need(
        options.max_num_channels in _CHANNELS,
        f"max_num_channels is {options.max_num_channels}; it must be 1, 3 or 4.",
    )
    span = options.output_tensor_float_range
    contract.need(
        not options.HasField("output_tensor_float_range") or span.min < span.max,
        f"output_tensor_float_range must have min < max, not {span.min} and {span.max}.",
    )
    contract.need(
        not options.use_custom_normalization or options.custom_div != 0, "custom_div must not be 0."
    )


@dataclass(frozen=True)
class Normalization:
    """Scaling of pixels: value · (high - low) / 255 + low, in float32, also for float pixels.

    max_channels: the number of channels of a pixel to keep. flip: whether the last row comes first.
    row_major: whether a matrix is stored row by row (else column by column).
    """

    low: np.float32
    high: np.float32
    max_channels: int
    flip: bool
    row_major: bool

    @classmethod
    def from_options(cls, options: Any) -> Normalization:
        """The range of `zero_center` (-1..1, else 0..1) unless a range or a custom division is given."""
        low, high = (-1.0, 1.0) if options.zero_center else (0.0, 1.0)
        if options.HasField("output_tensor_float_range"):
            low, high = options.output_tensor_float_range.min, options.output_tensor_float_range.max
        if options.use_custom_normalization:
            low = -options.custom_sub
            high = low + 255.0 / options.custom_div
        return cls(
            np.float32(low),
            np.float32(high),
            options.max_num_channels,
            options.flip_vertically,
            options.row_major_matrix,
        )

    def pixels(self, frame: ImageFrame) -> Array:
        """Return the unscaled HxWxC pixels, uint8 or float32, with the channels that are kept.

        Raises:
            InvalidArgumentError: the format is none of SRGB, SRGBA, GRAY8, VEC32F1.
        """
        if frame.image_format not in _FORMATS:
            names = ", ".join(image_format.name for image_format in _FORMATS)
            raise InvalidArgumentError(
                f"Unsupported CPU input format {frame.image_format.name}; supported are {names}."
            )
        pixels = frame.pixels[::-1] if self.flip else frame.pixels
        pixels = pixels.reshape(frame.height, frame.width, -1)[:, :, : self.max_channels]
        return np.ascontiguousarray(pixels)

    def floats(self, frame: ImageFrame) -> Array:
        """Return HxWxC float32 values in the range; errors as `pixels`."""
        pixels = self.pixels(frame)
        scale = (self.high - self.low) / np.float32(255)
        if pixels.dtype == np.uint8:
            # Unlike in ImageToTensorCalculator, product and sum are rounded one after the other.
            table = np.arange(256, dtype=np.float32) * scale + self.low
            return cv2.LUT(pixels, table.reshape(1, 256)).reshape(pixels.shape)
        return pixels * scale + self.low

    def matrix(self, matrix: Matrix) -> Array:
        """Return the values of a matrix as (rows, columns, 1), column by column unless `row_major`."""
        values = np.asarray(matrix, np.float32)
        return values.ravel(order="C" if self.row_major else "F").reshape(*values.shape, 1)
