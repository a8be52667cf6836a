"""AnnotationOverlayCalculator: draws shapes and text over images."""

from __future__ import annotations

from typing import Any

import numpy as np

from mpgraph.calculators.core.forwarding import copy_header
from mpgraph.calculators.gpu.device_choice import choose_device
from mpgraph.calculators.util.opencv4 import Canvas
from mpgraph.calculators.util.render_annotations import render
from mpgraph.errors import InternalError, UnknownError
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet_type
from mpgraph.gpu import upload
from mpgraph.gpu.context import texture_of
from mpgraph.gpu.filters import overlay

_RENDER_DATA = mp.message_type("mediapipe.RenderData")


@mp.register
class AnnotationOverlayCalculator(mp.Calculator):
    """Draws RenderData on a copy of each image.

    IMAGE: ImageFrame, SRGB, SRGBA or GRAY8; the output has the same size and format, but SRGB for GRAY8, so
        that colors show.
    IMAGE_GPU: GpuBuffer; the output has the same size and is SRGBA. Shapes are drawn in host memory, on a
        transparent layer that the GPU lays over the image.
    Untagged inputs: RenderData messages. VECTOR:0, VECTOR:1, ...: lists of RenderData.

    Untagged inputs are drawn first, then the lists, each by its index, so that the last is on top. Nothing is
    sent where the image has no packet. If no image is connected, a canvas of the options' size and color
    (`canvas_width_px`, `canvas_height_px`, `canvas_color`) is used at each timestamp with something to draw.
    Options: also `flip_text_vertically`, and `gpu_uses_top_left_origin`: if it is false, an image on the GPU
    counts as upside down. `gpu_scale_factor`, which draws coarser and faster, has no effect.

    The pixels are MediaPipe's, but that OpenCV 5 has other fonts than MediaPipe for any `font_face` but 0.
    """

    data = mp.Input("", _RENDER_DATA, repeated=True, optional=True)
    image = mp.Input("IMAGE", ImageFrame, optional=True)
    lists = mp.Input("VECTOR", packet_type.vector(_RENDER_DATA), repeated=True, optional=True)
    image_gpu = mp.Input("IMAGE_GPU", GpuBuffer, optional=True)
    out = mp.Output("IMAGE", ImageFrame, optional=True)
    out_gpu = mp.Output("IMAGE_GPU", GpuBuffer, optional=True)
    Options = mp.ProtoOptions("AnnotationOverlayCalculatorOptions")
    timestamp_offset = 0
    blocking = True

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """At least one input stream; the image and the output both in host memory or both on the GPU."""
        super().get_contract(contract)
        contract.need(len(contract.inputs) >= 1, "AnnotationOverlayCalculator needs an input stream.")
        if choose_device(contract, [], ["IMAGE"], ["IMAGE"]):
            contract.need(
                contract.inputs.has("IMAGE_GPU"),
                "The output IMAGE_GPU needs the input IMAGE_GPU: there is no blank canvas on the GPU.",
            )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        for source, target in ((self.image, self.out), (self.image_gpu, self.out_gpu)):
            if cc.connected(source):
                copy_header(cc, source, target)
                return
        for name in ("canvas_width_px", "canvas_height_px"):
            if not cc.options.HasField(name) or getattr(cc.options, name) <= 0:
                raise InternalError(
                    f"options_.has_{name}(): without an IMAGE input stream the option {name} must be "
                    "set, to more than 0."
                )

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        if cc.connected(self.image_gpu):
            if cc.has(self.image_gpu):
                cc.emit(self.out_gpu, self._drawn_on_gpu(cc, cc[self.image_gpu]))
            return
        image = cc.get(self.image)
        if image is not None:
            canvas, image_format = _copy(image)
        elif cc.connected(self.image):
            return
        else:
            canvas, image_format = _blank(cc.options), ImageFormat.SRGB
        self._draw(cc, canvas)
        cc.emit(self.out, ImageFrame.wrap(canvas, image_format))

    def _draw(self, cc: mp.CalculatorContext, canvas: Canvas) -> None:
        messages: list[Any] = [p.payload for p in cc.all(self.data) if not p.is_empty()]
        for packet in cc.all(self.lists):
            if not packet.is_empty():
                messages.extend(packet.payload)
        for message in messages:
            render(canvas, message, flip_text=cc.options.flip_text_vertically)

    def _drawn_on_gpu(self, cc: mp.CalculatorContext, image: GpuBuffer) -> GpuBuffer:
        if image.image_format is ImageFormat.VEC32F1:
            raise _unexpected(image.image_format)
        # What is drawn becomes the opposite of alpha: colors have alpha 0, and soft edges are a mixture.
        layer = np.zeros((image.height, image.width, 4), np.uint8)
        layer[:, :, 3] = 255
        self._draw(cc, layer)
        if not cc.options.gpu_uses_top_left_origin:
            layer = np.ascontiguousarray(layer[::-1])
        context = texture_of(image).context
        return overlay(image, upload(ImageFrame.wrap(layer, ImageFormat.SRGBA), context))


def _copy(image: ImageFrame) -> tuple[Canvas, ImageFormat]:
    if image.image_format is ImageFormat.GRAY8:
        return np.repeat(image.pixels[:, :, np.newaxis], 3, axis=2), ImageFormat.SRGB
    if image.image_format not in (ImageFormat.SRGB, ImageFormat.SRGBA):
        raise _unexpected(image.image_format)
    return image.pixels.copy(), image.image_format


def _blank(options: Any) -> Canvas:
    color = options.canvas_color
    canvas = np.zeros((options.canvas_height_px, options.canvas_width_px, 3), np.uint8)
    canvas[:] = np.clip((color.r, color.g, color.b), 0, 255)
    return canvas


def _unexpected(image_format: ImageFormat) -> UnknownError:
    return UnknownError(
        "Unexpected image frame format. AnnotationOverlayCalculator draws on SRGB, SRGBA and GRAY8, "
        f"not {image_format.name}."
    )
