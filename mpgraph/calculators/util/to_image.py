"""ToImageCalculator: ImageFrames as the Images that newer calculators take."""

from __future__ import annotations

from mpgraph.calculator_base import Calculator
from mpgraph.context import CalculatorContext
from mpgraph.contract import Contract
from mpgraph.errors import InternalError
from mpgraph.formats.image import Image
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.ports import Input, Output
from mpgraph.registry import register

_INPUTS = ("IMAGE", "IMAGE_CPU", "IMAGE_GPU")


@register
class ToImageCalculator(Calculator):
    """Turns ImageFrames into Images that share their pixels.

    IMAGE (Image or ImageFrame) or IMAGE_CPU (ImageFrame), exactly one of them. Out: IMAGE.
    """

    image = Input("IMAGE", (Image, ImageFrame), optional=True)
    image_cpu = Input("IMAGE_CPU", ImageFrame, optional=True)
    out = Output("IMAGE", Image)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Check that one input is connected."""
        super().get_contract(contract)
        if sum(map(contract.inputs.has, _INPUTS)) != 1:
            raise InternalError("Cannot have multiple inputs. Connect exactly one, IMAGE or IMAGE_CPU.")

    def process(self, cc: CalculatorContext) -> None:
        """Turn one picture."""
        port = self.image if cc.connected(self.image) else self.image_cpu
        picture = cc.get(port)
        if isinstance(picture, Image):
            cc.forward(self.out, cc.packet(port))
        elif picture is not None:
            cc.emit(self.out, Image.from_frame(picture))
