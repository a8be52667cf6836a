"""ImageCroppingCalculator: cuts an upright or rotated rectangle out of images."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mpgraph.calculators.gpu.device_choice import choose_device
from mpgraph.calculators.image.rotated_rect import RotatedRect
from mpgraph.calculators.image.sampling import BORDER_REPLICATE, BORDER_ZERO, nearest_perspective_map
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework import calculator_framework as mp
from mpgraph.gpu.warp import warp

_BORDERS = {1: BORDER_ZERO, 2: BORDER_REPLICATE}  # BorderMode


@mp.register
class ImageCroppingCalculator(mp.Calculator):
    """Cuts a rectangle out of images, pixel for pixel if it is upright.

    IMAGE: ImageFrame of any format; the output has the same format. Beyond the image it is black
        (`border_mode: BORDER_ZERO`) or its edge is repeated (BORDER_REPLICATE).
    IMAGE_GPU: GpuBuffer instead; there pixels are interpolated and the edge is always repeated.
    RECT (pixels) or NORM_RECT (fractions of the image): the rectangle.
    WIDTH, HEIGHT: ints; its size in pixels.

    The size has exactly one source: RECT; NORM_RECT; WIDTH and HEIGHT; the options `norm_width` and
    `norm_height`; or the options `width` and `height`. In the last three cases the options `norm_center_x`,
    `norm_center_y` (default: the image's center) and `rotation` (radians, clockwise) place it.
    Results larger than the options `output_max_width` and `output_max_height` are scaled down to fit.
    Nothing is sent where IMAGE, RECT or NORM_RECT has no packet; a rectangle without a size is the whole
    image.
    """

    image = mp.Input("IMAGE", ImageFrame, optional=True)
    image_gpu = mp.Input("IMAGE_GPU", GpuBuffer, optional=True)
    rect = mp.Input("RECT", mp.message_type("mediapipe.Rect"), optional=True)
    norm_rect = mp.Input("NORM_RECT", mp.message_type("mediapipe.NormalizedRect"), optional=True)
    width = mp.Input("WIDTH", int, optional=True)
    height = mp.Input("HEIGHT", int, optional=True)
    out = mp.Output("IMAGE", ImageFrame, optional=True)
    out_gpu = mp.Output("IMAGE_GPU", GpuBuffer, optional=True)
    Options = mp.ProtoOptions("ImageCroppingCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """Either IMAGE or IMAGE_GPU, on both sides; exactly one source of the rectangle's size."""
        super().get_contract(contract)
        choose_device(contract, ["IMAGE"], ["IMAGE"])
        inputs, options = contract.inputs, contract.options
        sources = (
            inputs.has("RECT"),
            inputs.has("WIDTH") and inputs.has("HEIGHT"),
            inputs.has("NORM_RECT"),
            options.HasField("norm_width") and options.HasField("norm_height"),
            options.HasField("width") and options.HasField("height"),
        )
        contract.need(
            sum(sources) == 1 and inputs.has("WIDTH") == inputs.has("HEIGHT"),
            "Illegal combination of input streams/options. The size comes from exactly one of RECT, "
            "WIDTH and HEIGHT, NORM_RECT, norm_width and norm_height, width and height.",
        )
        contract.need(options.border_mode in _BORDERS, "border_mode must be BORDER_ZERO or BORDER_REPLICATE.")
        for name in ("output_max_width", "output_max_height"):
            contract.need(
                not options.HasField(name) or getattr(options, name) > 0,
                f"The option {name} must be positive.",
            )

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        for port in (self.rect, self.norm_rect):
            if cc.connected(port) and not cc.has(port):
                return
        frame: ImageFrame | GpuBuffer | None = cc.get(self.image) or cc.get(self.image_gpu)
        if frame is None:
            return
        box = self._box(cc, frame.width, frame.height)
        if not (box.width >= 1 and box.height >= 1 and box.is_finite()):
            raise InvalidArgumentError(
                f"The rectangle to cut out of a {frame.width}x{frame.height} image has no pixels: {box}."
            )
        options = cc.options
        scale = np.float32(1)
        if options.HasField("output_max_width"):
            scale = min(scale, np.float32(options.output_max_width) / box.width)
        if options.HasField("output_max_height"):
            scale = min(scale, np.float32(options.output_max_height) / box.height)
        exact_width, exact_height = float(box.width * scale), float(box.height * scale)
        width, height = max(int(exact_width), 1), max(int(exact_height), 1)
        if isinstance(frame, GpuBuffer):
            cc.emit(self.out_gpu, warp(frame, width, height, box.from_output(width, height)))
            return
        sampling = nearest_perspective_map(box.onto(exact_width, exact_height), width, height)
        cropped = sampling.sample(frame.pixels, _BORDERS[options.border_mode])
        cc.emit(self.out, ImageFrame.wrap(cropped, frame.image_format))

    def _box(self, cc: mp.CalculatorContext, image_width: int, image_height: int) -> RotatedRect:
        width, height, x, y, rotation = self._requested(cc, image_width, image_height)
        if rotation == 0:
            # Between two pixels if the size is even, on a pixel if it is odd, so that edges meet pixels.
            x, y = _snapped(x, width), _snapped(y, height)
        return RotatedRect.of(x, y, width, height, rotation)

    def _requested(
        self, cc: mp.CalculatorContext, image_width: int, image_height: int
    ) -> tuple[int, int, float, float, float]:
        """Width, height, center and rotation, in pixels and radians."""
        options = cc.options
        center = (image_width / 2, image_height / 2)
        whole = image_width, image_height, *center, 0.0
        rect: Any = cc.get(self.rect)
        if rect is not None:
            if rect.width > 0 and rect.height > 0:
                return rect.width, rect.height, rect.x_center, rect.y_center, rect.rotation
            return whole
        rect = cc.get(self.norm_rect)
        if rect is not None:
            if rect.width > 0 and rect.height > 0:
                return (
                    _rounded(rect.width * image_width),
                    _rounded(rect.height * image_height),
                    rect.x_center * image_width,
                    rect.y_center * image_height,
                    rect.rotation,
                )
            return whole
        if cc.connected(self.width):
            width, height = cc[self.width], cc[self.height]
        elif options.HasField("width"):
            width, height = options.width, options.height
        else:
            width = _rounded(options.norm_width * image_width)
            height = _rounded(options.norm_height * image_height)
        x, y = center
        if options.HasField("norm_center_x") and options.HasField("norm_center_y"):
            x, y = options.norm_center_x * image_width, options.norm_center_y * image_height
        return width, height, x, y, options.rotation


def _snapped(center: float, size: int) -> float:
    if not math.isfinite(center):
        return center
    return _rounded(center) if size % 2 == 0 else _rounded(center + 0.5) - 0.5


def _rounded(value: float) -> int:
    """Round to the nearest, halves away from zero. What is not finite becomes 0, an invalid size."""
    if not math.isfinite(value):
        return 0
    return int(math.copysign(math.floor(abs(value) + 0.5), value))
