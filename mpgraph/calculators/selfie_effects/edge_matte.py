"""EdgeMatteCalculator: a mask as a matte whose edge follows the image."""

from __future__ import annotations

import numpy as np

from mpgraph.effects.edge import CERTAIN, STRETCH, EdgeOptions, EdgeRefiner
from mpgraph.effects.noise import HOLD, NOTHING, noise_grid, noise_of
from mpgraph.effects.pyramid import half, steps
from mpgraph.formats.arrays import INT_PAIR
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.framework import calculator_framework as mp
from mpgraph.gpu.context import GpuArray, texture_of
from mpgraph.gpu.mattes import edge_matte
from mpgraph.gpu.warp import resize
from mpgraph.protos import selfie_effects_calculators_pb2


@mp.register
class EdgeMatteCalculator(mp.Calculator):
    """Refines a mask into a matte whose edge follows the colors of the image.

               +-----------+
       MASK -->|           |
      IMAGE -->| EdgeMatte |-> MATTE
       SIZE -->|           |
               +-----------+

    MASK: Image, VEC32F1 in 0..1. IMAGE: Image, SRGB, as large as the mask or larger; the edge is found at
    its size. SIZE: (width, height) of the matte.
    MATTE: Image, GRAY8, on the GPU if MASK and IMAGE are: the share of the people in a pixel's color, in
        255ths.

    A guided filter with the image as the guide, applied several times, then a smooth step. The noisier the
    image is, the more the guide is smoothed. That seldom changes in a video; with the side packet
    USE_PREVIOUS (bool, default: true) false, each image is seen for itself. Options: `radius`, `epsilon`,
    `reach`, `passes`.
    """

    mask = mp.Input("MASK", Image)
    image = mp.Input("IMAGE", Image)
    size = mp.Input("SIZE", INT_PAIR)
    use_previous = mp.SideInput("USE_PREVIOUS", bool, optional=True)
    matte = mp.Output("MATTE", Image)
    Options = mp.ProtoOptions(selfie_effects_calculators_pb2.EdgeMatteCalculatorOptions)
    timestamp_offset = 0
    blocking = True  # One or two milliseconds, while the network computes the next mask.

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """`radius` and `passes` are at least 1, `epsilon` positive, `reach` not negative."""
        super().get_contract(contract)
        options = contract.options
        for name in ("radius", "passes"):
            value = getattr(options, name)
            contract.need(value >= 1, f"{name} is {value}; it must be at least 1.")
        contract.need(options.epsilon > 0, f"epsilon is {options.epsilon}; it must be positive.")
        contract.need(options.reach >= 0, f"reach is {options.reach}; it must not be negative.")

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options_as(self.Options)
        self._options = EdgeOptions(options.radius, options.epsilon, options.reach, options.passes)
        self._refiner = EdgeRefiner(self._options)
        self._use_previous = cc.get(self.use_previous, True)
        self._smoothing: GpuArray | None = None

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        mask = cc.get(self.mask)
        if mask is None:
            return
        image = cc[self.image]
        if not self._use_previous:
            self._refiner.forget()
            self._smoothing = None
        if mask.gpu_buffer is not None and image.gpu_buffer is not None:
            on_gpu = self._refined_on_gpu(mask.gpu_buffer, image.gpu_buffer)
            cc.emit(self.matte, Image.from_gpu_buffer(resize(on_gpu, *cc[self.size])))
            return
        matte = self._refiner.matte(mask.pixels, image.pixels, cc[self.size])
        cc.emit(self.matte, Image.wrap(matte, ImageFormat.GRAY8))

    def _refined_on_gpu(self, mask: GpuBuffer, image: GpuBuffer) -> GpuBuffer:
        options = self._options
        if self._smoothing is None:
            self._smoothing = texture_of(image).context.upload_array(np.array([NOTHING], np.float32))
        sizes = list(steps((image.width, image.height), half(mask.width, mask.height)))
        return edge_matte(
            mask,
            image,
            sizes or [(image.width, image.height)],
            radius=options.radius,
            epsilon=options.epsilon,
            reach=options.reach,
            passes=options.passes,
            stretch=STRETCH,
            certain=CERTAIN,
            smoothing=self._smoothing,
            hold=HOLD,
            sampled=noise_grid(image.width, image.height),
            level=noise_of(1),
        )
