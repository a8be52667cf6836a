"""RecolorCalculator: blends a color over the masked part of an image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mpgraph.calculators.gpu.device_choice import choose_device
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework import calculator_framework as mp
from mpgraph.gpu.filters import recolor as recolor_on_gpu

Array = npt.NDArray[Any]

_ALPHA = 2  # MaskChannel
_MASK_DTYPES = (np.uint8, np.float32)

_BAND = 64
"""Rows that are recolored at a time, so that intermediate results stay in the processor's cache."""

_LEAST = np.float32(1 / 512)
"""The least weight that changes a byte; less than this below 1 leaves nothing of one."""

_LUMINANCE = (0.299, 0.587, 0.114)
_LUMINANCE_OF = [(np.arange(256) * factor).reshape(1, 256) for factor in _LUMINANCE]
_BYTE_TO_WEIGHT = (np.arange(256) * (1.0 / 255.0)).astype(np.float32).reshape(1, 256)


@mp.register
class RecolorCalculator(mp.Calculator):
    """Blends each pixel with one color, weighted by a mask.

    IMAGE: ImageFrame, SRGB; the output has the same format and size.
    MASK: ImageFrame of any size, uint8 in 0..255 or float32 in 0..1; its first channel is used, or the
        fourth with `mask_channel: ALPHA`.
    IMAGE_GPU, MASK_GPU: the same on the GPU, of any format; the output is SRGBA.

    Where MASK has no packet, the image is passed on unchanged. Options: `color` (required), `mask_channel`,
    `invert_mask`, and `adjust_with_luminance` (default: true), which weakens the color where the image is
    dark. Values are rounded like those of MediaPipe's calculators/image/recolor_calculator.cc.
    """

    image = mp.Input("IMAGE", ImageFrame, optional=True)
    mask = mp.Input("MASK", ImageFrame, optional=True)
    out = mp.Output("IMAGE", ImageFrame, optional=True)
    image_gpu = mp.Input("IMAGE_GPU", GpuBuffer, optional=True)
    mask_gpu = mp.Input("MASK_GPU", GpuBuffer, optional=True)
    out_gpu = mp.Output("IMAGE_GPU", GpuBuffer, optional=True)
    Options = mp.ProtoOptions("RecolorCalculatorOptions")
    timestamp_offset = 0
    blocking = True  # A millisecond or more for a video frame.

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """All ports in host memory or all on the GPU; `color` is set, each value in 0..255."""
        super().get_contract(contract)
        choose_device(contract, ["IMAGE", "MASK"], ["IMAGE"])
        options = contract.options
        contract.need(options.HasField("color"), "Missing color option. Write color { r: 0 g: 0 b: 255 }.")
        for name in ("r", "g", "b"):
            value = getattr(options.color, name)
            contract.need(0 <= value <= 255, f"color.{name} is {value}; it must be in 0..255.")

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options
        self._color = (options.color.r, options.color.g, options.color.b)
        self._channel = 3 if options.mask_channel == _ALPHA else 0
        self._invert = options.invert_mask
        self._adjust = options.adjust_with_luminance

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        if not cc.has(self.mask) and not cc.has(self.mask_gpu):
            for source, target in ((self.image, self.out), (self.image_gpu, self.out_gpu)):
                if cc.has(source):
                    cc.forward(target, cc.packet(source))
        elif cc.connected(self.image_gpu):
            cc.emit(self.out_gpu, self._recolored_on_gpu(cc[self.image_gpu], cc[self.mask_gpu]))
        else:
            cc.emit(self.out, self._recolored(cc[self.image], cc[self.mask]))

    def _recolored(self, image: ImageFrame, mask: ImageFrame) -> ImageFrame:
        if image.image_format is not ImageFormat.SRGB:
            raise InvalidArgumentError(
                f"RecolorCalculator takes SRGB images on the CPU, not {image.image_format.name}."
            )
        recolored = recolor(
            image.pixels,
            weights_of(self._one_channel(mask), image.width, image.height),
            self._color,
            invert=self._invert,
            adjust_with_luminance=self._adjust,
        )
        return ImageFrame.wrap(recolored, ImageFormat.SRGB)

    def _recolored_on_gpu(self, image: GpuBuffer, mask: GpuBuffer) -> GpuBuffer:
        if self._channel and mask.image_format is not ImageFormat.SRGBA:
            raise InvalidArgumentError(_no_alpha(mask.image_format))
        return recolor_on_gpu(
            image,
            mask,
            self._color,
            mask_channel=self._channel,
            invert=self._invert,
            adjust_with_luminance=self._adjust,
        )

    def _one_channel(self, mask: ImageFrame) -> Array:
        pixels = mask.pixels
        if pixels.dtype not in _MASK_DTYPES:
            raise InvalidArgumentError(f"MASK must be uint8 or float32, not {mask.image_format.name}.")
        if pixels.ndim == 2:
            return pixels
        if self._channel >= mask.channels:
            raise InvalidArgumentError(_no_alpha(mask.image_format))
        return np.ascontiguousarray(pixels[:, :, self._channel])


def _no_alpha(image_format: ImageFormat) -> str:
    return f"mask_channel is ALPHA, but the mask is {image_format.name}, which has no alpha."


def weights_of(mask: Array, width: int, height: int) -> Array:
    """Scale a one-channel mask, uint8 or float32, bilinearly to HxW weights, float32."""
    if mask.shape != (height, width):
        mask = cv2.resize(mask, (width, height))
    return cv2.LUT(mask, _BYTE_TO_WEIGHT) if mask.dtype == np.uint8 else mask


def recolor(
    image: Array,
    weights: Array,
    color: Sequence[int],
    *,
    invert: bool,
    adjust_with_luminance: bool,
) -> Array:
    """Blend a color into an image: image · (1 - m) + color · m at each pixel.

    image: HxWx3 uint8, also the result's shape and dtype. weights: HxW float32.

    m is the weight (1 - weight if inverted), times the pixel's luminance in 0..1 if requested, in float32.
    Both products are computed in double and rounded to a byte, ties to even, before the sum is clamped to
    255: the result of OpenCV's `Vec3b * double + Vec3b * double`, the expression in MediaPipe's C++.
    """
    result = np.empty_like(image)
    only_color = np.full((_BAND, image.shape[1], 3), color, np.uint8)
    for top in range(0, image.shape[0], _BAND):
        rows = slice(top, top + _BAND)
        mix = np.subtract(np.float32(1), weights[rows]) if invert else weights[rows]
        # The columns in which something changes or, if they are fewer, something of the image is left.
        box = cv2.boundingRect(((mix >= _LEAST) | (mix <= -_LEAST)).view(np.uint8))
        around = image[rows]
        if not adjust_with_luminance:
            other = cv2.boundingRect(((mix <= 1 - _LEAST) | (mix >= 1 + _LEAST)).view(np.uint8))
            if other[2] < box[2]:
                box, around = other, only_color[: len(mix)]
        result[rows] = around
        left, _, across, _ = box
        if not across:
            continue
        columns = slice(left, left + across)
        planes, mix = cv2.split(image[rows, columns]), mix[:, columns]
        if adjust_with_luminance:
            mix = mix * _luminance(planes)
        _blend(planes, mix.astype(np.float64), color)
        cv2.merge(planes, dst=result[rows, columns])
    return result


def _blend(planes: Sequence[Array], mix: Array, color: Sequence[int]) -> None:
    """Recolor planes of bytes in place. OpenCV multiplies by doubles and rounds in one pass."""
    rest = 1.0 - mix
    for plane, value in zip(planes, color, strict=True):
        cv2.multiply(plane, rest, dst=plane, dtype=cv2.CV_8U)
        if value:
            # addWeighted, because cv2.multiply takes a one-pixel image times a number for two numbers.
            added = cv2.addWeighted(mix, value, mix, 0, 0, dtype=cv2.CV_8U)
            cv2.add(plane, added, dst=plane)


def _luminance(planes: Sequence[Array]) -> Array:
    red, green, blue = (cv2.LUT(plane, table) for plane, table in zip(planes, _LUMINANCE_OF, strict=True))
    total = cv2.add(cv2.add(red, green, dst=red), blue, dst=red)
    return np.divide(total, 255, out=total).astype(np.float32)
