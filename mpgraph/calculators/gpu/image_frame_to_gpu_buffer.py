"""ImageFrameToGpuBufferCalculator: pictures to the GPU."""

from __future__ import annotations

from mpgraph.calculators.gpu.device_choice import use_gpu
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register
from mpgraph.gpu import GPU_SERVICE, upload


@register
class ImageFrameToGpuBufferCalculator(Calculator):
    """Copies pictures to the GPU.

    In: ImageFrame, SRGB, SRGBA, GRAY8 or VEC32F1, each side up to 8192 pixels. Out: GpuBuffer.
    """

    image = Input("", ImageFrame)
    out = Output("", GpuBuffer)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Ask for the GPU."""
        super().get_contract(contract)
        use_gpu(contract)

    def process(self, cc: CalculatorContext) -> None:
        """Copy one picture."""
        cc.emit(self.out, upload(cc[self.image], cc.service(GPU_SERVICE)))
