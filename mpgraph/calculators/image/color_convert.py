"""ColorConvertCalculator: other channels, or another order of them."""

from __future__ import annotations

import cv2

from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework import calculator_framework as mp

# By the tags of input and output: the channels of the input, OpenCV's conversion, the format of the output.
_CONVERSIONS = {
    ("RGBA_IN", "RGB_OUT"): (4, cv2.COLOR_RGBA2RGB, ImageFormat.SRGB),
    ("GRAY_IN", "RGB_OUT"): (1, cv2.COLOR_GRAY2RGB, ImageFormat.SRGB),
    ("RGB_IN", "GRAY_OUT"): (3, cv2.COLOR_RGB2GRAY, ImageFormat.GRAY8),
    ("RGB_IN", "RGBA_OUT"): (3, cv2.COLOR_RGB2RGBA, ImageFormat.SRGBA),
    ("BGRA_IN", "RGBA_OUT"): (4, cv2.COLOR_BGRA2RGBA, ImageFormat.SRGBA),
    ("RGBA_IN", "BGRA_OUT"): (4, cv2.COLOR_RGBA2BGRA, ImageFormat.SBGRA),
    ("BGR_IN", "RGB_OUT"): (3, cv2.COLOR_BGR2RGB, ImageFormat.SRGB),
}


@mp.register
class ColorConvertCalculator(mp.Calculator):
    """Converts images between gray, RGB, RGBA, BGR and BGRA; new alpha is 255.

    RGBA_IN, RGB_IN, BGRA_IN, BGR_IN or GRAY_IN: ImageFrames of bytes with these channels, whatever their
        format says.
    RGBA_OUT, RGB_OUT, BGRA_OUT or GRAY_OUT: ImageFrames. One input and one output of these pairs: RGBA to RGB
        or BGRA, RGB to RGBA or GRAY, GRAY or BGR to RGB, BGRA to RGBA.
    """

    rgba = mp.Input("RGBA_IN", ImageFrame, optional=True)
    rgb = mp.Input("RGB_IN", ImageFrame, optional=True)
    bgra = mp.Input("BGRA_IN", ImageFrame, optional=True)
    bgr = mp.Input("BGR_IN", ImageFrame, optional=True)
    gray = mp.Input("GRAY_IN", ImageFrame, optional=True)
    to_rgba = mp.Output("RGBA_OUT", ImageFrame, optional=True)
    to_rgb = mp.Output("RGB_OUT", ImageFrame, optional=True)
    to_bgra = mp.Output("BGRA_OUT", ImageFrame, optional=True)
    to_gray = mp.Output("GRAY_OUT", ImageFrame, optional=True)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """One input and one output, which can be converted to each other."""
        super().get_contract(contract)
        pairs = [
            pair for pair in _CONVERSIONS if contract.inputs.has(pair[0]) and contract.outputs.has(pair[1])
        ]
        contract.need(
            len(contract.inputs) == len(contract.outputs) == 1,
            "Only one input stream and one output stream are allowed.",
        )
        known = ", ".join(f"{source} to {target}" for source, target in _CONVERSIONS)
        contract.need(len(pairs) == 1, f"Unsupported image format conversion. There are {known}.")

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        [source] = (port for port in self.ports if isinstance(port, mp.Input) and cc.connected(port))
        [target] = (port for port in self.ports if isinstance(port, mp.Output) and cc.connected(port))
        image: ImageFrame = cc[source]
        channels, code, image_format = _CONVERSIONS[source.tag, target.tag]
        if image.channels != channels or image.pixels.dtype.itemsize != 1:
            raise InvalidArgumentError(
                f"{source.tag} takes images of {channels} bytes per pixel, not {image.image_format.name}."
            )
        cc.emit(target, ImageFrame.wrap(cv2.cvtColor(image.pixels, code), image_format))
