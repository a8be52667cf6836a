"""RecolorCalculator: lays a colour over the masked part of a picture."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mpgraph.calculators.gpu.device_choice import choose_place
from mpgraph.calculators.image import blending
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.options import ProtoOptions
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register
from mpgraph.gpu.filters import recolor as recolor_on_gpu

_ALPHA = 2  # MaskChannel
_MASK_DTYPES = (np.uint8, np.float32)


@register
class RecolorCalculator(Calculator):
    """Mixes each pixel with one colour, by the weight a mask gives it.

    IMAGE: SRGB. Out comes the recoloured picture, SRGB of the same size. IMAGE_GPU and MASK_GPU take their
        place on the GPU, of any format; out comes IMAGE_GPU, SRGBA.
    MASK: any size; one channel, or the first one of several (`mask_channel: ALPHA`: the fourth). uint8
        0..255 or float32 0..1. Where it is missing at a time, the picture passes unchanged.

    Options: `color` (needed), `mask_channel`, `invert_mask`, and `adjust_with_luminance` (on unless
    switched off), which weakens the colour where the picture is dark.
    """

    image = Input("IMAGE", ImageFrame, optional=True)
    mask = Input("MASK", ImageFrame, optional=True)
    out = Output("IMAGE", ImageFrame, optional=True)
    image_gpu = Input("IMAGE_GPU", GpuBuffer, optional=True)
    mask_gpu = Input("MASK_GPU", GpuBuffer, optional=True)
    out_gpu = Output("IMAGE_GPU", GpuBuffer, optional=True)
    Options = ProtoOptions("RecolorCalculatorOptions")
    timestamp_offset = 0
    blocking = True  # A millisecond or more for a video frame.

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Check the ports and the color."""
        super().get_contract(contract)
        choose_place(contract, ["IMAGE", "MASK"], ["IMAGE"])
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
        if cc.connected(self.image_gpu):
            self._process_on_gpu(cc)
            return
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

    def _process_on_gpu(self, cc: CalculatorContext) -> None:
        mask = cc.get(self.mask_gpu)
        if mask is None:
            if cc.has(self.image_gpu):
                cc.forward(self.out_gpu, cc.packet(self.image_gpu))
            return
        if self._channel and mask.image_format is not ImageFormat.SRGBA:
            raise InvalidArgumentError(_no_alpha(mask.image_format))
        recolored = recolor_on_gpu(
            cc[self.image_gpu],
            mask,
            self._color,
            mask_channel=self._channel,
            invert=self._invert,
            adjust_with_luminance=self._adjust,
        )
        cc.emit(self.out_gpu, recolored)

    def _one_channel(self, mask: ImageFrame) -> npt.NDArray[Any]:
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
