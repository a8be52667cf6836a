"""ImageCloneCalculator: passes images on in the requested storage."""

from __future__ import annotations

from mpgraph.errors import UnimplementedError
from mpgraph.formats.image import Image
from mpgraph.framework import calculator_framework as mp


@mp.register
class ImageCloneCalculator(mp.Calculator):
    """Passes images on; pixels are shared, not copied.

    Untagged input, untagged output: Image.

    The option `output_on_gpu` is refused: use ImageFrameToGpuBufferCalculator to copy images to the GPU.
    """

    image = mp.Input("", Image)
    out = mp.Output("", Image)
    Options = mp.ProtoOptions("ImageCloneCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """`output_on_gpu` is not set."""
        super().get_contract(contract)
        if contract.options.output_on_gpu:
            raise UnimplementedError("ImageCloneCalculator cannot put images on the GPU (output_on_gpu).")

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        cc.forward(self.out, cc.packet(self.image))
