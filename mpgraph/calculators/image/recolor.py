"""RecolorCalculator: lays a colour over the masked part of a picture."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mpgraph.calculator_base import Calculator
from mpgraph.calculators.image import blending
from mpgraph.context import CalculatorContext
from mpgraph.contract import Contract
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.options import ProtoOptions
from mpgraph.ports import Input, Output
from mpgraph.registry import register

_ALPHA = 2  # MaskChannel
_MASK_DTYPES = (np.uint8, np.float32)


@register
class RecolorCalculator(Calculator):
    """Mixes each pixel with one colour, by the weight a mask gives it.

    IMAGE: SRGB. Out comes the recoloured picture, SRGB of the same size.
    MASK: any size; one channel, or the first one of several (`mask_channel: ALPHA`: the fourth). uint8
        0..255 or float32 0..1. Where it is missing at a time, the picture passes unchanged.

    Options: `color` (needed), `mask_channel`, `invert_mask`, and `adjust_with_luminance` (on unless
    switched off), which weakens the colour where the picture is dark.
    """

    image = Input("IMAGE", ImageFrame)
    mask = Input("MASK", ImageFrame)
    out = Output("IMAGE", ImageFrame)
    Options = ProtoOptions("RecolorCalculatorOptions")
    timestamp_offset = 0
    blocking = True  # A millisecond or more for a video frame.

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Check the color."""
        super().get_contract(contract)
        options = contract.options
        contract.need(options.HasField("color"), "Missing color option. Write color { r: 0 g: 0 b: 255 }.")
        for name in ("r", "g", "b"):
            value = getattr(options.color, name)
            contract.need(0 <= value <= 255, f"color.{name} is {value}; colours go from 0 to 255.")

    def open(self, cc: CalculatorContext) -> None:
        """Take the options."""
        options = cc.options
        self._color = (options.color.r, options.color.g, options.color.b)
        self._channel = 3 if options.mask_channel == _ALPHA else 0
        self._invert = options.invert_mask
        self._adjust = options.adjust_with_luminance

    def process(self, cc: CalculatorContext) -> None:
        """Recolor one picture."""
        mask = cc.get(self.mask)
        if mask is None:
            if cc.has(self.image):
                cc.forward(self.out, cc.packet(self.image))
            return
        image = cc[self.image]
        if image.image_format is not ImageFormat.SRGB:
            raise InvalidArgumentError(
                f"RecolorCalculator takes SRGB pictures on the CPU, not {image.image_format.name}."
            )
        recolored = blending.recolor(
            image.pixels,
            blending.weights_of(self._one_channel(mask), image.width, image.height),
            self._color,
            invert=self._invert,
            adjust_with_luminance=self._adjust,
        )
        cc.emit(self.out, ImageFrame.wrap(recolored, ImageFormat.SRGB))

    def _one_channel(self, mask: ImageFrame) -> npt.NDArray[Any]:
        pixels = mask.pixels
        if pixels.dtype not in _MASK_DTYPES:
            raise InvalidArgumentError(f"MASK must be uint8 or float32, not {mask.image_format.name}.")
        if pixels.ndim == 2:
            return pixels
        if self._channel >= mask.channels:
            raise InvalidArgumentError(
                f"mask_channel is ALPHA, but the mask is {mask.image_format.name}, which has no alpha."
            )
        return np.ascontiguousarray(pixels[:, :, self._channel])
