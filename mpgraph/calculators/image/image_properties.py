"""ImagePropertiesCalculator: the size of pictures."""

from __future__ import annotations

from mpgraph.calculator_base import Calculator
from mpgraph.context import CalculatorContext
from mpgraph.contract import Contract
from mpgraph.formats.arrays import INT_PAIR
from mpgraph.formats.image import Image
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.ports import Input, Output
from mpgraph.registry import register


@register
class ImagePropertiesCalculator(Calculator):
    """Tells the size of each picture.

    IMAGE (Image or ImageFrame) or IMAGE_CPU (ImageFrame), exactly one of them.
    SIZE: (width, height), two ints.
    """

    image = Input("IMAGE", (Image, ImageFrame), optional=True)
    image_cpu = Input("IMAGE_CPU", ImageFrame, optional=True)
    size = Output("SIZE", INT_PAIR, optional=True)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Check that one input is connected."""
        super().get_contract(contract)
        contract.need(
            contract.inputs.has("IMAGE") != contract.inputs.has("IMAGE_CPU"),
            "ImagePropertiesCalculator takes exactly one input stream, IMAGE or IMAGE_CPU.",
        )

    def process(self, cc: CalculatorContext) -> None:
        """Tell one picture's size."""
        picture = cc.get(self.image) or cc.get(self.image_cpu)
        if picture is not None:
            cc.emit(self.size, (picture.width, picture.height))
