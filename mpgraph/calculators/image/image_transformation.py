"""ImageTransformationCalculator: scales, rotates and mirrors images."""

from __future__ import annotations

import dataclasses

import cv2

from mpgraph.calculators.gpu.device_choice import choose_device
from mpgraph.calculators.gpu.orientation import Orientation
from mpgraph.calculators.image import rotation, scaling
from mpgraph.calculators.image.scaling import FILL_AND_CROP, FIT, STRETCH, Scaling
from mpgraph.formats.arrays import FLOATS_4, INT_PAIR, INTS_2
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.video_header import VideoHeader
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework.timestamp import PRESTREAM
from mpgraph.gpu import warp

_NEAREST = 2  # InterpolationMode
_STREAMS_THAT_RESIZE = ("OUTPUT_DIMENSIONS", "ROTATION_DEGREES")


@mp.register
class ImageTransformationCalculator(mp.Calculator):
    """Scales, then rotates counter-clockwise by multiples of 90 degrees, then mirrors images.

    IMAGE: ImageFrame of any format; the output has the same format.
    IMAGE_GPU: GpuBuffer; the output is IMAGE_GPU. There, rotations are exact whether the image is scaled or
        not, images that shrink are interpolated rather than averaged, and FILL_AND_CROP fills and crops.
    OUTPUT_DIMENSIONS (width, height), ROTATION_DEGREES (0, 90, 180 or 270; others are 0), FLIP_HORIZONTALLY,
        FLIP_VERTICALLY: streams or side packets that replace the options of the same meaning.
    VIDEO_PRESTREAM: a VideoHeader, passed on with the new size.
    LETTERBOX_PADDING: the border that FIT leaves, (left, top, right, bottom) as fractions of the output.

    Streams keep their last value; only where OUTPUT_DIMENSIONS has no packet, nothing is sent. Options:
    `output_width`, `output_height` (0: the input's), `rotation_mode`, `flip_vertically`,
    `flip_horizontally`, `scale_mode` (STRETCH, FIT, FILL_AND_CROP), `constant_padding`, `padding_color`,
    `interpolation_mode` (LINEAR, NEAREST). Pixels are those of MediaPipe's
    calculators/image/image_transformation_calculator.cc, including the shift by one pixel of images that are
    rotated within their own size.
    """

    image = mp.Input("IMAGE", ImageFrame, optional=True)
    image_gpu = mp.Input("IMAGE_GPU", GpuBuffer, optional=True)
    dimensions = mp.Input("OUTPUT_DIMENSIONS", INT_PAIR, optional=True)
    degrees = mp.Input("ROTATION_DEGREES", int, optional=True)
    flip_horizontally = mp.Input("FLIP_HORIZONTALLY", bool, optional=True)
    flip_vertically = mp.Input("FLIP_VERTICALLY", bool, optional=True)
    header = mp.Input("VIDEO_PRESTREAM", VideoHeader, optional=True)
    side_dimensions = mp.SideInput("OUTPUT_DIMENSIONS", INTS_2, optional=True)
    side_degrees = mp.SideInput("ROTATION_DEGREES", int, optional=True)
    side_flip_horizontally = mp.SideInput("FLIP_HORIZONTALLY", bool, optional=True)
    side_flip_vertically = mp.SideInput("FLIP_VERTICALLY", bool, optional=True)
    out = mp.Output("IMAGE", ImageFrame, optional=True)
    out_gpu = mp.Output("IMAGE_GPU", GpuBuffer, optional=True)
    padding = mp.Output("LETTERBOX_PADDING", FLOATS_4, optional=True)
    out_header = mp.Output("VIDEO_PRESTREAM", VideoHeader, optional=True)
    Options = mp.ProtoOptions("ImageTransformationCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """Either IMAGE or IMAGE_GPU, on both sides; with VIDEO_PRESTREAM, no streams that resize frames."""
        super().get_contract(contract)
        choose_device(contract, ["IMAGE"], ["IMAGE"])
        inputs = contract.inputs
        contract.need(
            inputs.has("VIDEO_PRESTREAM") == contract.outputs.has("VIDEO_PRESTREAM"),
            "If VIDEO_PRESTREAM is provided, it must be provided both as an input and an output stream.",
        )
        contract.need(
            not (inputs.has("VIDEO_PRESTREAM") and any(map(inputs.has, _STREAMS_THAT_RESIZE))),
            "If specifying VIDEO_PRESTREAM, every frame must have the same size: give OUTPUT_DIMENSIONS and "
            "ROTATION_DEGREES as options or side packets, not as streams.",
        )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options
        width, height = cc.get(self.side_dimensions) or (options.output_width, options.output_height)
        color = options.padding_color
        self._scaling = Scaling(
            width,
            height,
            mode=options.scale_mode or STRETCH,
            nearest=options.interpolation_mode == _NEAREST,
            border=(color.red, color.green, color.blue) if options.constant_padding else None,
        )
        degrees = cc.get(self.side_degrees)
        self._degrees = (
            rotation.degrees_of_mode(options.rotation_mode)
            if degrees is None
            else rotation.known_degrees(degrees)
        )
        self._mirror = cc.get(self.side_flip_horizontally, options.flip_horizontally) is True
        self._upside_down = cc.get(self.side_flip_vertically, options.flip_vertically) is True

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        header = cc.get(self.header)
        if header is not None:
            width, height = self._output_size(header.width, header.height)
            cc.emit(self.out_header, dataclasses.replace(header, width=width, height=height), PRESTREAM)
        if not self._update(cc):
            return
        if cc.has(self.image_gpu):
            image = cc[self.image_gpu]
            width, height = self._output_size(image.width, image.height)
            cc.emit(self.padding, self._letterbox(image.width, image.height, width, height))
            cc.emit(self.out_gpu, self._transformed_on_gpu(image, width, height))
        frame = cc.get(self.image)
        if frame is None:
            return
        pixels = frame.pixels
        width, height = self._output_size(frame.width, frame.height)
        if self._resizes:
            pixels = self._scaling.apply(pixels)
            if self._scaling.mode == FILL_AND_CROP:
                height, width = pixels.shape[:2]
        cc.emit(self.padding, self._letterbox(frame.width, frame.height, width, height))
        pixels = rotation.rotate(pixels, self._degrees, width, height)
        if self._mirror or self._upside_down:
            pixels = cv2.flip(pixels, -1 if self._mirror and self._upside_down else int(self._mirror))
        cc.emit(self.out, ImageFrame.wrap(pixels, frame.image_format))

    def _update(self, cc: mp.CalculatorContext) -> bool:
        """Take over the values of the streams. Returns whether the output has a size at this timestamp."""
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

    @property
    def _swaps_sides(self) -> bool:
        return self._degrees in (90, 270)

    def _output_size(self, width: int, height: int) -> tuple[int, int]:
        if self._resizes:
            return self._scaling.width, self._scaling.height
        return (height, width) if self._swaps_sides else (width, height)

    def _letterbox(
        self, input_width: int, input_height: int, width: int, height: int
    ) -> tuple[float, float, float, float]:
        if self._scaling.mode != FIT:
            return (0.0, 0.0, 0.0, 0.0)
        inner = (input_height, input_width) if self._swaps_sides else (input_width, input_height)
        return scaling.letterbox_padding(*inner, width, height)

    def _transformed_on_gpu(self, image: GpuBuffer, width: int, height: int) -> GpuBuffer:
        orientation = Orientation(self._degrees, self._mirror, self._upside_down, self._scaling.mode)
        sizes = (image.width, image.height, width, height)
        if orientation.is_identity(*sizes):
            return image
        border = self._scaling.border if self._scaling.mode == FIT else None
        color = (*(value / 255 for value in border), 1.0) if border is not None else None
        method = warp.Method.NEAREST if self._scaling.nearest else warp.Method.BILINEAR
        return warp.warp(image, width, height, orientation.to_source(*sizes), method=method, border=color)
