"""EdgeMatteCalculator: a mask as a matte whose edge follows the image."""

from __future__ import annotations

from mpgraph.effects.edge import EdgeOptions, EdgeRefiner
from mpgraph.formats.arrays import INT_PAIR
from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos import selfie_effects_calculators_pb2


@mp.register
class EdgeMatteCalculator(mp.Calculator):
    """Refines a mask into a matte whose edge follows the colors of the image.

               +-----------+
       MASK -->|           |
      IMAGE -->| EdgeMatte |-> MATTE
       SIZE -->|           |
               +-----------+

    MASK: Image, VEC32F1 in 0..1. IMAGE: Image, SRGB, as large as the mask or larger; the edge is found at
    its size. SIZE: (width, height) of the matte.
    MATTE: Image, GRAY8: the share of the people in a pixel's color, in 255ths.

    A guided filter with the image as the guide, then a smooth step from 0.1 to 0.9. Options: `radius`,
    `epsilon`, `reach`.
    """

    mask = mp.Input("MASK", Image)
    image = mp.Input("IMAGE", Image)
    size = mp.Input("SIZE", INT_PAIR)
    matte = mp.Output("MATTE", Image)
    Options = mp.ProtoOptions(selfie_effects_calculators_pb2.EdgeMatteCalculatorOptions)
    timestamp_offset = 0
    blocking = True  # One or two milliseconds, while the network computes the next mask.

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """`radius` is at least 1, `epsilon` positive, `reach` not negative."""
        super().get_contract(contract)
        options = contract.options
        contract.need(options.radius >= 1, f"radius is {options.radius}; it must be at least 1.")
        contract.need(options.epsilon > 0, f"epsilon is {options.epsilon}; it must be positive.")
        contract.need(options.reach >= 0, f"reach is {options.reach}; it must not be negative.")

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options_as(self.Options)
        self._refiner = EdgeRefiner(EdgeOptions(options.radius, options.epsilon, options.reach))

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        mask = cc.get(self.mask)
        if mask is None:
            return
        matte = self._refiner.matte(mask.pixels, cc[self.image].pixels, cc[self.size])
        cc.emit(self.matte, Image.wrap(matte, ImageFormat.GRAY8))
