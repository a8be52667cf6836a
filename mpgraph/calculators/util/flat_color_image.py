"""FlatColorImageCalculator: images of one color."""

from __future__ import annotations

from typing import Any

import numpy as np

from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.framework import calculator_framework as mp


@mp.register
class FlatColorImageCalculator(mp.Calculator):
    """Sends SRGB images of one color.

    IMAGE: Image, whose size the output takes; or the options `output_width` and `output_height`.
    COLOR: a Color message, values clamped to 0..255; or the option `color`.
    IMAGE, as an output stream or, with the options for size and color, as a side packet: Image, SRGB.

    Nothing is sent where a connected input has no packet.
    """

    image = mp.Input("IMAGE", Image, optional=True)
    color = mp.Input("COLOR", mp.message_type("mediapipe.Color"), optional=True)
    out = mp.Output("IMAGE", Image, optional=True)
    side_out = mp.SideOutput("IMAGE", Image, optional=True)
    Options = mp.ProtoOptions("FlatColorImageCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """One source each of size and color; one output, as a stream or a side packet."""
        super().get_contract(contract)
        options = contract.options
        sizes = [options.HasField(name) for name in ("output_width", "output_height")]
        contract.need(
            contract.inputs.has("IMAGE") != any(sizes),
            "Either set IMAGE input stream, or set through options",
        )
        contract.need(
            contract.inputs.has("COLOR") != options.HasField("color"),
            "Either set COLOR input stream, or set through options",
        )
        contract.need(
            contract.outputs.has("IMAGE") != contract.side_outputs.has("IMAGE"),
            "Set IMAGE either as output stream, or as output side packet",
        )
        contract.need(
            contract.outputs.has("IMAGE") or (all(sizes) and options.HasField("color")),
            "Set size and color through options, when setting IMAGE as output side packet",
        )
        contract.need(
            not any(sizes) or (options.output_width > 0 and options.output_height > 0),
            "The options output_width and output_height must both be positive.",
        )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        if cc.connected(self.side_out):
            options = cc.options
            cc.emit(self.side_out, _flat(options.output_width, options.output_height, options.color))

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        options = cc.options
        width, height = options.output_width, options.output_height
        if cc.connected(self.image):
            image = cc.get(self.image)
            if image is None:
                return
            width, height = image.width, image.height
        color = cc.get(self.color) if cc.connected(self.color) else options.color
        if color is not None:
            cc.emit(self.out, _flat(width, height, color))


def _flat(width: int, height: int, color: Any) -> Image:
    value = np.clip([color.r, color.g, color.b], 0, 255).astype(np.uint8)
    return Image.wrap(np.tile(value, (height, width, 1)), ImageFormat.SRGB)
