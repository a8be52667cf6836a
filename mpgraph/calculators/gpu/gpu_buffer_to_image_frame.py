"""GpuBufferToImageFrameCalculator: copies images from the GPU into host memory."""

from __future__ import annotations

from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework import calculator_framework as mp


@mp.register
class GpuBufferToImageFrameCalculator(mp.Calculator):
    """Copies images from the GPU into host memory.

    Untagged input: GpuBuffer; or ImageFrame, which is passed on unchanged.
    Untagged output: ImageFrame, in the format the image had when it was uploaded, SRGBA if a calculator drew
        it on the GPU.

    Waits until the GPU has computed the image.
    """

    image = mp.Input("")
    out = mp.Output("", ImageFrame)
    timestamp_offset = 0
    blocking = True
    max_in_flight = 2  # So that the GPU has the next frame's work before this frame has been copied.

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        image = cc[self.image]
        if isinstance(image, GpuBuffer):
            cc.emit(self.out, image.to_frame())
        elif isinstance(image, ImageFrame):
            cc.forward(self.out, cc.packet(self.image))
        else:
            raise InvalidArgumentError(
                f"Input packets must be ImageFrame or GpuBuffer, not {type(image).__name__}."
            )
