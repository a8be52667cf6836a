"""FromImageCalculator: converts Images to the ImageFrames and GpuBuffers of older calculators."""

from __future__ import annotations

from mpgraph.calculators.gpu.device_choice import use_gpu
from mpgraph.errors import InternalError
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image import Image
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework import calculator_framework as mp
from mpgraph.gpu import GPU_SERVICE, upload


@mp.register
class FromImageCalculator(mp.Calculator):
    """Converts Images to ImageFrames or GpuBuffers; pixels are shared if they are in the right memory.

    IMAGE: Image of any format.
    IMAGE_CPU: ImageFrame, read back if the image is on the GPU.
    IMAGE_GPU: GpuBuffer, uploaded if the image is in host memory.
    SOURCE_ON_GPU: bool, whether the image is on the GPU.
    """

    image = mp.Input("IMAGE", Image)
    image_cpu = mp.Output("IMAGE_CPU", ImageFrame, optional=True)
    image_gpu = mp.Output("IMAGE_GPU", GpuBuffer, optional=True)
    source_on_gpu = mp.Output("SOURCE_ON_GPU", bool, optional=True)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """At most one of IMAGE_CPU and IMAGE_GPU."""
        super().get_contract(contract)
        if contract.outputs.has("IMAGE_CPU") and contract.outputs.has("IMAGE_GPU"):
            raise InternalError("Cannot have multiple outputs. Connect IMAGE_CPU or IMAGE_GPU.")
        if contract.outputs.has("IMAGE_GPU"):
            use_gpu(contract)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        image = cc[self.image]
        cc.emit(self.source_on_gpu, image.uses_gpu())
        if cc.connected(self.image_cpu):
            cc.emit(self.image_cpu, image.to_frame())
        if cc.connected(self.image_gpu):
            cc.emit(self.image_gpu, image.gpu_buffer or upload(image, cc.service(GPU_SERVICE)))
