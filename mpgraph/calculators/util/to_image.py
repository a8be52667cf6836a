"""ToImageCalculator: converts ImageFrames and GpuBuffers to the Images of newer calculators."""

from __future__ import annotations

from typing import Any

from mpgraph.errors import InternalError
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image import Image
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.override import override
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register

_INPUTS = ("IMAGE", "IMAGE_CPU", "IMAGE_GPU")


@register
class ToImageCalculator(Calculator):
    """Converts ImageFrames and GpuBuffers to Images that share their pixels in the same memory.

    IMAGE (Image, ImageFrame or GpuBuffer), IMAGE_CPU (ImageFrame) or IMAGE_GPU (GpuBuffer): of any format.
    IMAGE, as an output: Image; an Image is passed on unchanged.
    """

    image = Input("IMAGE", (Image, ImageFrame, GpuBuffer), optional=True)
    image_cpu = Input("IMAGE_CPU", ImageFrame, optional=True)
    image_gpu = Input("IMAGE_GPU", GpuBuffer, optional=True)
    out = Output("IMAGE", Image)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Exactly one of IMAGE, IMAGE_CPU and IMAGE_GPU."""
        super().get_contract(contract)
        if sum(map(contract.inputs.has, _INPUTS)) != 1:
            raise InternalError(
                "Cannot have multiple inputs. Connect exactly one of IMAGE, IMAGE_CPU, IMAGE_GPU."
            )

    @override
    def process(self, cc: CalculatorContext) -> None:
        port = next(port for port in (self.image, self.image_cpu, self.image_gpu) if cc.connected(port))
        image: Any = cc.get(port)
        if isinstance(image, Image):
            cc.forward(self.out, cc.packet(port))
        elif isinstance(image, GpuBuffer):
            cc.emit(self.out, Image.from_gpu_buffer(image))
        elif image is not None:
            cc.emit(self.out, Image.from_frame(image))
