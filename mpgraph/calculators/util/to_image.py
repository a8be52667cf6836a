"""ToImageCalculator: ImageFrames and GpuBuffers as the Images that newer calculators take."""

from __future__ import annotations

from typing import Any

from mpgraph.errors import InternalError
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image import Image
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register

_INPUTS = ("IMAGE", "IMAGE_CPU", "IMAGE_GPU")


@register
class ToImageCalculator(Calculator):
    """Turns ImageFrames and GpuBuffers into Images that share their pixels, where they are.

    IMAGE (Image, ImageFrame or GpuBuffer), IMAGE_CPU (ImageFrame) or IMAGE_GPU (GpuBuffer), exactly one of
    them. Out: IMAGE.
    """

    image = Input("IMAGE", (Image, ImageFrame, GpuBuffer), optional=True)
    image_cpu = Input("IMAGE_CPU", ImageFrame, optional=True)
    image_gpu = Input("IMAGE_GPU", GpuBuffer, optional=True)
    out = Output("IMAGE", Image)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Check that one input is connected."""
        super().get_contract(contract)
        if sum(map(contract.inputs.has, _INPUTS)) != 1:
            raise InternalError(
                "Cannot have multiple inputs. Connect exactly one of IMAGE, IMAGE_CPU, IMAGE_GPU."
            )

    def process(self, cc: CalculatorContext) -> None:
        """Turn one picture."""
        port = next(one for one in (self.image, self.image_cpu, self.image_gpu) if cc.connected(one))
        picture: Any = cc.get(port)
        if isinstance(picture, Image):
            cc.forward(self.out, cc.packet(port))
        elif isinstance(picture, GpuBuffer):
            cc.emit(self.out, Image.from_gpu_buffer(picture))
        elif picture is not None:
            cc.emit(self.out, Image.from_frame(picture))
