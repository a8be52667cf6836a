"""MaskToMatteCalculator: a network's mask as a matte, or a matte with hard edges."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mpgraph.effects.matte import Mask, hard_matte, mask_image
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework import calculator_framework as mp

_BYTE = np.float32(1 / 255)


@mp.register
class MaskToMatteCalculator(mp.Calculator):
    """Turns a mask into what ComposeCalculator takes, without refining it.

    MASK: ImageFrame or Image: of floats in 0..1 as from SelfieSegmentationCpu, GRAY8 such as a matte, or
        SRGBA with the mask in its first channel as from the GPU.
    THRESHOLD: side packet (float, 0 to 1): what is above it becomes 255 and the rest 0; without it, each
        value becomes its share of 255.
    MATTE: Image, GRAY8, of the same size.
    """

    mask = mp.Input("MASK", (ImageFrame, Image))
    threshold = mp.SideInput("THRESHOLD", float, optional=True)
    matte = mp.Output("MATTE", Image)
    timestamp_offset = 0

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._threshold: float | None = cc[self.threshold] if cc.has(self.threshold) else None
        if self._threshold is not None and not 0 <= self._threshold <= 1:
            raise InvalidArgumentError(f"THRESHOLD is {self._threshold:g}; it must be in 0..1.")

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        pixels = _first_channel(cc[self.mask].numpy_view())
        if self._threshold is not None:
            pixels = hard_matte(_as_floats(pixels), self._threshold)
        elif pixels.dtype == np.float32:
            pixels = mask_image(pixels)
        cc.emit(self.matte, Image.wrap(pixels, ImageFormat.GRAY8))


def _first_channel(pixels: Any) -> Any:
    if pixels.dtype not in (np.float32, np.uint8):
        raise InvalidArgumentError(f"MASK must hold floats or bytes, not {pixels.dtype}.")
    return pixels if pixels.ndim == 2 else np.asarray(cv2.extractChannel(pixels, 0))


def _as_floats(pixels: Any) -> Mask:
    return pixels if pixels.dtype == np.float32 else np.asarray(pixels * _BYTE, np.float32)
