"""ImageToTensorCalculator: pictures, or parts of them, as the input of models."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import cv2

from mpgraph.calculators.gpu.device_choice import use_gpu
from mpgraph.calculators.image.rotated_rect import RotatedRect
from mpgraph.calculators.image.sampling import (
    BORDER_REPLICATE,
    BORDER_ZERO,
    MAX_SOURCE_SIDE,
    Array,
    SamplingMap,
    perspective_map,
)
from mpgraph.calculators.tensor import region_of_interest, sampling_on_gpu, value_range
from mpgraph.calculators.tensor.sampling_on_gpu import TOP_LEFT
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.arrays import FLOATS_4, FLOATS_16
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.tensor import TENSOR, TENSORS, Tensor
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.messages import message_type
from mpgraph.framework.options import ProtoOptions
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register

_ZERO = 1  # BorderMode
_ONLY_FLOATS = (
    "A picture on the GPU becomes floats only: it doesn't support quantization. Give a float range."
)
_FORMATS = (ImageFormat.SRGB, ImageFormat.SRGBA, ImageFormat.GRAY8)
_INTEGER_LIMITS = {"output_tensor_int_range": (-128, 127), "output_tensor_uint_range": (0, 255)}


@register
class ImageToTensorCalculator(Calculator):
    """Samples a picture, or a turned rectangle of it, into a tensor of a model's size and range.

    IMAGE: Image or ImageFrame, SRGB, SRGBA (alpha is dropped) or GRAY8; or IMAGE_GPU: GpuBuffer.
    NORM_RECT: a NormalizedRect, the part to take; without the stream the whole picture. Where it is
        missing at a time, or has no width and no height, nothing comes out.
    TENSORS (a list of one) or TENSOR: shape (1, height, width, 3), or 1 channel for GRAY8; float32,
        int8 or uint8 after the range option. Of a picture on the GPU it is there too, always with three
        channels of float32.
    LETTERBOX_PADDING: (left, top, right, bottom) that `keep_aspect_ratio` added, as parts of the tensor.
    MATRIX: 4x4, row by row, from places in the tensor to places in the picture, both in 0..1.

    Options: `output_tensor_width`, `output_tensor_height` (the picture's when not given),
    `keep_aspect_ratio`, one of `output_tensor_float_range`, `output_tensor_int_range` (within -128..127),
    `output_tensor_uint_range` (within 0..255), `border_mode` for places beyond the picture, and
    `gpu_origin`: a picture on the GPU is taken to be upside down unless it is TOP_LEFT.

    Pixels are sampled bilinearly, corners onto corners, and rounded to bytes before they are scaled to
    the range: calculators/tensor/image_to_tensor_converter_opencv.cc of MediaPipe, to the last bit. On
    the GPU it is middles of pixels onto middles and without rounding, as in its OpenGL converter.
    """

    image = Input("IMAGE", (Image, ImageFrame), optional=True)
    image_gpu = Input("IMAGE_GPU", GpuBuffer, optional=True)
    norm_rect = Input("NORM_RECT", message_type("mediapipe.NormalizedRect"), optional=True)
    tensors = Output("TENSORS", TENSORS, optional=True)
    tensor = Output("TENSOR", TENSOR, optional=True)
    matrix = Output("MATRIX", FLOATS_16, optional=True)
    padding = Output("LETTERBOX_PADDING", FLOATS_4, optional=True)
    Options = ProtoOptions("ImageToTensorCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Check the outputs, the range and the size."""
        super().get_contract(contract)
        options = contract.options
        contract.need(
            contract.inputs.has("IMAGE") != contract.inputs.has("IMAGE_GPU"),
            "ImageToTensorCalculator takes exactly one of the input streams IMAGE and IMAGE_GPU.",
        )
        contract.need(
            contract.outputs.has("TENSORS") != contract.outputs.has("TENSOR"),
            "ImageToTensorCalculator gives exactly one of the output streams TENSORS and TENSOR.",
        )
        kind = options.WhichOneof("range")
        contract.need(
            kind is not None,
            "Output tensor range is required. Write output_tensor_float_range { min: 0.0 max: 1.0 }.",
        )
        span = getattr(options, kind)
        contract.need(span.min < span.max, f"Valid {kind} required: min {span.min} is not below {span.max}.")
        if kind in _INTEGER_LIMITS:
            low, high = _INTEGER_LIMITS[kind]
            contract.need(low <= span.min and span.max <= high, f"The {kind} must be within [{low}, {high}].")
            contract.need(not contract.inputs.has("IMAGE_GPU"), _ONLY_FLOATS)
        if contract.inputs.has("IMAGE_GPU"):
            use_gpu(contract)
        for name in ("output_tensor_width", "output_tensor_height"):
            contract.need(
                not options.HasField(name) or getattr(options, name) > 0,
                f"Valid {name} is required: it must be positive.",
            )

    def open(self, cc: CalculatorContext) -> None:
        """Take the options."""
        options = cc.options
        self._width, self._height = options.output_tensor_width, options.output_tensor_height
        self._keep_aspect_ratio = options.keep_aspect_ratio
        self._border = BORDER_ZERO if options.border_mode == _ZERO else BORDER_REPLICATE
        self._from_bottom = options.gpu_origin != TOP_LEFT
        kind = options.WhichOneof("range")
        self._is_quantized = kind in _INTEGER_LIMITS
        span = getattr(options, kind)
        self._low, self._high = span.min, span.max
        self._to_range: Callable[[Any, Any, Any], Array] = (
            value_range.to_integers if self._is_quantized else value_range.to_floats
        )

    def process(self, cc: CalculatorContext) -> None:
        """Sample one picture."""
        image: Image | ImageFrame | GpuBuffer | None = cc.get(self.image) or cc.get(self.image_gpu)
        if image is None:
            return
        if isinstance(image, Image):
            image = image.gpu_buffer or image
        rect: Any = None
        if cc.connected(self.norm_rect):
            rect = cc.get(self.norm_rect)
            if rect is None or (rect.width == 0 and rect.height == 0):
                return
        if not isinstance(image, GpuBuffer):
            _check_source(image)
        width, height = self._width or image.width, self._height or image.height
        roi = region_of_interest.region(image.width, image.height, rect)
        region_of_interest.check(roi)
        padding = (0.0, 0.0, 0.0, 0.0)
        if self._keep_aspect_ratio:
            roi, padding = region_of_interest.padded(roi, width, height)
        cc.emit(self.padding, padding)
        if cc.connected(self.matrix):
            cc.emit(self.matrix, region_of_interest.tensor_to_image_matrix(roi, image.width, image.height))
        if isinstance(image, GpuBuffer):
            tensor = self._sample_on_gpu(image, roi, width, height)
        else:
            tensor = self._sample(image, roi, width, height)
        cc.emit(self.tensors, [tensor])
        cc.emit(self.tensor, tensor)

    def _sample(self, image: Image | ImageFrame, roi: RotatedRect, width: int, height: int) -> Tensor:
        pixels = _map_of(roi, width, height).sample(image.pixels, self._border)
        if image.channels == 4:
            pixels = cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB)
        values = self._to_range(pixels, self._low, self._high)
        return Tensor(values.reshape(1, height, width, -1))

    def _sample_on_gpu(self, image: GpuBuffer, roi: RotatedRect, width: int, height: int) -> Tensor:
        if self._is_quantized:
            raise InvalidArgumentError(_ONLY_FLOATS)
        return sampling_on_gpu.sample(
            image,
            roi,
            width,
            height,
            low=self._low,
            high=self._high,
            zero_border=self._border == BORDER_ZERO,
            from_bottom=self._from_bottom,
        )


@lru_cache(maxsize=8)
def _map_of(roi: RotatedRect, width: int, height: int) -> SamplingMap:
    # For frames of one size, sampled as a whole, it is made once; for a rectangle that moves, every time.
    return perspective_map(roi.onto(width, height), width, height)


def _check_source(image: Image | ImageFrame) -> None:
    if image.image_format not in _FORMATS:
        raise InvalidArgumentError(
            f"Only SRGB, SRGBA and GRAY8 formats are supported, passed format: {image.image_format.name}."
        )
    if image.is_empty() or max(image.width, image.height) > MAX_SOURCE_SIDE:
        raise InvalidArgumentError(
            f"A picture of {image.width}x{image.height} cannot be sampled; "
            f"each side must be 1 to {MAX_SOURCE_SIDE} pixels."
        )
