"""FromImageCalculator: Images as the ImageFrames that older calculators take."""

from __future__ import annotations

from mpgraph.calculator_base import Calculator
from mpgraph.context import CalculatorContext
from mpgraph.contract import Contract
from mpgraph.errors import InternalError
from mpgraph.formats.image import Image
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.ports import Input, Output
from mpgraph.registry import register


@register
class FromImageCalculator(Calculator):
    """Turns Images into ImageFrames that share their pixels.

    IMAGE: Image. IMAGE_CPU: ImageFrame. SOURCE_ON_GPU: bool, whether the image came from the GPU.
    """

    image = Input("IMAGE", Image)
    image_cpu = Output("IMAGE_CPU", ImageFrame, optional=True)
    source_on_gpu = Output("SOURCE_ON_GPU", bool, optional=True)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Check that pixels go to one place only."""
        super().get_contract(contract)
        if contract.outputs.has("IMAGE_CPU") and contract.outputs.has("IMAGE_GPU"):
            raise InternalError("Cannot have multiple outputs. Connect IMAGE_CPU or IMAGE_GPU.")

    def process(self, cc: CalculatorContext) -> None:
        """Turn one picture."""
        image = cc[self.image]
        cc.emit(self.source_on_gpu, image.uses_gpu())
        if cc.connected(self.image_cpu):
            cc.emit(self.image_cpu, image.to_frame())
