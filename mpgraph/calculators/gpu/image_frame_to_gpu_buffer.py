"""ImageFrameToGpuBufferCalculator: copies images to the GPU."""

from __future__ import annotations

from mpgraph.calculators.gpu.device_choice import use_gpu
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.override import override
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register
from mpgraph.gpu import GPU_SERVICE, upload


@register
class ImageFrameToGpuBufferCalculator(Calculator):
    """Copies images to the GPU.

    Untagged input: ImageFrame: SRGB, SRGBA, GRAY8 or VEC32F1, each side 1 to 8192 pixels.
    Untagged output: GpuBuffer.
    """

    image = Input("", ImageFrame)
    out = Output("", GpuBuffer)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """The machine needs a GPU; the graph does not start without it."""
        super().get_contract(contract)
        use_gpu(contract)

    @override
    def process(self, cc: CalculatorContext) -> None:
        cc.emit(self.out, upload(cc[self.image], cc.service(GPU_SERVICE)))
