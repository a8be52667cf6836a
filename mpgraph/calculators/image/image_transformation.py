"""ImageTransformationCalculator: scales, turns and mirrors pictures."""

from __future__ import annotations

import dataclasses
from typing import Any

import cv2

from mpgraph.calculators.gpu.device_choice import choose_place
from mpgraph.calculators.image import rotation, scaling
from mpgraph.calculators.image.scaling import Scaling
from mpgraph.calculators.image.transformation_on_gpu import transform
from mpgraph.formats.arrays import FLOATS_4, INT_PAIR, INTS_2
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.video_header import VideoHeader
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.options import ProtoOptions
from mpgraph.framework.ports import Input, Output, SideInput
from mpgraph.framework.registry import register
from mpgraph.framework.timestamp import PRESTREAM

_NEAREST = 2  # InterpolationMode
_STREAMS_THAT_RESIZE = ("OUTPUT_DIMENSIONS", "ROTATION_DEGREES")


@register
class ImageTransformationCalculator(Calculator):
    """Scales, then turns counter-clockwise by quarters, then mirrors pictures.

    IMAGE: of any format; out comes the same format. IMAGE_GPU: GpuBuffer; out comes IMAGE_GPU, exactly
        turned, and filled and cropped by FILL_AND_CROP (`transformation_on_gpu.transform` has it all).
    OUTPUT_DIMENSIONS (width, height), ROTATION_DEGREES, FLIP_HORIZONTALLY, FLIP_VERTICALLY: streams or
        side packets that replace the options of that meaning. The last value of a stream holds on;
        only where OUTPUT_DIMENSIONS is missing at a time does nothing come out.
    VIDEO_PRESTREAM: a VideoHeader, passed on with the new size.
    LETTERBOX_PADDING: the border that scale_mode FIT leaves, (left, top, right, bottom) as parts of the
        output's size.

    Options: `output_width`, `output_height` (0: as they come), `rotation_mode`, `flip_vertically`,
    `flip_horizontally`, `scale_mode` (STRETCH, FIT, FILL_AND_CROP), `constant_padding`, `padding_color`,
    `interpolation_mode` (LINEAR, NEAREST).
    """

    image = Input("IMAGE", ImageFrame, optional=True)
    image_gpu = Input("IMAGE_GPU", GpuBuffer, optional=True)
    dimensions = Input("OUTPUT_DIMENSIONS", INT_PAIR, optional=True)
    degrees = Input("ROTATION_DEGREES", int, optional=True)
    flip_horizontally = Input("FLIP_HORIZONTALLY", bool, optional=True)
    flip_vertically = Input("FLIP_VERTICALLY", bool, optional=True)
    header = Input("VIDEO_PRESTREAM", VideoHeader, optional=True)
    side_dimensions = SideInput("OUTPUT_DIMENSIONS", INTS_2, optional=True)
    side_degrees = SideInput("ROTATION_DEGREES", int, optional=True)
    side_flip_horizontally = SideInput("FLIP_HORIZONTALLY", bool, optional=True)
    side_flip_vertically = SideInput("FLIP_VERTICALLY", bool, optional=True)
    out = Output("IMAGE", ImageFrame, optional=True)
    out_gpu = Output("IMAGE_GPU", GpuBuffer, optional=True)
    padding = Output("LETTERBOX_PADDING", FLOATS_4, optional=True)
    out_header = Output("VIDEO_PRESTREAM", VideoHeader, optional=True)
    Options = ProtoOptions("ImageTransformationCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Check the ports, and that a header stays true for every frame."""
        super().get_contract(contract)
        choose_place(contract, ["IMAGE"], ["IMAGE"])
        inputs = contract.inputs
        contract.need(
            inputs.has("VIDEO_PRESTREAM") == contract.outputs.has("VIDEO_PRESTREAM"),
            "If VIDEO_PRESTREAM is provided, it must be provided both as an input and an output stream.",
        )
        contract.need(
            not (inputs.has("VIDEO_PRESTREAM") and any(map(inputs.has, _STREAMS_THAT_RESIZE))),
            "If specifying VIDEO_PRESTREAM, every frame must have the same size: give OUTPUT_DIMENSIONS and "
            " ROTATION_DEGREES as options or side packets, not as streams.",
        )

    def open(self, cc: CalculatorContext) -> None:
        """Take the values that options and side packets give."""
        options = cc.options
        width, height = cc.get(self.side_dimensions) or (options.output_width, options.output_height)
        self._scaling = Scaling(
            width,
            height,
            mode=options.scale_mode or scaling.STRETCH,
            nearest=options.interpolation_mode == _NEAREST,
            border=_border(options),
        )
        degrees = cc.get(self.side_degrees)
        self._degrees = (
            rotation.degrees_of_mode(options.rotation_mode)
            if degrees is None
            else rotation.known_degrees(degrees)
        )
        self._mirror = cc.get(self.side_flip_horizontally, options.flip_horizontally) is True
        self._upside_down = cc.get(self.side_flip_vertically, options.flip_vertically) is True

    def process(self, cc: CalculatorContext) -> None:
        """Transform one picture, or a header."""
        header = cc.get(self.header)
        if header is not None:
            width, height = self._output_size(header.width, header.height)
            cc.emit(self.out_header, dataclasses.replace(header, width=width, height=height), PRESTREAM)
        if not self._update(cc):
            return
        if cc.has(self.image_gpu):
            self._process_on_gpu(cc, cc[self.image_gpu])
        frame = cc.get(self.image)
        if frame is None:
            return
        image = frame.pixels
        width, height = self._output_size(frame.width, frame.height)
        if self._resizes:
            image = self._scaling.apply(image)
            if self._scaling.mode == scaling.FILL_AND_CROP:
                height, width = image.shape[:2]
        cc.emit(self.padding, self._letterbox(frame.width, frame.height, width, height))
        image = rotation.rotate(image, self._degrees, width, height)
        if self._mirror or self._upside_down:
            image = cv2.flip(image, -1 if self._mirror and self._upside_down else int(self._mirror))
        cc.emit(self.out, ImageFrame.wrap(image, frame.image_format))

    def _process_on_gpu(self, cc: CalculatorContext, image: GpuBuffer) -> None:
        width, height = self._output_size(image.width, image.height)
        cc.emit(self.padding, self._letterbox(image.width, image.height, width, height))
        transformed = transform(
            image,
            width,
            height,
            mode=self._scaling.mode,
            nearest=self._scaling.nearest,
            degrees=self._degrees,
            mirror=self._mirror,
            upside_down=self._upside_down,
            border=self._scaling.border,
        )
        cc.emit(self.out_gpu, transformed)

    def _update(self, cc: CalculatorContext) -> bool:
        """Take over the streams' values; whether there is a size to scale to."""
        degrees = cc.get(self.degrees)
        if degrees is not None:
            self._degrees = rotation.known_degrees(degrees)
        self._mirror = cc.get(self.flip_horizontally, self._mirror) is True
        self._upside_down = cc.get(self.flip_vertically, self._upside_down) is True
        if cc.connected(self.dimensions):
            size = cc.get(self.dimensions)
            if size is None:
                return False
            self._scaling = dataclasses.replace(self._scaling, width=size[0], height=size[1])
        return True

    @property
    def _resizes(self) -> bool:
        return self._scaling.width > 0 and self._scaling.height > 0

    def _output_size(self, width: int, height: int) -> tuple[int, int]:
        if self._resizes:
            return self._scaling.width, self._scaling.height
        return (height, width) if self._degrees in (90, 270) else (width, height)

    def _letterbox(
        self, input_width: int, input_height: int, width: int, height: int
    ) -> tuple[float, float, float, float]:
        if self._scaling.mode != scaling.FIT:
            return (0.0, 0.0, 0.0, 0.0)
        turned = self._degrees in (90, 270)
        inner = (input_height, input_width) if turned else (input_width, input_height)
        return scaling.letterbox_padding(*inner, width, height)


def _border(options: Any) -> tuple[int, int, int] | None:
    color = options.padding_color
    return (color.red, color.green, color.blue) if options.constant_padding else None
