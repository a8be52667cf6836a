"""BilateralFilterCalculator: smooths a picture and keeps its edges."""

from __future__ import annotations

import cv2

from mpgraph.calculators.gpu.device_choice import choose_place
from mpgraph.calculators.image.joint_bilateral import Pixels, joint_bilateral
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.options import ProtoOptions
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register
from mpgraph.gpu.filters import bilateral


@register
class BilateralFilterCalculator(Calculator):
    """Smooths pictures without smoothing over edges.

    IMAGE: one or three channels of uint8 or float32; out comes the same format and size.
    GUIDE: a picture whose edges count instead of IMAGE's own (`joint_bilateral` has the formula), uint8
    or float32, an alpha channel left aside. IMAGE is scaled to the guide's size first, and out comes that
    size, in IMAGE's format; where one of the two is missing nothing comes. MediaPipe has this form on the
    GPU alone.
    Options: `sigma_color` (0..1, how different a neighbour's colour may be) and `sigma_space` (pixels,
    how far away it may be). The window is int(2 · sigma_space) wide.
    """

    image = Input("IMAGE", ImageFrame, optional=True)
    guide = Input("GUIDE", ImageFrame, optional=True)
    out = Output("IMAGE", ImageFrame, optional=True)
    image_gpu = Input("IMAGE_GPU", GpuBuffer, optional=True)
    guide_gpu = Input("GUIDE_GPU", GpuBuffer, optional=True)
    out_gpu = Output("IMAGE_GPU", GpuBuffer, optional=True)
    Options = ProtoOptions("BilateralFilterCalculatorOptions")
    timestamp_offset = 0
    blocking = True  # Tens of milliseconds for a video frame.

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Check the ports and the sigmas."""
        super().get_contract(contract)
        choose_place(contract, ["IMAGE"], ["IMAGE"], ["GUIDE"])
        for name in ("sigma_color", "sigma_space"):
            contract.need(getattr(contract.options, name) >= 0, f"The option {name} must not be negative.")

    def process(self, cc: CalculatorContext) -> None:
        """Smooth one picture."""
        if cc.connected(self.image_gpu):
            self._process_on_gpu(cc)
            return
        image, guide = cc.get(self.image), cc.get(self.guide)
        if image is None or (guide is None and cc.connected(self.guide)):
            return
        if image.channels not in (1, 3) or image.byte_depth == 2:
            raise InvalidArgumentError(
                "BilateralFilterCalculator takes pictures with 1 or 3 channels of uint8 or float32, "
                f"not {image.image_format.name}."
            )
        options = cc.options
        diameter, sigma_color = int(options.sigma_space * 2), options.sigma_color * 255
        if guide is None:
            smooth = cv2.bilateralFilter(image.pixels, diameter, sigma_color, options.sigma_space)
        else:
            edges = _edges(guide)
            smooth = joint_bilateral(image.pixels, edges, diameter, sigma_color, options.sigma_space)
        cc.emit(self.out, ImageFrame.wrap(smooth, image.image_format))

    def _process_on_gpu(self, cc: CalculatorContext) -> None:
        image, guide = cc.get(self.image_gpu), cc.get(self.guide_gpu)
        if image is None or (guide is None and cc.connected(self.guide_gpu)):
            return
        options = cc.options
        cc.emit(self.out_gpu, bilateral(image, guide, options.sigma_color, options.sigma_space))


def _edges(guide: ImageFrame) -> Pixels:
    if guide.byte_depth == 2:
        raise InvalidArgumentError(
            f"BilateralFilterCalculator takes a GUIDE of uint8 or float32, not {guide.image_format.name}."
        )
    return guide.pixels[:, :, :3] if guide.channels == 4 else guide.pixels
