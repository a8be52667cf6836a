"""SteadyMaskCalculator: masks that rest where the image rests."""

from __future__ import annotations

from mpgraph.effects.steadiness import CUT, MOST_GAIN, SteadyMask
from mpgraph.errors import ret_check
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.framework import calculator_framework as mp
from mpgraph.gpu.mattes import steady_mask
from mpgraph.protos import selfie_effects_calculators_pb2

_GAP_US = 1_000_000


@mp.register
class SteadyMaskCalculator(mp.Calculator):
    """Mixes each mask with the previous one where the image has hardly changed.

               +------------+
       MASK -->|            |
               | SteadyMask |-> MASK
      IMAGE -->|            |
               +------------+

    MASK: Image, VEC32F1. IMAGE: Image, SRGB, of the same size. Both may be on the GPU, and then MASK is.
    MASK: Image, VEC32F1: mask + keep * exp(-(d / sigma)^2) * (previous - mask), with d, the mean absolute
        difference of the colors to the previous image's in 5x5 pixels, after matching their brightness.

    The first mask passes unchanged, and so does one after a cut, a second without masks or a change of size.
    With the side packet USE_PREVIOUS (bool, default: true) false, all do. Options: `keep`, `sigma`.
    """

    mask = mp.Input("MASK", Image)
    image = mp.Input("IMAGE", Image)
    use_previous = mp.SideInput("USE_PREVIOUS", bool, optional=True)
    out = mp.Output("MASK", Image)
    Options = mp.ProtoOptions(selfie_effects_calculators_pb2.SteadyMaskCalculatorOptions)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """`keep` is in 0..1, `sigma` positive."""
        super().get_contract(contract)
        options = contract.options
        contract.need(0 <= options.keep <= 1, f"keep is {options.keep}; it must be in 0..1.")
        contract.need(options.sigma > 0, f"sigma is {options.sigma}; it must be positive.")

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options_as(self.Options)
        self._keep, self._sigma = options.keep, options.sigma
        self._steady = SteadyMask(self._keep, self._sigma)
        self._on_gpu: tuple[GpuBuffer, GpuBuffer] | None = None
        self._use_previous = cc.get(self.use_previous, True)
        self._last = 0

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        mask = cc.get(self.mask)
        if mask is None:
            return
        image = cc[self.image]
        ret_check(
            (mask.width, mask.height) == (image.width, image.height),
            f"MASK is {mask.width}x{mask.height}, IMAGE {image.width}x{image.height}: "
            "both must have the same size.",
        )
        if not self._use_previous:
            cc.forward(self.out, cc.packet(self.mask))
            return
        if cc.t - self._last > _GAP_US:
            self._steady.forget()
            self._on_gpu = None
        self._last = cc.t
        if mask.gpu_buffer is not None and image.gpu_buffer is not None:
            steady = self._steadied_on_gpu(mask.gpu_buffer, image.gpu_buffer)
            cc.emit(self.out, Image.from_gpu_buffer(steady))
            return
        cc.emit(self.out, Image.wrap(self._steady.next(mask.pixels, image.pixels), ImageFormat.VEC32F1))

    def _steadied_on_gpu(self, mask: GpuBuffer, image: GpuBuffer) -> GpuBuffer:
        previous = self._on_gpu
        if previous is not None and (previous[1].width, previous[1].height) == (image.width, image.height):
            mask = steady_mask(
                mask,
                image,
                *previous,
                keep=self._keep,
                sigma=self._sigma,
                cut=CUT,
                most=MOST_GAIN,
            )
        self._on_gpu = mask, image
        return mask
