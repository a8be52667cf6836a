"""ImageToTensorCalculator: images, or parts of them, as the input of models."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mpgraph.calculators.gpu.device_choice import use_gpu
from mpgraph.calculators.image.rotated_rect import RotatedRect
from mpgraph.calculators.image.sampling import (
    BORDER_REPLICATE,
    BORDER_ZERO,
    SamplingMap,
    check_source_size,
    perspective_map,
)
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.arrays import FLOATS_4, FLOATS_16
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.tensor import TENSOR, TENSORS, Tensor
from mpgraph.framework import calculator_framework as mp
from mpgraph.gpu.warp import sample_tensor, upside_down

Array = npt.NDArray[Any]

_ZERO = 1  # BorderMode
_TOP_LEFT = 2  # GpuOrigin
_ONLY_FLOATS = "An image on the GPU becomes floats only: it doesn't support quantization. Set a float range."
_FORMATS = (ImageFormat.SRGB, ImageFormat.SRGBA, ImageFormat.GRAY8)
_INTEGER_LIMITS = {"output_tensor_int_range": (-128, 127), "output_tensor_uint_range": (0, 255)}
_BYTES = np.arange(256)


@mp.register
class ImageToTensorCalculator(mp.Calculator):
    """Samples an image, or a rotated rectangle of it, into a tensor of a model's size and range.

    IMAGE: Image or ImageFrame, SRGB, SRGBA (alpha is dropped) or GRAY8; or IMAGE_GPU: GpuBuffer.
    NORM_RECT: a NormalizedRect, the part to sample; the whole image if not connected.
    TENSORS (a list of one) or TENSOR: (1, height, width, 3), or 1 channel for GRAY8; float32, int8 or uint8,
        depending on the range option. Of an image on the GPU: float32, always 3 channels, on the GPU.
    LETTERBOX_PADDING: (left, top, right, bottom) that `keep_aspect_ratio` added, as fractions of the tensor.
    MATRIX: 4x4, row by row, from positions in the tensor to positions in the image, both in 0..1.

    Nothing is sent where NORM_RECT has no packet or neither width nor height. Options:
    `output_tensor_width`, `output_tensor_height` (default: the image's), `keep_aspect_ratio`, one of
    `output_tensor_float_range`, `output_tensor_int_range` (within -128..127) and
    `output_tensor_uint_range` (within 0..255), `border_mode` beyond the image, and `gpu_origin`: an image on
    the GPU counts as upside down unless it is TOP_LEFT.

    Pixels are sampled bilinearly, corners to corners, and rounded to bytes before they are scaled to the
    range, equal to the last bit to MediaPipe's calculators/tensor/image_to_tensor_converter_opencv.cc. On the
    GPU, pixel centers are mapped to pixel centers and nothing is rounded, as in its OpenGL converter.
    """

    image = mp.Input("IMAGE", (Image, ImageFrame), optional=True)
    image_gpu = mp.Input("IMAGE_GPU", GpuBuffer, optional=True)
    norm_rect = mp.Input("NORM_RECT", mp.message_type("mediapipe.NormalizedRect"), optional=True)
    tensors = mp.Output("TENSORS", TENSORS, optional=True)
    tensor = mp.Output("TENSOR", TENSOR, optional=True)
    matrix = mp.Output("MATRIX", FLOATS_16, optional=True)
    padding = mp.Output("LETTERBOX_PADDING", FLOATS_4, optional=True)
    Options = mp.ProtoOptions("ImageToTensorCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """Exactly one of IMAGE and IMAGE_GPU, one of TENSORS and TENSOR, and one range; floats on the GPU."""
        super().get_contract(contract)
        options = contract.options
        contract.need(
            contract.inputs.has("IMAGE") != contract.inputs.has("IMAGE_GPU"),
            "ImageToTensorCalculator takes exactly one of the input streams IMAGE and IMAGE_GPU.",
        )
        contract.need(
            contract.outputs.has("TENSORS") != contract.outputs.has("TENSOR"),
            "ImageToTensorCalculator has exactly one of the output streams TENSORS and TENSOR.",
        )
        kind = options.WhichOneof("range")
        contract.need(
            kind is not None,
            "Output tensor range is required. Write output_tensor_float_range { min: 0.0 max: 1.0 }.",
        )
        span = getattr(options, kind)
        contract.need(
            span.min < span.max, f"Valid {kind} is required: min {span.min} is not below {span.max}."
        )
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

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options
        self._width, self._height = options.output_tensor_width, options.output_tensor_height
        self._keep_aspect_ratio = options.keep_aspect_ratio
        self._border = BORDER_ZERO if options.border_mode == _ZERO else BORDER_REPLICATE
        self._from_bottom = options.gpu_origin != _TOP_LEFT
        kind = options.WhichOneof("range")
        self._is_quantized = kind in _INTEGER_LIMITS
        span = getattr(options, kind)
        self._low, self._high = span.min, span.max

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
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
        if rect is None:
            roi = _whole(image.width, image.height)
        else:
            roi = RotatedRect.of_image(image.width, image.height, rect)
        check_roi(roi)
        padding = (0.0, 0.0, 0.0, 0.0)
        if self._keep_aspect_ratio:
            roi, padding = roi.padded(width, height)
        cc.emit(self.padding, padding)
        if cc.connected(self.matrix):
            cc.emit(self.matrix, roi.tensor_to_image_matrix(image.width, image.height))
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
        shape = (1, height, width, pixels.shape[2] if pixels.ndim == 3 else 1)
        low, high = self._low, self._high
        if self._is_quantized:
            return Tensor(to_integers(pixels, low, high).reshape(shape))
        return Tensor.computed(shape, lambda out: to_floats(pixels, low, high, out.reshape(pixels.shape)))

    def _sample_on_gpu(self, image: GpuBuffer, roi: RotatedRect, width: int, height: int) -> Tensor:
        if self._is_quantized:
            raise InvalidArgumentError(_ONLY_FLOATS)
        if image.image_format is ImageFormat.VEC32F1:
            raise _unsupported(image.image_format)
        to_source = roi.from_output(width, height)
        if self._from_bottom:
            # The image's last row is its top, as MediaPipe assumes of OpenGL textures.
            to_source = upside_down(image.height).after(to_source)
        values = sample_tensor(
            image,
            width,
            height,
            to_source,
            channels=3,
            low=self._low,
            high=self._high,
            zero_border=self._border == BORDER_ZERO,
        )
        return Tensor.on_gpu(values)


@lru_cache(maxsize=8)
def _whole(width: int, height: int) -> RotatedRect:
    return RotatedRect.of_image(width, height)


@lru_cache(maxsize=8)
def _map_of(roi: RotatedRect, width: int, height: int) -> SamplingMap:
    # Reused while whole frames of one size are sampled; a rectangle that moves needs a new map every time.
    return perspective_map(roi.onto(width, height), width, height)


def check_roi(roi: RotatedRect) -> None:
    """Raise InvalidArgumentError for a region that has no pixels."""
    if not roi.is_finite():
        raise InvalidArgumentError(f"ROI contains values that are not finite: {roi}.")
    if roi.width <= 0 or roi.height <= 0:
        raise InvalidArgumentError(f"ROI width and height must be > 0, not {roi.width} and {roi.height}.")


def _check_source(image: Image | ImageFrame) -> None:
    if image.image_format not in _FORMATS:
        raise _unsupported(image.image_format)
    check_source_size(image.width, image.height)


def _unsupported(image_format: ImageFormat) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"Unsupported format: {image_format.name}. Only SRGB, SRGBA and GRAY8 formats are supported, passed "
        f"format: {image_format.name}."
    )


def to_floats(pixels: Array, low: float, high: float, out: Array | None = None) -> Array:
    """Scale bytes to low..high as float32 of the same shape, rounded like OpenCV's convertTo.

    out: C-contiguous float32 to write to and return, new by default.
    """
    if low == 0:
        floats: Array = np.multiply(pixels, _scale(low, high), dtype=np.float32, out=out)
        return floats
    return cv2.LUT(pixels, _float_table(low, high), dst=out)


def to_integers(pixels: Array, low: int, high: int) -> Array:
    """Scale bytes to low..high as int8 (if `low` is negative) or uint8 of the same shape."""
    return pixels if (low, high) == (0, 255) else cv2.LUT(pixels, _integer_table(low, high))


def _scale(low: float, high: float) -> np.float32:
    return (np.float32(high) - np.float32(low)) / np.float32(255)


@lru_cache(maxsize=32)
def _float_table(low: float, high: float) -> Array:
    # OpenCV multiplies and adds in one step and rounds once; in double both steps are exact.
    return (_BYTES * float(_scale(low, high)) + float(np.float32(low))).astype(np.float32).reshape(1, 256)


@lru_cache(maxsize=32)
def _integer_table(low: int, high: int) -> Array:
    limits = np.iinfo(np.int8 if low < 0 else np.uint8)
    values = np.rint(_BYTES * float(_scale(low, high)) + low)
    table: Array = np.clip(values, limits.min, limits.max).astype(limits.dtype)
    return table.reshape(1, 256)
