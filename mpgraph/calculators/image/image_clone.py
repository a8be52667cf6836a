"""ImageCloneCalculator: the same picture, in the storage asked for."""

from __future__ import annotations

from mpgraph.errors import UnimplementedError
from mpgraph.formats.image import Image
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.options import ProtoOptions
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register


@register
class ImageCloneCalculator(Calculator):
    """Passes pictures on and makes sure that they are on the CPU. Pixels are shared, not copied.

    Untagged input and output: Image. The option `output_on_gpu` needs a GPU and is refused here.
    """

    image = Input("", Image)
    out = Output("", Image)
    Options = ProtoOptions("ImageCloneCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Refuse the GPU."""
        super().get_contract(contract)
        if contract.options.output_on_gpu:
            raise UnimplementedError("ImageCloneCalculator cannot put images on the GPU (output_on_gpu).")

    def process(self, cc: CalculatorContext) -> None:
        """Pass one picture on."""
        cc.forward(self.out, cc.packet(self.image))
