"""ToImageCalculator: converts ImageFrames and GpuBuffers to the Images of newer calculators."""

from __future__ import annotations

from typing import Any

from mpgraph.errors import InternalError
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image import Image
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework import calculator_framework as mp

_INPUTS = ("IMAGE", "IMAGE_CPU", "IMAGE_GPU")


@mp.register
class ToImageCalculator(mp.Calculator):
    """Converts ImageFrames and GpuBuffers to Images that share their pixels in the same memory.

    IMAGE (Image, ImageFrame or GpuBuffer), IMAGE_CPU (ImageFrame) or IMAGE_GPU (GpuBuffer): of any format.
    IMAGE, as an output: Image; an Image is passed on unchanged.
    """

    image = mp.Input("IMAGE", (Image, ImageFrame, GpuBuffer), optional=True)
    image_cpu = mp.Input("IMAGE_CPU", ImageFrame, optional=True)
    image_gpu = mp.Input("IMAGE_GPU", GpuBuffer, optional=True)
    out = mp.Output("IMAGE", Image)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """Exactly one of IMAGE, IMAGE_CPU and IMAGE_GPU."""
        super().get_contract(contract)
        if sum(map(contract.inputs.has, _INPUTS)) != 1:
            raise InternalError(
                "Cannot have multiple inputs. Connect exactly one of IMAGE, IMAGE_CPU, IMAGE_GPU."
            )

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        port = next(port for port in (self.image, self.image_cpu, self.image_gpu) if cc.connected(port))
        image: Any = cc.get(port)
        if isinstance(image, Image):
            cc.forward(self.out, cc.packet(port))
        elif isinstance(image, GpuBuffer):
            cc.emit(self.out, Image.from_gpu_buffer(image))
        elif image is not None:
            cc.emit(self.out, Image.from_frame(image))
