"""The base of the calculators that draw results on images as the Python solutions' drawing_utils does."""

from __future__ import annotations

import cv2

from mpgraph.drawing.annotations import Pixels
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework import calculator_framework as mp

# drawing_utils, and so its colors, are for BGR.
_TO_BGR = {
    ImageFormat.SRGB: cv2.COLOR_RGB2BGR,
    ImageFormat.SRGBA: cv2.COLOR_RGBA2BGR,
    ImageFormat.GRAY8: cv2.COLOR_GRAY2BGR,
}


class Overlay(mp.Calculator):
    """Draws on a copy of each image, where the subclass's `draw` finds something to draw."""

    image = mp.Input("IMAGE", ImageFrame)
    out = mp.Output("IMAGE", ImageFrame)
    timestamp_offset = 0
    blocking = True

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        image = cc.get(self.image)
        if image is None:
            return
        if image.image_format not in _TO_BGR:
            raise InvalidArgumentError(
                f"{type(self).__name__} draws on images of the formats SRGB, SRGBA and GRAY8, not "
                f"{image.image_format.name}."
            )
        canvas: Pixels = cv2.cvtColor(image.pixels, _TO_BGR[image.image_format])  # type: ignore[assignment]
        self.draw(cc, canvas)
        drawn: Pixels = cv2.cvtColor(canvas, cv2.COLOR_BGR2RGB)  # type: ignore[assignment]
        cc.emit(self.out, ImageFrame.wrap(drawn, ImageFormat.SRGB))

    def draw(self, cc: mp.CalculatorContext, canvas: Pixels) -> None:
        """Draw the packets of this timestamp into `canvas`, HxWx3 uint8 BGR."""
        raise NotImplementedError
