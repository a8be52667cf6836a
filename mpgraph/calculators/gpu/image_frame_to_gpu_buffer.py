"""ImageFrameToGpuBufferCalculator: copies images to the GPU."""

from __future__ import annotations

from mpgraph.calculators.gpu.device_choice import use_gpu
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework import calculator_framework as mp
from mpgraph.gpu import GPU_SERVICE, upload


@mp.register
class ImageFrameToGpuBufferCalculator(mp.Calculator):
    """Copies images to the GPU.

    Untagged input: ImageFrame: SRGB, SRGBA, GRAY8 or VEC32F1, each side 1 to 8192 pixels.
    Untagged output: GpuBuffer.
    """

    image = mp.Input("", ImageFrame)
    out = mp.Output("", GpuBuffer)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """The machine needs a GPU; the graph does not start without it."""
        super().get_contract(contract)
        use_gpu(contract)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        cc.emit(self.out, upload(cc[self.image], cc.service(GPU_SERVICE)))
