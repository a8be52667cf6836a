"""GpuBufferToImageFrameCalculator: pictures back from the GPU."""

from __future__ import annotations

from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register


@register
class GpuBufferToImageFrameCalculator(Calculator):
    """Copies pictures from the GPU into host memory; waits until the GPU has computed them.

    In: GpuBuffer, or ImageFrame, which passes as it is. Out: ImageFrame, in the format the picture had
    when it came to the GPU, SRGBA for one that was drawn there.
    """

    image = Input("")
    out = Output("", ImageFrame)
    timestamp_offset = 0
    blocking = True
    max_in_flight = 2  # So that the GPU has the next frame's work before this one's has come back.

    def process(self, cc: CalculatorContext) -> None:
        """Copy one picture."""
        picture = cc[self.image]
        if isinstance(picture, GpuBuffer):
            cc.emit(self.out, picture.to_frame())
        elif isinstance(picture, ImageFrame):
            cc.forward(self.out, cc.packet(self.image))
        else:
            raise InvalidArgumentError(
                f"Input packets must be ImageFrame or GpuBuffer, not {type(picture).__name__}."
            )
