"""GlScalerCalculator: scales, rotates and mirrors images on the GPU."""

from __future__ import annotations

from typing import Any

from mpgraph.calculators.core.option_packets import overlaid
from mpgraph.calculators.gpu.device_choice import use_gpu
from mpgraph.calculators.gpu.orientation import Orientation
from mpgraph.calculators.image.scaling import FIT, STRETCH
from mpgraph.errors import InternalError, ret_check
from mpgraph.formats.arrays import INT_PAIR, INTS_2
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.framework import calculator_framework as mp
from mpgraph.gpu import GPU_SERVICE, upload, warp
from mpgraph.gpu.context import texture_of

_OPTIONS = mp.ProtoOptions("GlScalerCalculatorOptions")
_TRANSPARENT = (0.0, 0.0, 0.0, 0.0)
_SAME_RATIO = 1e-5


@mp.register
class GlScalerCalculator(mp.Calculator):
    """Scales, then rotates counter-clockwise by multiples of 90 degrees, then mirrors images on the GPU.

    VIDEO or the first untagged port: GpuBuffer; or IMAGE: Image, uploaded if it is in host memory. Outputs
        have the same choice.
    ROTATION (degrees), OUTPUT_DIMENSIONS (width, height): streams or side packets that replace the options.
        A rotation is kept until the next one; where OUTPUT_DIMENSIONS has no packet, nothing is sent.
    OPTIONS: side packet with a GlScalerCalculatorOptions message that replaces or is merged with the options.
    TOP_BOTTOM_PADDING, LEFT_RIGHT_PADDING (both or neither): the border that FIT leaves on each of these
        sides, as a fraction of the output. It is transparent.

    Options: `output_width` and `output_height`, or else `output_scale`, which rounds the sides to multiples
    of 4; `rotation`, `flip_vertical`, `flip_horizontal`, `scale_mode` (STRETCH, FIT, FILL_AND_CROP),
    `use_nearest_neighbor_interpolation`. The output is SRGBA, with `use_input_format_for_output` of the
    image's own format. As MediaPipe's gpu/gl_scaler_calculator.cc.
    """

    video = mp.Input("VIDEO", GpuBuffer, optional=True)
    untagged = mp.Input("", GpuBuffer, optional=True)
    image = mp.Input("IMAGE", Image, optional=True)
    rotation = mp.Input("ROTATION", int, optional=True)
    dimensions = mp.Input("OUTPUT_DIMENSIONS", INT_PAIR, optional=True)
    side_options = mp.SideInput("OPTIONS", _OPTIONS.message_class(), optional=True)
    side_dimensions = mp.SideInput("OUTPUT_DIMENSIONS", INTS_2, optional=True)
    side_rotation = mp.SideInput("ROTATION", int, optional=True)
    out_video = mp.Output("VIDEO", GpuBuffer, optional=True)
    out_untagged = mp.Output("", GpuBuffer, optional=True)
    out_image = mp.Output("IMAGE", Image, optional=True)
    top_bottom = mp.Output("TOP_BOTTOM_PADDING", float, optional=True)
    left_right = mp.Output("LEFT_RIGHT_PADDING", float, optional=True)
    Options = _OPTIONS
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """One image in and one out; both paddings or neither."""
        super().get_contract(contract)
        use_gpu(contract)
        for what, ports in (("input", contract.inputs), ("output", contract.outputs)):
            ret_check(
                sum(map(ports.has, ("VIDEO", "", "IMAGE"))) == 1,
                f"GlScalerCalculator needs exactly one {what} stream for images: VIDEO, IMAGE or untagged.",
            )
        ret_check(
            contract.outputs.has("TOP_BOTTOM_PADDING") == contract.outputs.has("LEFT_RIGHT_PADDING"),
            "TOP_BOTTOM_PADDING and LEFT_RIGHT_PADDING are sent together: connect both or neither.",
        )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = overlaid(cc.options, cc.packet(self.side_options))
        self._options = options
        self._size = cc.get(self.side_dimensions) or (options.output_width, options.output_height)
        self._degrees = _quarter_turns(cc.get(self.side_rotation, options.rotation))

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        if cc.connected(self.dimensions):
            if not cc.has(self.dimensions):
                return
            self._size = cc[self.dimensions]
        image = self._input(cc)
        if cc.has(self.rotation):
            self._degrees = _quarter_turns(cc[self.rotation])
        options = self._options
        mode = options.scale_mode or STRETCH
        orientation = Orientation(self._degrees, options.flip_horizontal, options.flip_vertical, mode)
        width, height = self._output_size(image, orientation)
        if cc.connected(self.top_bottom):
            top_bottom, left_right = _padding(image, orientation, width, height)
            cc.emit(self.top_bottom, top_bottom)
            cc.emit(self.left_right, left_right)
        sizes = (image.width, image.height, width, height)
        if not orientation.is_identity(*sizes):
            nearest = options.use_nearest_neighbor_interpolation
            image = warp.warp(
                image,
                width,
                height,
                orientation.to_source(*sizes),
                method=warp.Method.NEAREST if nearest else warp.Method.BILINEAR,
                border=_TRANSPARENT if mode == FIT else None,
            )
        if not options.use_input_format_for_output:
            image = GpuBuffer(texture_of(image), ImageFormat.SRGBA)
        cc.emit(self.out_video, image)
        cc.emit(self.out_untagged, image)
        if cc.connected(self.out_image):
            cc.emit(self.out_image, Image.from_gpu_buffer(image))

    def _input(self, cc: mp.CalculatorContext) -> GpuBuffer:
        """The image; MediaPipe requires one at every timestamp."""
        image: Any = cc.get(self.image)
        if image is not None:
            buffer: GpuBuffer = image.gpu_buffer or upload(image, cc.service(GPU_SERVICE))
            return buffer
        given: GpuBuffer | None = cc.get(self.video) or cc.get(self.untagged)
        if given is None:
            raise InternalError("There is no image at this timestamp, but another input has a packet.")
        return given

    def _output_size(self, image: GpuBuffer, orientation: Orientation) -> tuple[int, int]:
        width, height = self._size
        if width > 0 and height > 0:
            return width, height
        width, height = image.width, image.height
        if self._options.HasField("output_scale") and self._options.output_scale > 0:
            scale = self._options.output_scale
            width, height = ((int(side * scale) + 2) // 4 * 4 for side in (width, height))
        return (height, width) if orientation.swaps_sides else (width, height)


def _quarter_turns(degrees: int) -> int:
    ret_check(degrees % 90 == 0, f"rotation must be a multiple of 90; {degrees} was provided.")
    return degrees % 360


def _padding(image: GpuBuffer, orientation: Orientation, width: int, height: int) -> tuple[float, float]:
    """The border at top and bottom, and at left and right, as fractions of the output."""
    if orientation.mode != FIT:
        return 0.0, 0.0
    across, down = image.width, image.height
    inner = down / across if orientation.swaps_sides else across / down
    outer = width / height
    if inner - outer > _SAME_RATIO:
        return (1 - outer / inner) / 2, 0.0
    return 0.0, (1 - inner / outer) / 2 if outer - inner > _SAME_RATIO else 0.0
