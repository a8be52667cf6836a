"""BilateralFilterCalculator: smooths a picture and keeps its edges."""

from __future__ import annotations

import cv2

from mpgraph.calculator import Calculator
from mpgraph.context import CalculatorContext
from mpgraph.contract import Contract
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.options import ProtoOptions
from mpgraph.ports import Input, Output
from mpgraph.registry import register


@register
class BilateralFilterCalculator(Calculator):
    """Smooths pictures without smoothing over edges.

    IMAGE: one or three channels of uint8 or float32; out comes the same format and size.
    Options: `sigma_color` (0..1, how different a neighbour's colour may be) and `sigma_space` (pixels,
    how far away it may be). The window is int(2 · sigma_space) wide.
    """

    image = Input("IMAGE", ImageFrame)
    out = Output("IMAGE", ImageFrame)
    Options = ProtoOptions("BilateralFilterCalculatorOptions")
    timestamp_offset = 0
    blocking = True  # Tens of milliseconds for a video frame.

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Check the sigmas."""
        super().get_contract(contract)
        for name in ("sigma_color", "sigma_space"):
            contract.need(getattr(contract.options, name) >= 0, f"The option {name} must not be negative.")

    def process(self, cc: CalculatorContext) -> None:
        """Smooth one picture."""
        image = cc.get(self.image)
        if image is None:
            return
        if image.channels not in (1, 3) or image.byte_depth == 2:
            raise InvalidArgumentError(
                "BilateralFilterCalculator takes pictures with 1 or 3 channels of uint8 or float32, "
                f"not {image.image_format.name}."
            )
        options = cc.options
        smooth = cv2.bilateralFilter(
            image.pixels, int(options.sigma_space * 2), options.sigma_color * 255, options.sigma_space
        )
        cc.emit(self.out, ImageFrame.wrap(smooth, image.image_format))
