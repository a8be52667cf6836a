"""PyramidCalculator: smaller copies of images."""

from __future__ import annotations

from mpgraph.calculators.gpu.device_choice import choose_device
from mpgraph.effects.buffers import OutputPool
from mpgraph.effects.pyramid import level_sizes, reduced, steps
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework import calculator_framework as mp
from mpgraph.gpu.mattes import halved
from mpgraph.protos import selfie_effects_calculators_pb2


@mp.register
class PyramidCalculator(mp.Calculator):
    """Reduces an image to two sizes, which later nodes share.

               +---------+-> DETAIL
      IMAGE -->| Pyramid |
               +---------+-> SMALL

    IMAGE: Image or ImageFrame, SRGB; or IMAGE_GPU: GpuBuffer, from which the levels are on the GPU.
    DETAIL: Image, SRGB, halved until its longer side is at most `side` pixels, but not below three quarters
        of that; the image itself if it is no larger.
    SMALL: the same of DETAIL, with `small_side`.
    """

    image = mp.Input("IMAGE", (Image, ImageFrame), optional=True)
    image_gpu = mp.Input("IMAGE_GPU", GpuBuffer, optional=True)
    detail = mp.Output("DETAIL", Image)
    small = mp.Output("SMALL", Image)
    Options = mp.ProtoOptions(selfie_effects_calculators_pb2.PyramidCalculatorOptions)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """One of IMAGE and IMAGE_GPU; 1 <= `small_side` <= `side`."""
        super().get_contract(contract)
        choose_device(contract, ["IMAGE"], [])
        options = contract.options
        contract.need(
            1 <= options.small_side <= options.side,
            f"small_side is {options.small_side}, side {options.side}; needed are 1 <= small_side <= side.",
        )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options_as(self.Options)
        self._sides = options.side, options.small_side
        self._pools = OutputPool(), OutputPool()

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        if cc.has(self.image_gpu):
            self._reduce_on_gpu(cc, cc[self.image_gpu])
        image = cc.get(self.image)
        if image is None:
            return
        if image.image_format is not ImageFormat.SRGB:
            raise InvalidArgumentError(f"IMAGE must be SRGB, not {image.image_format.name}.")
        pixels = image.pixels
        sizes = level_sizes(image.width, image.height, *self._sides)
        for size, pool, port in zip(sizes, self._pools, (self.detail, self.small), strict=True):
            pixels = reduced(pixels, size, pool)
            cc.emit(port, Image.wrap(pixels, ImageFormat.SRGB))

    def _reduce_on_gpu(self, cc: mp.CalculatorContext, image: GpuBuffer) -> None:
        sizes = level_sizes(image.width, image.height, *self._sides)
        for size, port in zip(sizes, (self.detail, self.small), strict=True):
            image = halved(image, list(steps((image.width, image.height), size)))
            cc.emit(port, Image.from_gpu_buffer(image))
