"""AnnotationOverlayCalculator: draws shapes and text over images."""

from __future__ import annotations

from typing import Any

import numpy as np

from mpgraph.calculators.core.forwarding import copy_header
from mpgraph.calculators.util.opencv4 import Canvas
from mpgraph.calculators.util.render_annotations import render
from mpgraph.errors import InternalError, UnknownError
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet_type

_RENDER_DATA = mp.message_type("mediapipe.RenderData")


@mp.register
class AnnotationOverlayCalculator(mp.Calculator):
    """Draws RenderData on a copy of each image.

    IMAGE: ImageFrame, SRGB, SRGBA or GRAY8; the output has the same size and format, but SRGB for GRAY8, so
        that colors show.
    Untagged inputs: RenderData messages. VECTOR:0, VECTOR:1, ...: lists of RenderData.

    Untagged inputs are drawn first, then the lists, each by its index, so that the last is on top. Nothing is
    sent where IMAGE has no packet. If IMAGE is not connected, a canvas of the options' size and color
    (`canvas_width_px`, `canvas_height_px`, `canvas_color`) is used at each timestamp with something to draw.
    Options: also `flip_text_vertically`; those named `gpu_...` have no effect.

    The pixels are MediaPipe's, but that OpenCV 5 has other fonts than MediaPipe for any `font_face` but 0.
    """

    data = mp.Input("", _RENDER_DATA, repeated=True, optional=True)
    image = mp.Input("IMAGE", ImageFrame, optional=True)
    lists = mp.Input("VECTOR", packet_type.vector(_RENDER_DATA), repeated=True, optional=True)
    out = mp.Output("IMAGE", ImageFrame)
    Options = mp.ProtoOptions("AnnotationOverlayCalculatorOptions")
    timestamp_offset = 0
    blocking = True

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """At least one input stream."""
        super().get_contract(contract)
        contract.need(len(contract.inputs) >= 1, "AnnotationOverlayCalculator needs an input stream.")

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        if cc.connected(self.image):
            copy_header(cc, self.image, self.out)
            return
        for name in ("canvas_width_px", "canvas_height_px"):
            if not cc.options.HasField(name) or getattr(cc.options, name) <= 0:
                raise InternalError(
                    f"options_.has_{name}(): without an IMAGE input stream the option {name} must be "
                    "set, to more than 0."
                )

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        image = cc.get(self.image)
        if image is not None:
            canvas, image_format = _copy(image)
        elif cc.connected(self.image):
            return
        else:
            canvas, image_format = _blank(cc.options), ImageFormat.SRGB
        messages: list[Any] = [p.payload for p in cc.all(self.data) if not p.is_empty()]
        for packet in cc.all(self.lists):
            if not packet.is_empty():
                messages.extend(packet.payload)
        for message in messages:
            render(canvas, message, flip_text=cc.options.flip_text_vertically)
        cc.emit(self.out, ImageFrame.wrap(canvas, image_format))


def _copy(image: ImageFrame) -> tuple[Canvas, ImageFormat]:
    if image.image_format is ImageFormat.GRAY8:
        return np.repeat(image.pixels[:, :, np.newaxis], 3, axis=2), ImageFormat.SRGB
    if image.image_format not in (ImageFormat.SRGB, ImageFormat.SRGBA):
        raise UnknownError(
            f"Unexpected image frame format. AnnotationOverlayCalculator draws on SRGB, SRGBA and GRAY8, "
            f"not {image.image_format.name}."
        )
    return image.pixels.copy(), image.image_format


def _blank(options: Any) -> Canvas:
    color = options.canvas_color
    canvas = np.zeros((options.canvas_height_px, options.canvas_width_px, 3), np.uint8)
    canvas[:] = np.clip((color.r, color.g, color.b), 0, 255)
    return canvas
