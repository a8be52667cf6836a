"""ImageCroppingCalculator: cuts an upright or turned rectangle out of pictures."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mpgraph.calculators.gpu.device_choice import choose_place
from mpgraph.calculators.image.rotated_rect import RotatedRect
from mpgraph.calculators.image.sampling import BORDER_REPLICATE, BORDER_ZERO, nearest_perspective_map
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.messages import message_type
from mpgraph.framework.options import ProtoOptions
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register
from mpgraph.gpu.warp import from_rectangle, warp

_BORDERS = {1: BORDER_ZERO, 2: BORDER_REPLICATE}  # BorderMode


@register
class ImageCroppingCalculator(Calculator):
    """Cuts a rectangle out of pictures, pixel for pixel where it is upright.

    IMAGE: of any format; out comes the same format. What lies beyond the picture is black
        (`border_mode` BORDER_ZERO) or its edge repeated (BORDER_REPLICATE).
    IMAGE_GPU: the same on the GPU, where pixels are interpolated and the edge is always repeated.
    The rectangle, from exactly one of: RECT (pixels), NORM_RECT (parts of the picture), both streams;
        WIDTH and HEIGHT, streams of ints; options `norm_width` and `norm_height`; options `width` and
        `height`. For the last three, `norm_center_x`, `norm_center_y` and `rotation` are options too,
        the picture's middle unless set. Where a rectangle stream is missing at a time, nothing comes
        out; a rectangle without a size stands for the whole picture.

    With `output_max_width`, `output_max_height` larger results are scaled down to fit.
    """

    image = Input("IMAGE", ImageFrame, optional=True)
    image_gpu = Input("IMAGE_GPU", GpuBuffer, optional=True)
    rect = Input("RECT", message_type("mediapipe.Rect"), optional=True)
    norm_rect = Input("NORM_RECT", message_type("mediapipe.NormalizedRect"), optional=True)
    width = Input("WIDTH", int, optional=True)
    height = Input("HEIGHT", int, optional=True)
    out = Output("IMAGE", ImageFrame, optional=True)
    out_gpu = Output("IMAGE_GPU", GpuBuffer, optional=True)
    Options = ProtoOptions("ImageCroppingCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Check the ports, that the rectangle has one source, and the border."""
        super().get_contract(contract)
        choose_place(contract, ["IMAGE"], ["IMAGE"])
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

    def process(self, cc: CalculatorContext) -> None:
        """Cut one rectangle out."""
        for port in (self.rect, self.norm_rect):
            if cc.connected(port) and not cc.has(port):
                return
        frame: ImageFrame | GpuBuffer | None = cc.get(self.image) or cc.get(self.image_gpu)
        if frame is None:
            return
        box = self._box(cc, frame.width, frame.height)
        if not (box.width >= 1 and box.height >= 1 and all(map(math.isfinite, box))):
            raise InvalidArgumentError(
                f"The rectangle to cut out of a {frame.width}x{frame.height} picture has no pixels: {box}."
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
            cc.emit(self.out_gpu, _cropped_on_gpu(frame, box, width, height))
            return
        places = nearest_perspective_map(box.onto(exact_width, exact_height), width, height)
        cropped = places.sample(frame.pixels, _BORDERS[options.border_mode])
        cc.emit(self.out, ImageFrame.wrap(cropped, frame.image_format))

    def _box(self, cc: CalculatorContext, image_width: int, image_height: int) -> RotatedRect:
        width, height, x, y, turn = self._wanted(cc, image_width, image_height)
        if turn == 0:
            # Between pixels where the size is even, on one where it is odd: then edges meet pixels.
            x, y = _snapped(x, width), _snapped(y, height)
        return RotatedRect(*map(np.float32, (x, y, width, height, turn)))

    def _wanted(
        self, cc: CalculatorContext, image_width: int, image_height: int
    ) -> tuple[int, int, float, float, float]:
        """Width, height, centre and rotation, in pixels and radians."""
        options = cc.options
        middle = (image_width / 2, image_height / 2)
        rect: Any = cc.get(self.rect)
        if rect is not None:
            if rect.width > 0 and rect.height > 0:
                return rect.width, rect.height, rect.x_center, rect.y_center, rect.rotation
            return image_width, image_height, *middle, 0.0
        norm_rect: Any = cc.get(self.norm_rect)
        if norm_rect is not None:
            if norm_rect.width > 0 and norm_rect.height > 0:
                return (
                    _rounded(norm_rect.width * image_width),
                    _rounded(norm_rect.height * image_height),
                    norm_rect.x_center * image_width,
                    norm_rect.y_center * image_height,
                    norm_rect.rotation,
                )
            return image_width, image_height, *middle, 0.0
        if cc.connected(self.width):
            width, height = cc[self.width], cc[self.height]
        elif options.HasField("width"):
            width, height = options.width, options.height
        else:
            width = _rounded(options.norm_width * image_width)
            height = _rounded(options.norm_height * image_height)
        x, y = middle
        if options.HasField("norm_center_x") and options.HasField("norm_center_y"):
            x, y = options.norm_center_x * image_width, options.norm_center_y * image_height
        return width, height, x, y, options.rotation


def _cropped_on_gpu(image: GpuBuffer, box: RotatedRect, width: int, height: int) -> GpuBuffer:
    center = float(box.center_x), float(box.center_y)
    size = float(box.width), float(box.height)
    return warp(image, width, height, from_rectangle(center, size, float(box.rotation), width, height))


def _snapped(center: float, size: int) -> float:
    if not math.isfinite(center):
        return center
    return _rounded(center) if size % 2 == 0 else _rounded(center + 0.5) - 0.5


def _rounded(value: float) -> int:
    """To the nearest, halves away from zero; what is not finite becomes 0, which is no size."""
    if not math.isfinite(value):
        return 0
    return int(math.copysign(math.floor(abs(value) + 0.5), value))
