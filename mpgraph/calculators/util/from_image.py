"""FromImageCalculator: converts Images to the ImageFrames and GpuBuffers of older calculators."""

from __future__ import annotations

from mpgraph.calculators.gpu.device_choice import use_gpu
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
from mpgraph.gpu import GPU_SERVICE, upload


@register
class FromImageCalculator(Calculator):
    """Converts Images to ImageFrames or GpuBuffers; pixels are shared if they are in the right memory.

    IMAGE: Image of any format.
    IMAGE_CPU: ImageFrame, read back if the image is on the GPU.
    IMAGE_GPU: GpuBuffer, uploaded if the image is in host memory.
    SOURCE_ON_GPU: bool, whether the image is on the GPU.
    """

    image = Input("IMAGE", Image)
    image_cpu = Output("IMAGE_CPU", ImageFrame, optional=True)
    image_gpu = Output("IMAGE_GPU", GpuBuffer, optional=True)
    source_on_gpu = Output("SOURCE_ON_GPU", bool, optional=True)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """At most one of IMAGE_CPU and IMAGE_GPU."""
        super().get_contract(contract)
        if contract.outputs.has("IMAGE_CPU") and contract.outputs.has("IMAGE_GPU"):
            raise InternalError("Cannot have multiple outputs. Connect IMAGE_CPU or IMAGE_GPU.")
        if contract.outputs.has("IMAGE_GPU"):
            use_gpu(contract)

    @override
    def process(self, cc: CalculatorContext) -> None:
        image = cc[self.image]
        cc.emit(self.source_on_gpu, image.uses_gpu())
        if cc.connected(self.image_cpu):
            cc.emit(self.image_cpu, image.to_frame())
        if cc.connected(self.image_gpu):
            cc.emit(self.image_gpu, image.gpu_buffer or upload(image, cc.service(GPU_SERVICE)))
