"""ImageCloneCalculator: passes images on in the requested storage."""

from __future__ import annotations

from mpgraph.errors import UnimplementedError
from mpgraph.formats.image import Image
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.options import ProtoOptions
from mpgraph.framework.override import override
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register


@register
class ImageCloneCalculator(Calculator):
    """Passes images on; pixels are shared, not copied.

    Untagged input, untagged output: Image.

    The option `output_on_gpu` is refused: use ImageFrameToGpuBufferCalculator to copy images to the GPU.
    """

    image = Input("", Image)
    out = Output("", Image)
    Options = ProtoOptions("ImageCloneCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """`output_on_gpu` is not set."""
        super().get_contract(contract)
        if contract.options.output_on_gpu:
            raise UnimplementedError("ImageCloneCalculator cannot put images on the GPU (output_on_gpu).")

    @override
    def process(self, cc: CalculatorContext) -> None:
        cc.forward(self.out, cc.packet(self.image))
