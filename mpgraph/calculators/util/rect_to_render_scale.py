"""RectToRenderScaleCalculator: how large annotations should be for an object of a certain size."""

from __future__ import annotations

import numpy as np

from mpgraph.calculators.core.families import NORMALIZED_RECT
from mpgraph.errors import ret_check
from mpgraph.formats.arrays import INT_PAIR
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos.rect_to_render_scale_calculator_pb2 import RectToRenderScaleCalculatorOptions


@mp.register
class RectToRenderScaleCalculator(mp.Calculator):
    """Computes a factor for the thickness of annotations from the size of the annotated object.

    NORM_RECT: a NormalizedRect around the object. IMAGE_SIZE: (width, height) in pixels.
    RENDER_SCALE: a float, the longer side in pixels times `multiplier`; without a rectangle, `multiplier`.

    Options: `multiplier`, 1 / A for a thickness that suits objects of A pixels; `process_timestamp_bounds`,
    to send a factor for settled times without packets too.
    """

    rect = mp.Input("NORM_RECT", NORMALIZED_RECT)
    image_size = mp.Input("IMAGE_SIZE", INT_PAIR)
    scale = mp.Output("RENDER_SCALE", float)
    Options = mp.ProtoOptions(RectToRenderScaleCalculatorOptions)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """Whether settled times are processed depends on the options."""
        super().get_contract(contract)
        contract.process_timestamp_bounds = contract.options.process_timestamp_bounds

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        scale = np.float32(cc.options_as(self.Options).multiplier)
        rect = cc.get(self.rect)
        if rect is not None:
            ret_check(cc.has(self.image_size), "there is a NORM_RECT, but no IMAGE_SIZE at the same time.")
            width, height = (np.float32(side) for side in cc[self.image_size])
            scale = max(np.float32(rect.width) * width, np.float32(rect.height) * height) * scale
        cc.emit(self.scale, float(scale))
